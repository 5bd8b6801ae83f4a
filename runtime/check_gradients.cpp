#include <gradus/check_gradients.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/gradients.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/random.h>
#include <gradus/traversal.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

void check(const Tensor& y, const std::vector<Tensor>& xs, const GradientCheckOptions& options,
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

Array value_of(const Tensor& x, Session& session, const std::vector<Feed>& feeds,
               SourceLocation where) {
  if (x.state().variable(x.id()) != nullptr) return session.value(Variable(x), where);
  const auto feed = std::ranges::find(feeds, x, &Feed::placeholder);
  if (feed == feeds.end())
    throw_at<FeedError>(where, "check_gradients: no value is fed for placeholder \"{}\"", x.name());
  return feed->value();
}

std::size_t offset_of(std::span<const std::int64_t> index, const Shape& shape) {
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < index.size(); ++axis)
    offset = offset * shape[static_cast<std::int64_t>(axis)] + index[axis];
  return static_cast<std::size_t>(offset);
}

}  // namespace

void add(GradientReport& report, const std::string& x, double symbolic, const Slope& numeric) {
  const double scale = std::max(std::abs(symbolic), std::abs(numeric.value));
  const double difference = std::abs(symbolic - numeric.value);
  double error = difference == 0 ? 0 : std::max(difference - numeric.uncertainty, 0.0) / scale;
  if (!std::isfinite(symbolic) || !std::isfinite(numeric.value) || std::isnan(error))
    error = std::numeric_limits<double>::infinity();
  ++report.checked;
  if (error <= report.tolerance && difference > report.tolerance * scale) ++report.unclear;
  if (report.checked == 1 || error > report.worst.error)
    report.worst = {x, numeric.index, symbolic, numeric.value, error};
}

GradientReport check_gradients(Session& session, const Tensor& y, const std::vector<Tensor>& xs,
                               const std::vector<Feed>& feeds, const GradientCheckOptions& options,
                               SourceLocation where) {
  check(y, xs, options, where);
  const auto is_float32 = [](const Tensor& t) { return t.dtype() == float32; };
  const bool is_coarse = is_float32(y) || std::ranges::any_of(xs, is_float32);
  const double step = options.step > 0 ? options.step : is_coarse ? 0x1p-7 : 0x1p-17;
  GradientReport report;
  report.tolerance = options.tolerance > 0 ? options.tolerance : is_coarse ? 1e-3 : 1e-6;

  const NameScope scope(y.shared_state(), "check_gradients", where);
  const Attribute declared[] = {attributes::shape = y.shape(), attributes::dtype = y.dtype()};
  const Tensor dy(y.shared_state(),
                  y.state().append(placeholder_op, {}, declared, y.shape(), y.dtype(), where));
  const std::vector<Tensor> dxs =
      gradients(y, xs, {.grad_ys = {dy}, .unconnected = Unconnected::zero}, where);

  const Array u = upstream_gradient(session.run(y, feeds, where), options.seed);
  std::vector<Feed> with_upstream = feeds;
  with_upstream.emplace_back(dy, u);
  for (std::size_t k = 0; k < xs.size(); ++k) {
    const Tensor& x = xs[k];
    const Array value = value_of(x, session, feeds, where);
    const Array dx = session.run(dxs[k], with_upstream, where);
    if (dx.shape() != value.shape() || dx.dtype() != value.dtype())
      throw_at<ShapeError>(where, "check_gradients: x \"{}\" has {} {}, its gradient {} {}",
                           x.name(), to_text(value.dtype()), to_text(value.shape()),
                           to_text(dx.dtype()), to_text(dx.shape()));
    const std::vector<double> symbolic = dx.cast(float64).to_vector<double>();
    const SlopeOptions slopes{
        .step = step, .max_elements = options.max_elements, .seed = options.seed, .upstream = u};
    for (const Slope& slope : measure_slopes(session, y, x, feeds, slopes, where))
      add(report, x.name(), symbolic[offset_of(slope.index, value.shape())], slope);
  }
  return report;
}

std::string to_text(const GradientReport& report) {
  std::string text =
      fmt::format("gradients {}: {} elements", report.ok() ? "agree" : "differ", report.checked);
  if (report.unclear != 0) text += fmt::format(", {} of them unclear", report.unclear);
  if (report.checked == 0) return text;
  const GradientDifference& w = report.worst;
  return text + fmt::format(
                    ", worst error {:.2g} (tolerance {:.2g})\n  \"{}\" at [{}]: {:.7g} by "
                    "gradients, {:.7g} by differences",
                    w.error, report.tolerance, w.x, fmt::join(w.index, ", "), w.symbolic,
                    w.numeric);
}

}  // namespace gradus
