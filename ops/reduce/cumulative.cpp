#include <gradus/cumulative.h>

#include <algorithm>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>

#include "ops/kernels/strides.h"

namespace gradus {
namespace {

using attributes::axis;
constexpr Key<bool> exclusive_key{"exclusive"};
constexpr Key<bool> reverse_key{"reverse"};

constexpr auto along_axis = [](const Call& f, Shape x) {
  chosen_axis(f, f[axis], x.rank());
  return x;
};

// y(p) = first(x(0)), then next(y(p - 1), x(p)); exclusive puts each of them one place later,
// after `start`. An element of x is an index; integers wrap.
template <class T, class First, class Next>
void run_along(const KernelCall& call, T start, First first, Next next) {
  const Shape& shape = call.output.shape;
  const AroundAxis around(shape, chosen_axis(call.f, call.f[axis], shape.rank()));
  if (shape.element_count() == 0) return;
  const bool is_exclusive = call.f[exclusive_key], is_reverse = call.f[reverse_key];
  T* const y = static_cast<T*>(call.result);

  constexpr std::int64_t elements_per_part = 1 << 15;
  const std::int64_t per_part =
      std::max<std::int64_t>(elements_per_part / (around.n * around.inner), 1);
  const std::int64_t parts = (around.outer + per_part - 1) / per_part;
  call.threads.parallel_for(parts, [&](std::int64_t part) {
    const std::int64_t last = std::min(around.outer, (part + 1) * per_part);
    for (std::int64_t o = part * per_part; o < last; ++o) {
      const auto row = [&](std::int64_t p) {
        return (o * around.n + (is_reverse ? around.n - 1 - p : p)) * around.inner;
      };
      for (std::int64_t p = 0; p < around.n; ++p) {
        const std::int64_t to = row(p), before = p == 0 ? 0 : row(p - 1);
        const std::int64_t from = is_exclusive ? before : to;
        const std::int64_t seen = is_exclusive ? p - 1 : p;
        for (std::int64_t i = 0; i < around.inner; ++i)
          y[to + i] = seen < 0    ? start
                      : seen == 0 ? first(from + i)
                                  : next(y[before + i], from + i);
      }
    }
  });
}

template <class T>
using Wrapping = Lane<T, InstructionSet::baseline>;

template <class Function>
void for_numbers(const KernelCall& call, Function function) {
  visit(call.output.dtype, [&]<class T>(T) {
    if constexpr (!std::same_as<T, bool>) function(T{});
  });
}

void add_along(const KernelCall& call) {
  for_numbers(call, [&]<class T>(T) {
    const T* x = call.inputs[0].as<T>();
    run_along<T>(
        call, 0, [x](std::int64_t i) { return x[i]; },
        [x](T y, std::int64_t i) { return (Wrapping<T>(y) + Wrapping<T>(x[i])).value; });
  });
}
void multiply_along(const KernelCall& call) {
  for_numbers(call, [&]<class T>(T) {
    const T* x = call.inputs[0].as<T>();
    run_along<T>(
        call, 1, [x](std::int64_t i) { return x[i]; },
        [x](T y, std::int64_t i) { return (Wrapping<T>(y) * Wrapping<T>(x[i])).value; });
  });
}
void recur_along(const KernelCall& call) {
  for_numbers(call, [&]<class T>(T) {
    const T* a = call.inputs[0].as<T>();
    const T* b = call.inputs[1].as<T>();
    run_along<T>(
        call, 0, [b](std::int64_t i) { return b[i]; },
        [a, b](T y, std::int64_t i) {
          return (Wrapping<T>(a[i]) * Wrapping<T>(y) + Wrapping<T>(b[i])).value;
        });
  });
}

// The sum over all later i of dy[i] times the a between: how y depends on the term of each place.
Tensor later_terms(const Call& f, const Tensor& dy, const Tensor& a) {
  const CumulativeOptions back{.exclusive = true, .reverse = !f[reverse_key]};
  if (f[exclusive_key]) return linear_recurrence(a, dy, f[axis], back);
  const Tensor scaled = a * dy;
  const Tensor later = linear_recurrence(a, scaled, f[axis], back);
  return dy + later;
}

}  // namespace

// y[i] = x[0] + ... + x[i];  dx[j] = dy[j] + dy[j+1] + ...
extern constexpr Op cumsum_op{
    .name = "cumsum",
    .doc =
        "Running sum along an axis; exclusive leaves x[i] out of y[i], reverse runs from the end.",
    .operands = {"x"},
    .attributes = {&axis, &exclusive_key, &reverse_key},
    .latex = {R"(\operatorname{cumsum} {x})", Precedence::prefix},
    .shape = along_axis,
    .dtype = same_number,
    .kernel = GeneralKernel{add_along},
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      return cumsum(dy, f[axis], {.exclusive = f[exclusive_key], .reverse = !f[reverse_key]});
    }},
    .gradient_text = {"dx = running sum of dy the other way"},
    .examples = {{[](Operand x) { return cumsum(x); }, {1, 2, 3}, "[1, 3, 6]"},
                 {[](Graph& g) {
                    return cumsum(g.constant({1, 2, 3}), 0, {.exclusive = true, .reverse = true});
                  },
                  "[5, 3, 0]"}},
};

// y[i] = x[0] ... x[i];  dx[j] = x[0] ... x[j-1] (dy[j] + x[j+1] dy[j+1] + x[j+1] x[j+2] dy[j+2] +
// ...)
extern constexpr Op cumprod_op{
    .name = "cumprod",
    .doc =
        "Running product along an axis; exclusive leaves x[i] out of y[i], reverse runs from the "
        "end. The gradient is right beside zeros, too.",
    .operands = {"x"},
    .attributes = {&axis, &exclusive_key, &reverse_key},
    .latex = {R"(\operatorname{cumprod} {x})", Precedence::prefix},
    .shape = along_axis,
    .dtype = same_number,
    .kernel = GeneralKernel{multiply_along},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      const Tensor before = cumprod(x, f[axis], {.exclusive = true, .reverse = f[reverse_key]});
      const Tensor after = later_terms(f, dy, x);
      return before * after;
    }},
    .gradient_text = {"dx = product of the x before, times the sum of dy[i] x[j+1] ... x[i]"},
    .examples = {{[](Operand x) { return cumprod(x); }, {2, 3, 4}, "[2, 6, 24]"},
                 {[](Operand x) { return cumprod(x, -1, {.exclusive = true}); },
                  {2, 3, 4},
                  "[1, 2, 6]"}},
};

// y[i] = a[i] y[i-1] + b[i];  db[j] = t[j] = dy[j] + a[j+1] t[j+1],  da[j] = t[j] y[j-1]
extern constexpr Op linear_recurrence_op{
    .name = "linear_recurrence",
    .doc =
        "y[i] = a[i] y[i-1] + b[i] along an axis, from 0; exclusive gives y[i-1], reverse runs "
        "from the end.",
    .operands = {"a", "b"},
    .attributes = {&axis, &exclusive_key, &reverse_key},
    .latex = R"(\operatorname{recurrence}({a}, {b}))",
    .shape = [](const Call& f, Shape a, Shape b) -> Shape {
      chosen_axis(f, f[axis], b.rank());
      if (!may_equal(a, b)) f.fail(fmt::format("shapes differ: {} and {}", to_text(a), to_text(b)));
      std::vector<std::int64_t> y = a.to_vector();
      for (std::int64_t i = 0; i < a.rank(); ++i)
        if (a[i] == any_size) y[static_cast<std::size_t>(i)] = b[i];
      return y;
    },
    .dtype = same_number,
    .kernel = GeneralKernel{recur_along},
    .gradient = {[](const Call& f, Tensor dy, Tensor a, Tensor b) {
                   const Tensor t = later_terms(f, dy, a);
                   const Tensor before = linear_recurrence(
                       a, b, f[axis], {.exclusive = true, .reverse = f[reverse_key]});
                   return t * before;
                 },
                 [](const Call& f, Tensor dy, Tensor a, Tensor) { return later_terms(f, dy, a); }},
    .gradient_text = {"da = t y before, t[j] = dy[j] + a[j+1] t[j+1]", "db = t"},
    .examples = {{[](Operand a, Operand b) { return linear_recurrence(a, b); },
                  {2, 2, 2},
                  {1, 1, 1},
                  "[1, 3, 7]"}},
};

Tensor cumsum(Operand x, std::int64_t along, CumulativeOptions options) {
  return add_node(cumsum_op, {&x},
                  {axis = along, exclusive_key = options.exclusive, reverse_key = options.reverse});
}
Tensor cumprod(Operand x, std::int64_t along, CumulativeOptions options) {
  return add_node(cumprod_op, {&x},
                  {axis = along, exclusive_key = options.exclusive, reverse_key = options.reverse});
}
Tensor linear_recurrence(Operand a, Operand b, std::int64_t along, CumulativeOptions options) {
  return add_node(linear_recurrence_op, {&a, &b},
                  {axis = along, exclusive_key = options.exclusive, reverse_key = options.reverse});
}

}  // namespace gradus
