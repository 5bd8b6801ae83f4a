#include <gradus/check_gradients.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/gradients.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/random.h>
#include <gradus/traversal.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"
#include "graph_copy.h"

namespace gradus {
namespace {

void check(const Tensor& y, std::span<const Tensor> xs, const GradientCheckOptions& options,
           SourceLocation where) {
  if (!y) throw_at<GraphError>(where, "check_gradients: y is an empty Tensor");
  for (NodeId id : ancestors({y}))
    if (y.state().node(id).op == &assign_op)
      throw_at<GraphError>(where, "check_gradients: y \"{}\" assigns the variable \"{}\"", y.name(),
                           y.state().name(y.state().operands(id)[0]));
  for (const Tensor& x : xs) {
    if (!x) throw_at<GraphError>(where, "check_gradients: x is an empty Tensor");
    const Op* op = x.state().node(x.id()).op;
    if (op != &variable_op && op != &placeholder_op)
      throw_at<GraphError>(
          where, "check_gradients: x \"{}\" is a {}: only variables and placeholders can be moved",
          x.name(), op->name);
  }
  const auto is_size = [](double v) { return v >= 0 && std::isfinite(v); };
  if (!is_size(options.step))
    throw_at<GraphError>(where, "check_gradients: the step is {}", options.step);
  if (!is_size(options.tolerance))
    throw_at<GraphError>(where, "check_gradients: the tolerance is {}", options.tolerance);
  if (options.max_elements < 1)
    throw_at<GraphError>(where, "check_gradients: max_elements is {}, at least 1 is needed",
                         options.max_elements);
}

// Random signs, magnitudes in [0.5, 1.5): no two elements of y can cancel unseen.
Array upstream_gradient(const Array& y, std::uint64_t seed) {
  Random random(seed, "check_gradients/upstream");
  std::vector<double> u(static_cast<std::size_t>(y.size()));
  for (double& v : u) {
    const double magnitude = random.uniform(0.5, 1.5);
    v = random.below(2) == 0 ? magnitude : -magnitude;
  }
  return Array(y.shape(), u).cast(y.dtype());
}

// Everything that takes part: y and its gradients with respect to xs.
struct Checked {
  Tensor y, dy;
  Array u;
  std::span<const Tensor> xs;
  std::vector<Tensor> dxs;
};

// Makes copies: variables of the xs, constants of all else that is not computed.
class Copying {
 public:
  Copying(Session& session, const Checked& checked, const std::vector<Feed>& feeds,
          SourceLocation where)
      : state_(checked.y.state()) {
    std::vector<Tensor> all = checked.dxs;
    all.push_back(checked.y);
    all.insert(all.end(), checked.xs.begin(), checked.xs.end());
    ids_ = ancestors(all);
    for (const Tensor& x : checked.xs) is_x_[x.id()] = true;
    std::vector<Tensor> random;
    for (NodeId id : ids_)
      if (state_.node(id).op->is_random) random.push_back(state_.tensor(id));
    for (const Feed& feed : feeds) values_[feed.placeholder().id()] = feed.value();
    values_[checked.dy.id()] = checked.u;
    for (NodeId id : ids_)
      if (state_.variable(id) != nullptr)
        values_[id] = session.value(Variable(state_.tensor(id)), where);
    if (random.empty()) return;
    std::vector<Feed> all_feeds = feeds;
    all_feeds.emplace_back(checked.dy, checked.u);
    const std::vector<Array> drawn = session.run(random, all_feeds, where);
    for (std::size_t k = 0; k < drawn.size(); ++k) values_[random[k].id()] = drawn[k];
  }

  GraphCopy operator()(std::optional<DType> real) const {
    GraphCopy copy(state_, real);
    for (NodeId id : ids_) {
      const Op* op = state_.node(id).op;
      if (op == &constant_op)
        copy.add_constant(id, std::get<Array>(state_.attributes(id)[0].value));
      else if (op == &placeholder_op && !values_.contains(id))  // its shape alone is read
        copy.add_constant(id, Array::zeros(state_.shape(id), state_.kind(id).dtype));
      else if (is_x_.contains(id))
        copy.add_variable(id, values_.at(id));
      else if (values_.contains(id))
        copy.add_constant(id, values_.at(id));
      else
        copy.add(id, state_.shape(id));
    }
    return copy;
  }

 private:
  GraphState& state_;
  std::vector<NodeId> ids_;
  std::unordered_map<NodeId, bool> is_x_;
  std::unordered_map<NodeId, Array> values_;  // of what is not computed
};

std::size_t offset_of(std::span<const std::int64_t> index, const Shape& shape) {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < index.size(); ++axis)
    offset = offset * shape[static_cast<std::int64_t>(axis)] + index[axis];
  return static_cast<std::size_t>(offset);
}

// Beside a kink any slope between those of its sides may be right; these are measured a step away,
// where f may have bent.
bool is_right_at_kink(double symbolic, const Slope& numeric) {
  const auto [low, high] = std::minmax(numeric.left, numeric.right);
  const double slack = (high - low) / 8;
  return numeric.is_kink && symbolic >= low - slack && symbolic <= high + slack;
}

std::string kink_text(const GradientKink& kink) {
  return fmt::format(
      "\n  \"{}\" at [{}] is beside a kink: slope {:.7g} to its left, {:.7g} to its "
      "right",
      kink.x, fmt::join(kink.index, ", "), kink.left, kink.right);
}

}  // namespace

void add(GradientReport& report, const std::string& x, double symbolic, const Slope& numeric) {
  const double scale = std::max(std::abs(symbolic), std::abs(numeric.value));
  const double difference = std::abs(symbolic - numeric.value);
  double error = difference == 0 ? 0 : std::max(difference - numeric.uncertainty, 0.0) / scale;
  if (!std::isfinite(symbolic) || !std::isfinite(numeric.value) || std::isnan(error))
    error = std::numeric_limits<double>::infinity();
  ++report.checked;
  if (error > report.tolerance && is_right_at_kink(symbolic, numeric)) {
    report.kinks.push_back({x, numeric.index, numeric.left, numeric.right});
    error = 0;
  } else if (error <= report.tolerance && difference > report.tolerance * scale) {
    ++report.unclear;
  }
  if (report.checked == 1 || error > report.worst.error)
    report.worst = {x, numeric.index, symbolic, numeric.value, error};
}

GradientReport check_gradients(Session& session, const Tensor& y, const TensorList& xs,
                               const std::vector<Feed>& feeds, const GradientCheckOptions& options,
                               SourceLocation where) {
  check(y, xs, options, where);
  const Array value_of_y = session.run(y, feeds, where);
  for (const Tensor& x : xs)
    if (x.state().variable(x.id()) == nullptr &&
        std::ranges::find(feeds, x, &Feed::placeholder) == feeds.end())
      throw_at<FeedError>(where, "check_gradients: no value is fed for placeholder \"{}\"",
                          x.name());

  const NameScope scope(y.shared_state(), "check_gradients", where);
  const Attribute declared[] = {attributes::shape = y.shape(), attributes::dtype = y.dtype()};
  const Tensor dy(y.shared_state(),
                  y.state().append(placeholder_op, {}, declared, y.shape(), y.dtype(), where));
  const Checked checked{
      y, dy, upstream_gradient(value_of_y, options.seed), xs,
      gradients(y, xs, {.grad_ys = {dy}, .unconnected = Unconnected::zero}, where)};

  GraphCopy copy = in_float64(Copying(session, checked, feeds, where));
  const auto is_float32 = [&](const Tensor& t) { return copy[t.id()].dtype() == float32; };
  const bool is_coarse = is_float32(y) || std::ranges::any_of(xs, is_float32);
  const SlopeOptions slopes{.step = options.step > 0 ? options.step
                                    : is_coarse      ? 0x1p-8
                                                     : 0x1p-18,
                            .max_elements = options.max_elements,
                            .seed = options.seed,
                            .upstream = copy.converted(checked.u)};
  GradientReport report;
  report.tolerance = options.tolerance > 0 ? options.tolerance : is_coarse ? 1e-3 : 1e-6;
  Session of_copy(copy.graph(), session.options(), where);
  for (std::size_t k = 0; k < xs.size(); ++k) {
    const Variable x(copy[xs[k].id()]);
    const Array dx = of_copy.run(copy[checked.dxs[k].id()], {}, where);
    if (dx.shape() != x.shape() || dx.dtype() != x.dtype())
      throw_at<ShapeError>(where, "check_gradients: x \"{}\" has {} {}, its gradient {} {}",
                           xs[k].name(), to_text(x.dtype()), to_text(x.shape()),
                           to_text(dx.dtype()), to_text(dx.shape()));
    const std::vector<double> symbolic = dx.cast(float64).to_vector<double>();
    for (const Slope& slope : measure_slopes(of_copy, copy[y.id()], x, {}, slopes, where))
      add(report, xs[k].name(), symbolic[offset_of(slope.index, x.shape())], slope);
  }
  return report;
}

std::string to_text(const GradientReport& report) {
  const GradientDifference& w = report.worst;
  std::string text = fmt::format("gradients {}: {} elements",
                                 report.ok()                   ? "agree"
                                 : w.error <= report.tolerance ? "cannot be measured"
                                                               : "differ",
                                 report.checked);
  if (!report.kinks.empty()) text += fmt::format(", {} of them at kinks", report.kinks.size());
  if (report.unclear != 0) text += fmt::format(", {} of them unclear", report.unclear);
  if (report.checked == 0) return text;
  text += fmt::format(
      ", worst error {:.2g} (tolerance {:.2g})\n  \"{}\" at [{}]: {:.7g} by "
      "gradients, {:.7g} by differences",
      w.error, report.tolerance, w.x, fmt::join(w.index, ", "), w.symbolic, w.numeric);
  return report.kinks.empty() ? text : text + kink_text(report.kinks[0]);
}

}  // namespace gradus
