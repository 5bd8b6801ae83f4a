#include <gradus/lbfgs.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <new>
#include <optional>
#include <span>
#include <unordered_set>
#include <utility>

#include <gradus/op/records.h>
#include <gradus/optimizers.h>
#include <gradus/traversal.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"
#include "update.h"

namespace gradus {
namespace {

// c_1 of the strong Wolfe conditions: of what the slope promises, the part that the loss must fall.
constexpr double sufficient_decrease = 1e-4;

// All variables one after the other. Sums are of float64, in order: no bit depends on threads.
using FlatVector = std::vector<double>;

double inner_product(const FlatVector& a, const FlatVector& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}
// y + factor x
void add_to(FlatVector& y, double factor, const FlatVector& x) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += factor * x[i];
}
FlatVector difference(const FlatVector& a, const FlatVector& b) {
  FlatVector d = a;
  add_to(d, -1, b);
  return d;
}
double largest_size(const FlatVector& v) {
  double most = 0;
  for (const double x : v) most = std::max(most, std::abs(x));
  return most;
}
double sum_of_sizes(const FlatVector& v) {
  double sum = 0;
  for (const double x : v) sum += std::abs(x);
  return sum;
}

// A point along a line from where the search began: x = start + step direction.
struct LinePoint {
  FlatVector x{}, gradient{};
  double loss = 0;
  double step = 0, slope = 0;
};

// The loss as a function of the variables.
class LossFunction {
 public:
  LossFunction(Session& session, const std::vector<Tensor>& fetches,
               const std::vector<Variable>& variables, const std::vector<Feed>& feeds,
               SourceLocation where)
      : session_(session),
        fetches_(fetches),
        variables_(variables),
        feeds_(feeds),
        where_(where),
        random_(session.random_state()) {}

  LinePoint start() {
    LinePoint now;
    for (const Variable& W : variables_) append(now.x, session_.value(W, where_));
    evaluate(now);
    if (!std::isfinite(now.loss))
      throw_at<DataError>(where_, "lbfgs: the loss \"{}\", or its gradient, is not finite at first",
                          fetches_[0].name());
    return now;
  }

  LinePoint along(const LinePoint& start, const FlatVector& direction, double step) {
    LinePoint there{.x = start.x, .step = step};
    add_to(there.x, step, direction);
    move_to(there.x);
    evaluate(there);
    there.slope = inner_product(there.gradient, direction);
    return there;
  }

  // What is beyond the numbers of a variable's dtype is rounded in x, too.
  void move_to(FlatVector& x) {
    std::vector<VariableValue> values;
    std::span<double> rest(x);
    for (const Variable& W : variables_) {
      const auto own = rest.first(static_cast<std::size_t>(W.shape().element_count()));
      const Array exact(W.shape(), std::span<const double>(own));
      values.push_back({W, exact.cast(W.dtype())});
      const Array rounded = values.back().value.cast(float64);
      std::ranges::copy(rounded.values<double>(), own.begin());
      rest = rest.subspan(own.size());
    }
    session_.set(std::move(values), where_);
  }

  std::int64_t evaluations() const { return evaluations_; }

 private:
  static void append(FlatVector& all, const Array& part) {
    const Array numbers = part.cast(float64);
    const auto values = numbers.values<double>();
    all.insert(all.end(), values.begin(), values.end());
  }

  // An infinite loss where it, or its gradient, is no number.
  void evaluate(LinePoint& at) {
    session_.set_random_state(random_, where_);
    const std::vector<Array> made = session_.run(fetches_, feeds_, where_);
    ++evaluations_;
    at.loss = made[0].item<double>();
    for (std::size_t i = 1; i < made.size(); ++i) append(at.gradient, made[i]);
    const auto is_finite = [](double v) { return std::isfinite(v); };
    if (!is_finite(at.loss) || !std::ranges::all_of(at.gradient, is_finite))
      at.loss = std::numeric_limits<double>::infinity();
  }

  Session& session_;
  const std::vector<Tensor>& fetches_;
  const std::vector<Variable>& variables_;
  const std::vector<Feed>& feeds_;
  SourceLocation where_;
  RandomState random_;
  std::int64_t evaluations_ = 0;
};

// Where the cubic through both points with their slopes has its minimum, brought between low and
// high; the middle of these if it has none (Nocedal and Wright, equation 3.59). Where the loss of b
// is infinite, a tenth of the way there.
double cubic_minimum(const LinePoint& a, const LinePoint& b, double low, double high) {
  if (!std::isfinite(b.loss)) return a.step + 0.1 * (b.step - a.step);
  const double d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.step - b.step);
  const double d2 = std::copysign(std::sqrt(d1 * d1 - a.slope * b.slope), b.step - a.step);
  const double at = b.step - (b.step - a.step) * (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
  return std::isfinite(at) ? std::clamp(at, low, high) : 0.5 * (low + high);
}

// A point to the strong Wolfe conditions, or, if there is none in so many evaluations, one that
// lowers the loss enough; nothing, if there is no such either. Nocedal and Wright, algorithms 3.5
// and 3.6.
class LineSearch {
 public:
  LineSearch(LossFunction& function, const LinePoint& start, const FlatVector& direction,
             double curvature)
      : function_(function), start_(start), direction_(direction), curvature_(curvature) {}

  std::optional<LinePoint> from(double step) {
    LinePoint before = start_;
    for (int i = 0; i < most_evaluations; ++i) {
      LinePoint now = function_.along(start_, direction_, step);
      if (!is_low_enough(now) || (i > 0 && now.loss >= before.loss))
        return between(std::move(before), std::move(now), i + 1);
      if (is_flat_enough(now)) return now;
      if (now.slope >= 0) return between(std::move(now), std::move(before), i + 1);
      step = cubic_minimum(before, now, step + 0.01 * (step - before.step), 10 * step);
      before = std::move(now);
    }
    return lowered(std::move(before));
  }

 private:
  static constexpr int most_evaluations = 25;

  bool is_low_enough(const LinePoint& p) const {
    return p.loss <= start_.loss + sufficient_decrease * p.step * start_.slope;
  }
  bool is_flat_enough(const LinePoint& p) const {
    return std::abs(p.slope) <= -curvature_ * start_.slope;
  }
  static std::optional<LinePoint> lowered(LinePoint point) {
    if (point.step == 0) return {};
    return point;
  }

  // `low` is low enough, or the start, and lower than `high`; its slope leads towards that.
  std::optional<LinePoint> between(LinePoint low, LinePoint high, int evaluations) {
    bool was_at_edge = false;
    for (; evaluations < most_evaluations; ++evaluations) {
      const auto [first, last] = std::minmax(low.step, high.step);
      double step = cubic_minimum(low, high, first, last);
      // Twice in a row near an end, it is brought inside: so the interval shrinks.
      const double edge = 0.1 * (last - first);
      const bool is_at_edge = step < first + edge || step > last - edge;
      const bool goes_inside = is_at_edge && (was_at_edge || step <= first || step >= last);
      if (goes_inside) step = step < 0.5 * (first + last) ? first + edge : last - edge;
      was_at_edge = is_at_edge && !goes_inside;

      LinePoint now = function_.along(start_, direction_, step);
      if (now.x == low.x) break;  // nothing lies between
      if (!is_low_enough(now) || now.loss >= low.loss) {
        high = std::move(now);
        continue;
      }
      if (is_flat_enough(now)) return now;
      if (now.slope * (high.step - low.step) >= 0) high = std::move(low);
      low = std::move(now);
    }
    return lowered(std::move(low));
  }

  LossFunction& function_;
  const LinePoint& start_;
  const FlatVector& direction_;
  double curvature_;
};

// What the last steps tell of the curvature.
class CurvatureHistory {
 public:
  explicit CurvatureHistory(std::size_t size) : size_(size) {}

  bool empty() const { return steps_.empty(); }
  void clear() { steps_.clear(); }

  // From a to b; not where the slope along it did not grow.
  void add(const LinePoint& a, const LinePoint& b) {
    Step step{difference(b.x, a.x), difference(b.gradient, a.gradient)};
    step.product = inner_product(step.moved, step.turned);
    const double s_s = inner_product(step.moved, step.moved);
    const double y_y = inner_product(step.turned, step.turned);
    if (!(step.product > std::numeric_limits<double>::epsilon() * std::sqrt(s_s * y_y))) return;
    step.scale = step.product / y_y;
    steps_.push_back(std::move(step));
    if (steps_.size() > size_) steps_.pop_front();
  }

  // The gradient, downwards, times the approximate inverse of the second derivatives: Nocedal and
  // Wright, algorithm 7.4.
  FlatVector direction(const FlatVector& gradient) const {
    FlatVector d(gradient.size());
    add_to(d, -1, gradient);
    std::vector<double> factors(steps_.size());
    for (std::size_t i = steps_.size(); i-- > 0;) {
      factors[i] = inner_product(steps_[i].moved, d) / steps_[i].product;
      add_to(d, -factors[i], steps_[i].turned);
    }
    if (!empty())
      for (double& v : d) v *= steps_.back().scale;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      const double factor = inner_product(steps_[i].turned, d) / steps_[i].product;
      add_to(d, factors[i] - factor, steps_[i].moved);
    }
    return d;
  }

 private:
  struct Step {
    FlatVector moved, turned;  // s, y: differences of x and of the gradient
    double product = 0;        // s y
    double scale = 0;          // s y / y y
  };
  std::size_t size_;
  std::deque<Step> steps_;
};

// Goes on at `now` until something ends it.
LbfgsEnd descend(LossFunction& function, LinePoint& now, std::vector<double>& losses,
                 double loss_epsilon, const LbfgsOptions& options) {
  CurvatureHistory history(static_cast<std::size_t>(options.history_size));
  double change = std::numeric_limits<double>::infinity();
  for (std::int64_t iteration = 0;;) {
    if (largest_size(now.gradient) <= options.gradient_tolerance)
      return LbfgsEnd::gradient_tolerance;
    if (change <= options.change_tolerance) return LbfgsEnd::change_tolerance;
    if (iteration == options.max_iterations) return LbfgsEnd::max_iterations;

    const FlatVector direction = history.direction(now.gradient);
    now.step = 0;
    now.slope = inner_product(now.gradient, direction);
    // Without history its length means nothing: at most 1 for all variables together.
    const double first = history.empty() ? std::min(1.0, 1 / sum_of_sizes(now.gradient)) : 1;
    const bool descends = now.slope < 0;
    std::optional<LinePoint> next;
    if (descends) next = LineSearch(function, now, direction, options.curvature).from(first);
    if (!next) {
      // What there was to gain is less than the loss's dtype can tell.
      if (descends && -now.slope <= loss_epsilon * std::abs(now.loss))
        return LbfgsEnd::change_tolerance;
      if (history.empty()) return LbfgsEnd::line_search;
      history.clear();
      continue;
    }
    history.add(now, *next);
    change = (now.loss - next->loss) / std::max({std::abs(now.loss), std::abs(next->loss), 1.0});
    now = *std::move(next);
    losses.push_back(now.loss);
    ++iteration;
  }
}

void check_lbfgs(const Tensor& loss, const std::vector<Variable>& variables,
                 const LbfgsOptions& options, SourceLocation where) {
  const auto check_count = [&](std::string_view name, std::int64_t count, std::int64_t least) {
    if (count < least)
      throw_at<GraphError>(where, "lbfgs: {} must be {} or more, got {}", name, least, count);
  };
  check_count("max_iterations", options.max_iterations, 0);
  check_count("history_size", options.history_size, 1);
  check_size("lbfgs", "gradient_tolerance", options.gradient_tolerance, where);
  check_size("lbfgs", "change_tolerance", options.change_tolerance, where);
  if (!(options.curvature > sufficient_decrease && options.curvature < 1))
    throw_at<GraphError>(where, "lbfgs: curvature must be between {} and 1, got {}",
                         sufficient_decrease, options.curvature);
  if (!loss) throw_at<GraphError>(where, "lbfgs: the loss is an empty Tensor");
  const GraphState& graph = loss.state();
  for (const NodeId id : ancestors({loss}))
    if (graph.node(id).op == &assign_op)
      throw_at<GraphError>(where, "lbfgs: the loss \"{}\" assigns variable \"{}\"", loss.name(),
                           graph.name(graph.operands(id)[0]));
  std::unordered_set<NodeId> seen;
  for (const Variable& W : variables) {
    if (!W) throw_at<GraphError>(where, "lbfgs: a variable is empty");
    if (!seen.insert(W.id()).second)
      throw_at<GraphError>(where, "lbfgs: variable \"{}\" is there twice", W.name());
  }
}

}  // namespace

Lbfgs::Lbfgs(const Tensor& loss, const std::vector<Variable>& variables,
             const LbfgsOptions& options, SourceLocation where)
    : variables_(variables), fetches_{loss}, options_(options) {
  check_lbfgs(loss, variables, options, where);
  for (const GradientAndVariable& pair : compute_gradients(loss, variables, where))
    fetches_.push_back(pair.gradient);
}

LbfgsResult Lbfgs::minimize(Session& session, const std::vector<Feed>& feeds,
                            SourceLocation where) const {
  try {
    LossFunction function(session, fetches_, variables_, feeds, where);
    LinePoint now = function.start();
    LbfgsResult result{.losses = {now.loss}};
    try {
      const double epsilon = fetches_[0].dtype() == float32
                                 ? std::numeric_limits<float>::epsilon()
                                 : std::numeric_limits<double>::epsilon();
      result.end = descend(function, now, result.losses, epsilon, options_);
    } catch (...) {
      function.move_to(now.x);
      throw;
    }
    function.move_to(now.x);
    result.evaluations = function.evaluations();
    return result;
  } catch (const std::bad_alloc&) {
    throw_at<MemoryError>(where, "lbfgs: there is not enough memory");
  }
}

}  // namespace gradus
