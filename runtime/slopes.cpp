#include <gradus/slopes.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <gradus/random.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"
#include "index_of.h"

namespace gradus {
namespace {

std::vector<double> doubles(const Array& array) { return array.cast(float64).to_vector<double>(); }

// Element i changed; what it became, rounded to the dtype, is returned.
double set_element(Array& array, std::size_t i, double value) {
  if (array.dtype() == float64) return array.mutable_values<double>()[i] = value;
  return static_cast<double>(array.mutable_values<float>()[i] = static_cast<float>(value));
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

// f(x) = sum of u y, by runs of the session with x replaced. Summed in float64.
class Function {
 public:
  Function(Session& session, const Tensor& y, const Tensor& x, std::vector<Feed> feeds,
           SourceLocation where)
      : session_(session), y_(y), x_(x), feeds_(std::move(feeds)), where_(where) {
    if (is_variable()) return;
    feed_ = std::ranges::find(feeds_, x, &Feed::placeholder);
    if (feed_ == feeds_.end())
      throw_at<FeedError>(where, "measure_slopes: no value is fed for placeholder \"{}\"",
                          x.name());
  }

  void set_upstream(const Array& u) { u_ = doubles(u); }
  Array x() const { return is_variable() ? session_.value(Variable(x_), where_) : feed_->value(); }
  void set_x(const Array& value) {
    if (is_variable())
      session_.set(Variable(x_), value, where_);
    else
      *feed_ = Feed(x_, value);
  }

  double operator()() {
    const std::vector<double> values = doubles(session_.run(y_, feeds_, where_));
    double sum = 0;
    for (std::size_t i = 0; i < u_.size(); ++i) sum += u_[i] * values[i];
    return sum;
  }
  // About how much the rounding of y, of this relative size, moves f.
  double rounding(double eps) {
    const std::vector<double> values = doubles(session_.run(y_, feeds_, where_));
    double sum = 0;
    for (std::size_t i = 0; i < u_.size(); ++i) sum += u_[i] * values[i] * u_[i] * values[i];
    return 4 * eps * std::sqrt(sum);
  }

 private:
  bool is_variable() const { return x_.state().variable(x_.id()) != nullptr; }

  Session& session_;
  Tensor y_, x_;
  std::vector<Feed> feeds_;
  std::vector<Feed>::iterator feed_;
  std::vector<double> u_;
  SourceLocation where_;
};

// The slope of f along element i of x, whose value is `middle`. x is left moved.
Slope measure(Function& f, const Array& value, double middle, std::size_t i, double step,
              double rounding) {
  Array moved = value;
  const double center = value.dtype() == float64 ? value.values<double>()[i]
                                                 : static_cast<double>(value.values<float>()[i]);
  const auto slope = [&](double h) {
    const double right = set_element(moved, i, center + h);
    f.set_x(moved);
    const double above = f();
    const double left = set_element(moved, i, center - h);
    f.set_x(moved);
    const double below = f();
    return Slope{.value = (above - below) / (right - left),
                 .left = (middle - below) / (center - left),
                 .right = (above - middle) / (right - center)};
  };
  const double h = step * std::max(1.0, std::abs(center));
  const Slope coarse = slope(4 * h);
  Slope fine = slope(h);
  fine.index = index_of(i, value.shape());
  fine.uncertainty = std::abs(coarse.value - fine.value) + rounding / h;
  // Of a smooth f the sides differ by h f'': for h a quarter as much as for 4h. Beside a kink with
  // jump J at a distance of d, by J (1 - d/h): for h more than half as much as for 4h, if d < 4h/7.
  // Of a kink farther away the central quotient for h suffers less than the two quotients differ.
  const double jump = std::abs(fine.right - fine.left);
  fine.is_kink = jump > 8 * rounding / h && jump > 0.375 * std::abs(coarse.right - coarse.left);
  return fine;
}

void check(const Tensor& y, const Tensor& x, const SlopeOptions& options, SourceLocation where) {
  if (!y || !x) throw_at<GraphError>(where, "measure_slopes: {} is an empty Tensor", y ? "x" : "y");
  for (const Tensor& t : {y, x})
    if (!is_float(t.dtype()))
      throw_at<DTypeError>(where, "measure_slopes: \"{}\" is {}, not float32 or float64", t.name(),
                           to_text(t.dtype()));
  if (!options.upstream && y.rank() != 0)
    throw_at<GraphError>(
        where, "measure_slopes: \"{}\" has shape {}: only a scalar needs no upstream gradient",
        y.name(), to_text(y.shape()));
}

}  // namespace

std::vector<Slope> measure_slopes(Session& session, const Tensor& y, const Tensor& x,
                                  const std::vector<Feed>& feeds, const SlopeOptions& options,
                                  SourceLocation where) {
  check(y, x, options, where);
  const bool is_coarse = y.dtype() == float32 || x.dtype() == float32;
  const double step = options.step > 0 ? options.step : is_coarse ? 0x1p-8 : 0x1p-18;
  Function f(session, y, x, feeds, where);
  f.set_upstream(options.upstream ? *options.upstream : Array::full({}, 1, y.dtype()));
  const double rounding = f.rounding(is_coarse ? 0x1p-24 : 0x1p-53);
  const Array value = f.x();
  const double middle = f();
  std::vector<Slope> slopes;
  try {
    for (std::size_t i : sample(value.size(), options.max_elements, Random(options.seed, x.name())))
      slopes.push_back(measure(f, value, middle, i, step, rounding));
  } catch (...) {
    f.set_x(value);
    throw;
  }
  f.set_x(value);
  return slopes;
}

}  // namespace gradus
