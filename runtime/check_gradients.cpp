#include <gradus/check_gradients.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/graph_state.h>
#include <gradus/op.h>
#include <gradus/random.h>
#include <gradus/state.h>
#include <gradus/traversal.h>

namespace gradus {
namespace {

[[noreturn]] void refuse(std::string text, SourceLocation where) {
  throw GraphError(at_line("check_gradients: " + std::move(text), where));
}

void check(const Tensor& y, const std::vector<Tensor>& xs, const GradientCheckOptions& options,
           SourceLocation where) {
  if (!y) refuse("y is an empty Tensor", where);
  for (NodeId id : ancestors({y}))
    if (y.state().node(id).op == &assign_op)
      refuse(fmt::format("y \"{}\" assigns the variable \"{}\"", y.name(),
                         y.state().name(y.state().operands(id)[0])),
             where);
  for (const Tensor& x : xs) {
    if (!x) refuse("x is an empty Tensor", where);
    const Op* op = x.state().node(x.id()).op;
    if (op != &variable_op && op != &placeholder_op)
      refuse(fmt::format("x \"{}\" is a {}: only variables and placeholders can be moved", x.name(),
                         op->name),
             where);
  }
  const auto is_size = [](double v) { return v >= 0 && std::isfinite(v); };
  if (!is_size(options.step)) refuse(fmt::format("the step is {}", options.step), where);
  if (!is_size(options.tolerance))
    refuse(fmt::format("the tolerance is {}", options.tolerance), where);
  if (options.max_elements < 1)
    refuse(fmt::format("max_elements is {}, at least 1 is needed", options.max_elements), where);
}

std::vector<double> doubles(const Array& array) { return array.cast(float64).to_vector<double>(); }

// Element i changed; what it became, rounded to the dtype, is returned.
double set_element(Array& array, std::size_t i, double value) {
  if (array.dtype() == float64) return array.mutable_values<double>()[i] = value;
  return static_cast<double>(array.mutable_values<float>()[i] = static_cast<float>(value));
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

// One element from each of equal parts of 0 .. size - 1: all of them if they are few.
std::vector<std::size_t> sample(std::int64_t size, std::int64_t most, Random random) {
  const std::int64_t count = std::min(size, most);
  std::vector<std::size_t> chosen;
  for (std::int64_t k = 0; k < count; ++k) {
    const std::int64_t part = size / count, rest = size % count;
    const std::int64_t first = k * part + std::min(k, rest);
    chosen.push_back(static_cast<std::size_t>(first + random.below(part + (k < rest ? 1 : 0))));
  }
  return chosen;
}

std::vector<std::int64_t> index_of(std::size_t element, const Shape& shape) {
  std::vector<std::int64_t> index(static_cast<std::size_t>(shape.rank()));
  auto rest = static_cast<std::int64_t>(element);
  for (std::int64_t axis = shape.rank(); axis-- > 0; rest /= shape[axis])
    index[static_cast<std::size_t>(axis)] = rest % shape[axis];
  return index;
}

// f(x) = sum of u y, by runs of the session with one x replaced. Summed in float64.
class Function {
 public:
  Function(Session& session, const Tensor& y, std::vector<Feed> feeds, SourceLocation where)
      : session_(session), y_(y), feeds_(std::move(feeds)), where_(where) {}

  Array y() { return session_.run(y_, feeds_, where_); }
  const std::vector<Feed>& feeds() const { return feeds_; }
  void set_upstream(const Array& u) { u_ = doubles(u); }

  Array value(const Tensor& x) {
    if (is_variable(x)) return session_.value(Variable(x), where_);
    return feed_of(x)->value();
  }
  void set(const Tensor& x, const Array& value) {
    if (is_variable(x))
      session_.set(Variable(x), value, where_);
    else
      *feed_of(x) = Feed(x, value);
  }

  double operator()() {
    const std::vector<double> values = doubles(y());
    double sum = 0;
    for (std::size_t i = 0; i < u_.size(); ++i) sum += u_[i] * values[i];
    return sum;
  }
  // About how much the rounding of y, of this relative size, moves f.
  double rounding(double eps) {
    const std::vector<double> values = doubles(y());
    double sum = 0;
    for (std::size_t i = 0; i < u_.size(); ++i) sum += u_[i] * values[i] * u_[i] * values[i];
    return 4 * eps * std::sqrt(sum);
  }

 private:
  static bool is_variable(const Tensor& x) { return x.state().variable(x.id()) != nullptr; }
  std::vector<Feed>::iterator feed_of(const Tensor& x) {
    const auto found = std::ranges::find(feeds_, x, &Feed::placeholder);
    if (found == feeds_.end())
      throw FeedError(
          at_line(fmt::format("check_gradients: no value is fed for placeholder \"{}\"", x.name()),
                  where_));
    return found;
  }

  Session& session_;
  Tensor y_;
  std::vector<Feed> feeds_;
  std::vector<double> u_;
  SourceLocation where_;
};

struct Slope {
  double value, uncertainty;
};

// The slope of f along element i of x. x is left moved.
Slope measure(Function& f, const Tensor& x, const Array& value, std::size_t i, double step,
              double rounding) {
  const double center = doubles(value)[i];
  const auto quotient = [&](double h) {
    Array moved = value;
    const double right = set_element(moved, i, center + h);
    f.set(x, moved);
    const double above = f();
    const double left = set_element(moved, i, center - h);
    f.set(x, moved);
    return (above - f()) / (right - left);
  };
  const double h = step * std::max(1.0, std::abs(center));
  const double coarse = quotient(h), fine = quotient(h / 2);
  return {fine, std::abs(coarse - fine) + rounding / (h / 2)};
}

void add(GradientReport& report, const Tensor& x, std::vector<std::int64_t> index, double symbolic,
         const Slope& numeric) {
  const double scale = std::max(std::abs(symbolic), std::abs(numeric.value));
  const double difference = std::abs(symbolic - numeric.value);
  double error = difference == 0 ? 0 : std::max(difference - numeric.uncertainty, 0.0) / scale;
  if (!std::isfinite(symbolic) || !std::isfinite(numeric.value) || std::isnan(error))
    error = std::numeric_limits<double>::infinity();
  ++report.checked;
  if (error <= report.tolerance && difference > report.tolerance * scale) ++report.unclear;
  if (report.checked == 1 || error > report.worst.error)
    report.worst = {x.name(), std::move(index), symbolic, numeric.value, error};
}

}  // namespace

GradientReport check_gradients(Session& session, const Tensor& y, const std::vector<Tensor>& xs,
                               const std::vector<Feed>& feeds, const GradientCheckOptions& options,
                               SourceLocation where) {
  check(y, xs, options, where);
  const auto is_float32 = [](const Tensor& t) { return t.dtype() == float32; };
  const bool is_coarse = is_float32(y) || std::ranges::any_of(xs, is_float32);
  const double step = options.step > 0 ? options.step : is_coarse ? 0x1p-7 : 0x1p-17;
  const double eps = is_coarse ? 0x1p-24 : 0x1p-53;
  GradientReport report;
  report.tolerance = options.tolerance > 0 ? options.tolerance : is_coarse ? 1e-3 : 1e-6;

  Function f(session, y, feeds, where);
  const NameScope scope(y.shared_state(), "check_gradients", where);
  const Attribute declared[] = {attributes::shape = y.shape(), attributes::dtype = y.dtype()};
  const Tensor dy(y.shared_state(),
                  y.state().append(placeholder_op, {}, declared, y.shape(), y.dtype(), where));
  const std::vector<Tensor> dxs =
      gradients(y, xs, {.grad_ys = {dy}, .unconnected = Unconnected::zero}, where);

  const Array u = upstream_gradient(f.y(), options.seed);
  f.set_upstream(u);
  const double rounding = f.rounding(eps);
  std::vector<Feed> with_upstream = feeds;
  with_upstream.emplace_back(dy, u);
  for (std::size_t k = 0; k < xs.size(); ++k) {
    const Tensor& x = xs[k];
    const Array value = f.value(x);
    const Array dx = session.run(dxs[k], with_upstream, where);
    if (dx.shape() != value.shape() || dx.dtype() != value.dtype())
      throw ShapeError(
          at_line(fmt::format("check_gradients: x \"{}\" has {} {}, its gradient {} {}", x.name(),
                              to_text(value.dtype()), to_text(value.shape()), to_text(dx.dtype()),
                              to_text(dx.shape())),
                  where));
    const std::vector<double> symbolic = doubles(dx);
    try {
      for (std::size_t i :
           sample(value.size(), options.max_elements, Random(options.seed, x.name())))
        add(report, x, index_of(i, value.shape()), symbolic[i],
            measure(f, x, value, i, step, rounding));
    } catch (...) {
      f.set(x, value);
      throw;
    }
    f.set(x, value);
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
