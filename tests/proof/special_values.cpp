#include "proof/special_values.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/session.h>

#include "proof/samples.h"

namespace gradus::proof {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

template <std::floating_point T>
std::vector<double> specials() {
  using Limits = std::numeric_limits<T>;
  return {0.0,
          -0.0,
          Limits::infinity(),
          -Limits::infinity(),
          Limits::quiet_NaN(),
          Limits::denorm_min(),
          -Limits::denorm_min(),
          Limits::min(),
          -Limits::min(),
          Limits::max(),
          -Limits::max(),
          1,
          -1,
          0.5,
          -2.5};
}

// Every combination of them, one list per operand.
std::vector<std::vector<double>> combinations(const std::vector<double>& values,
                                              std::size_t arity) {
  std::vector<std::vector<double>> lists(arity);
  std::size_t count = 1;
  for (std::size_t k = 0; k < arity; ++k) count *= values.size();
  for (std::size_t n = 0; n < count; ++n)
    for (std::size_t k = 0, rest = n; k < arity; ++k, rest /= values.size())
      lists[k].push_back(values[rest % values.size()]);
  return lists;
}

// The bits of an element; all NaNs are one.
std::uint64_t bits_of(const Array& x, std::size_t i) {
  return visit(x.dtype(), [&]<class T>(T) -> std::uint64_t {
    const T v = x.values<T>()[i];
    if constexpr (std::same_as<T, float>)
      return v != v ? 1u : std::bit_cast<std::uint32_t>(v);
    else if constexpr (std::same_as<T, double>)
      return v != v ? 1u : std::bit_cast<std::uint64_t>(v);
    else
      return static_cast<std::uint64_t>(v);
  });
}

class Run {
 public:
  Run(const Proof& proof, DType dtype) {
    for (std::size_t k = 0; k < proof.operands.size(); ++k)
      xs_.push_back(graph_.placeholder(fmt::format("x{}", k), {any_size},
                                       proof.operands[k].dtype.value_or(dtype)));
    y_ = proof.call(xs_);
    session_.emplace(graph_, SessionOptions{.threads = 1});
  }
  Array of(const std::vector<Array>& operands) {
    std::vector<Feed> feeds;
    for (std::size_t k = 0; k < operands.size(); ++k)
      feeds.emplace_back(xs_[k], operands[k].cast(xs_[k].dtype()));
    return session_->run(y_, feeds);
  }

 private:
  Graph graph_;
  Tensors xs_;
  Tensor y_;
  std::optional<Session> session_;
};

void check_positions(const Proof& proof, DType dtype, Report& report) {
  const auto lists = combinations(dtype == float32 ? specials<float>() : specials<double>(),
                                  proof.operands.size());
  const std::size_t n = lists[0].size();
  Run run(proof, dtype);
  const auto at_position = [&](std::size_t p) {
    std::vector<Array> operands;
    for (const auto& list : lists) {
      std::vector<double> values(p, 0.75);
      values.insert(values.end(), list.begin(), list.end());
      operands.push_back(
          Array(Shape{static_cast<std::int64_t>(values.size())}, values).cast(dtype));
    }
    return run.of(operands);
  };
  const Array first = at_position(0);
  const auto describe = [&](std::size_t i) {
    std::string text = fmt::format("{} {} of", to_text(dtype), proof.title());
    for (const auto& list : lists) text += fmt::format(" {:.9g}", list[i]);
    return text;
  };
  for (std::size_t p = 0; p <= 16; ++p) {
    const Array shifted = at_position(p);
    for (std::size_t i = 0; i < n; ++i) {
      ++report.checked;
      if (bits_of(shifted, p + i) != bits_of(first, i))
        report.fail(fmt::format("{} has other bits at position {}", describe(i), p + i));
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    std::vector<Array> operands;
    std::vector<Real> values;
    for (const auto& list : lists) {
      const DType own = proof.operands[operands.size()].dtype.value_or(dtype);
      operands.push_back(Array(Shape{1}, std::vector{list[i]}).cast(own));
      values.push_back(value_of(operands.back()).at[0]);
    }
    const Array alone = run.of(operands);
    ++report.checked;
    if (bits_of(alone, 0) != bits_of(first, i))
      report.fail(describe(i) + " has other bits alone than in a row");
    if (const auto text = difference(alone, {{1}, {proof.oracle.element(values)}}, proof.units))
      report.fail(describe(i) + ": " + *text);
  }
}

// An upstream gradient of exactly 0 gives gradients of exactly 0, of both orders, where slopes are
// infinite, where the op overflows and where it is not defined, too: what `where` hides has no
// gradient.
void check_hidden(const Proof& proof, Report& report) {
  const std::vector<double> values{
      0.0,   -0.0,  std::numeric_limits<double>::denorm_min(), 1, -1, 0.5, -2.5, 30, 1e3, -1e3,
      1e200, -1e200};
  const auto lists = combinations(values, proof.operands.size());
  Graph g;
  Tensors xs, floats;
  std::vector<Feed> feeds;
  for (std::size_t k = 0; k < lists.size(); ++k) {
    const Array x = Array(Shape{std::ssize(lists[k])}, lists[k])
                        .cast(proof.operands[k].dtype.value_or(float64));
    xs.push_back(g.placeholder(fmt::format("x{}", k), x.shape(), x.dtype()));
    feeds.emplace_back(xs.back(), x);
    if (x.dtype() == float64) floats.push_back(xs.back());
  }
  const Tensor y = proof.call(xs);
  const auto hidden = [&](const Tensors& ys, const Tensor& dy) {
    return gradients(ys, floats,
                     {.grad_ys = Tensors(ys.size(), dy), .unconnected = Unconnected::zero});
  };
  const Tensors first = hidden({y}, zeros_like(y));
  const Tensors second = hidden(first, ones_like(y));
  Session session(g, {.threads = 1});
  const auto check = [&](const Tensors& dxs, std::string_view order) {
    for (const Array& dx : session.run(dxs, feeds))
      for (std::size_t i = 0; i < lists[0].size(); ++i) {
        ++report.checked;
        if (dx.values<double>()[i] == 0) continue;
        std::string at;
        for (const auto& list : lists) at += fmt::format(" {:.9g}", list[i]);
        report.fail(fmt::format("an upstream gradient of 0 becomes {} in {} order in {} of{}",
                                dx.values<double>()[i], order, proof.title(), at));
      }
  };
  check(first, "first");
  check(second, "second");
}

// An op of whole arrays, with one special value at each of the first places.
void check_among_others(const Proof& proof, DType dtype, Report& report) {
  const auto cases = shape_cases(proof);
  const auto wide = std::ranges::find_if(
      cases, [](const auto& shapes) { return shapes[0].element_count() > 16; });
  if (wide == cases.end()) return;
  const Array sampled = samples(proof, *wide, dtype)[0];
  Graph g;
  const Tensor x = g.placeholder("x", sampled.shape(), dtype);
  const Tensor y = proof.call({x});
  Session session(g, {.threads = 1});
  for (double special : {0.0, -0.0, infinity, -infinity, std::nan(""), 0x1p-149, -0x1p-149})
    for (std::size_t p = 0; p <= 16; ++p) {
      Value value = value_of(sampled);
      value.at[p] = special;
      ++report.checked;
      const Array found = session.run(y, {{x, array_of(value, dtype)}});
      if (const auto text = difference(found, proof.oracle.value({value}), proof.units))
        report.fail(fmt::format("{} {} of {} with {:.9g} at position {}: {}", to_text(dtype),
                                proof.title(), to_text(sampled.shape()), special, p, *text));
    }
}

}  // namespace

Report check_special_values(const Proof& proof) {
  Report report;
  if (!proof.has_special_values) return report;
  const bool is_elementwise = bool(proof.oracle.element);
  const bool is_of_one_array = proof.operands.size() == 1 && !proof.operands[0].dtype;
  try {
    for (DType dtype : proof.dtypes)
      if (is_float(dtype) && is_elementwise)
        check_positions(proof, dtype, report);
      else if (is_float(dtype) && is_of_one_array)
        check_among_others(proof, dtype, report);
    if (is_elementwise && proof.has_gradient) check_hidden(proof, report);
  } catch (const Error& error) {
    report.fail(fmt::format("{}: {}", proof.title(), error.what()));
  }
  return report;
}

}  // namespace gradus::proof
