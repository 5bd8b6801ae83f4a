#include <gradus/division.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/comparison.h>
#include <gradus/error.h>
#include <gradus/no_nan.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>
#include <gradus/shapes.h>

#include "ops/kernels/element_step.h"

namespace gradus {
namespace {

using attributes::high;
using attributes::low;

template <class T>
struct Division {
  T quotient, remainder;
};

// As CPython and NumPy divide: the remainder is exact, and the quotient the whole number that
// belongs to it, which a rounded a / b may not be.
template <std::floating_point T>
Division<T> divide_whole(T a, T b) {
  T remainder = std::fmod(a, b);
  if (b == 0 || std::isnan(remainder)) return {a / b, std::numeric_limits<T>::quiet_NaN()};
  T quotient = (a - remainder) / b;
  if (remainder == 0) {
    remainder = std::copysign(T{0}, b);
  } else if ((b < 0) != (remainder < 0)) {
    remainder += b;
    quotient -= 1;
  }
  return {quotient == 0 ? std::copysign(T{0}, a / b) : std::round(quotient), remainder};
}

// Rounded down; the smallest integer by -1 wraps. b is not 0.
template <std::integral T>
Division<T> divide_whole(T a, T b) {
  if (b == -1) return {static_cast<T>(std::make_unsigned_t<T>{0} - std::make_unsigned_t<T>(a)), 0};
  const T quotient = a / b, remainder = a % b;
  if (remainder == 0 || (remainder < 0) == (b < 0)) return {quotient, remainder};
  return {static_cast<T>(quotient - 1), static_cast<T>(remainder + b)};
}

template <auto part>
void divide_elements(const KernelCall& call) {
  visit(call.output.dtype, [&]<class T>(T) {
    if constexpr (!std::same_as<T, bool>) {
      const std::int64_t n = call.output.shape.element_count();
      const T *a = call.inputs[0].as<T>(), *b = call.inputs[1].as<T>();
      const std::int64_t a_step = element_step(call, 0), b_step = element_step(call, 1);
      T* y = static_cast<T*>(call.result);
      constexpr std::int64_t part_length = 1 << 13;
      call.threads.parallel_for((n + part_length - 1) / part_length, [&](std::int64_t k) {
        for (std::int64_t i = k * part_length; i < std::min(n, (k + 1) * part_length); ++i) {
          const T divisor = b[i * b_step];
          if constexpr (std::integral<T>)
            if (divisor == 0) call.f.fail_value(fmt::format("division by zero at element {}", i));
          y[i] = part(divide_whole<T>(a[i * a_step], divisor));
        }
      });
    }
  });
}

}  // namespace

// y = floor(a / b);  dy/da = dy/db = 0
extern constexpr Op floor_divide_op{
    .name = "floor_divide",
    .doc =
        "The largest whole number not above a / b. Floats by 0, and infinite ones, give a / b; "
        "integers by 0 are refused in the run. The slope is 0 everywhere.",
    .operands = {"a", "b"},
    .text = {"floor({a} / {b})", Precedence::call, Precedence::power},
    .latex = R"(\left\lfloor \frac{{a}}{{b}} \right\rfloor)",
    .dtype = same_number,
    .kernel = GeneralKernel{divide_elements<[](auto d) { return d.quotient; }>},
    .gradient = {[](const Call& f, Tensor, Tensor, Tensor) { return zeros_like(f.y()); },
                 [](const Call& f, Tensor, Tensor, Tensor) { return zeros_like(f.y()); }},
    .gradient_text = {"da = 0", "db = 0"},
    .examples = {{[](Operand x) { return floor_divide(x, 2); }, {7, -7}, "[3, -4]"}},
};

// y = a - floor(a / b) b;  dy/da = 1,  dy/db = -floor(a / b)
extern constexpr Op mod_op{
    .name = "mod",
    .doc =
        "Remainder with the sign of b: y = a - floor(a / b) b, exact. Floats by 0 give NaN; "
        "integers by 0 are refused in the run. The slope at a multiple of b is that beside it.",
    .operands = {"a", "b"},
    .latex = {R"({a} \bmod {b})", Precedence::product},
    .dtype = same_number,
    .kernel = GeneralKernel{divide_elements<[](auto d) { return d.remainder; }>},
    .gradient = {upstream,
                 [](Tensor dy, Tensor a, Tensor b) {
                   const Tensor quotient = floor_divide(a, b);
                   return -multiply_no_nan(quotient, dy);
                 }},
    .gradient_text = {"da = dy", "db = -dy floor(a / b); 0 where dy = 0"},
    .examples = {{[](Operand x) { return mod(x, 3); }, {7, -7}, "[1, 2]"}},
};

// y = x from low to high, the nearer limit outside;  dy/dx = 1 inside, 0 outside
extern constexpr Op clip_op{
    .name = "clip",
    .doc =
        "x, but no smaller than low and no larger than high; NaN of NaN. The slope at a limit "
        "is 1.",
    .operands = {"x"},
    .attributes = {&low, &high},
    .text = "clip({x}, {low}, {high})",
    .latex = R"(\operatorname{clip}({x}, {low}, {high}))",
    .shape = [](const Call& f, Shape x) -> Shape {
      if (!(f[low] <= f[high]))
        f.fail_argument(fmt::format("there is nothing from {} to {}", f[low], f[high]));
      return x;
    },
    .dtype = [](const Call& f, DType x) -> DType {
      if (x == boolean) f.fail_dtype("needs numbers, got bool");
      for (double limit : {f[low], f[high]})
        if (!Number(limit).fits(x)) f.fail_dtype(fmt::format("{} is no {}", limit, to_text(x)));
      return x;
    },
    .kernel = elementwise<3, DTypes::numbers>(
        [](auto x, auto l, auto h) { return where(x < l, l, where(x > h, h, x)); }),
    .parameters = {&low, &high},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      const Tensor above = where(x < f[low], 0, dy);
      return where(x > f[high], 0, above);
    }},
    .gradient_text = {"dx = dy where low <= x <= high, 0 elsewhere"},
    .examples = {{[](Operand x) { return clip(x, 0, 1); }, {-2, 0.5, 9}, "[0, 0.5, 1]"}},
};

extern constexpr Composite add_n_composite{
    .name = "add_n",
    .doc = "The sum of one or more tensors, from left to right.",
    .formula = "y = x0 + x1 + ...",
    .latex = R"(\sum_i x_i)",
    .examples = {{[](Graph& g) {
                    return add_n({g.constant({1, 2}), g.constant({3, 4}), 10});
                  },
                  "[14, 16]"}},
};

Tensor floor_divide(Operand a, Operand b) { return add_elementwise(floor_divide_op, {&a, &b}); }
Tensor mod(Operand a, Operand b) { return add_elementwise(mod_op, {&a, &b}); }
Tensor clip(Operand x, double lowest, double highest) {
  return add_node(clip_op, {&x}, {low = lowest, high = highest});
}

Tensor add_n(const std::vector<Operand>& operands) {
  if (operands.empty()) throw GraphError("add_n: there is nothing to add");
  Operand sum = operands[0];
  for (const Operand& x : std::span(operands).subspan(1)) sum = Operand(add(sum, x), x.where());
  if (sum.is_number()) throw GraphError(at_line("add_n: no operand is a tensor", sum.where()));
  return sum.tensor();
}

}  // namespace gradus
