#include <gradus/powers.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/comparison.h>
#include <gradus/exponential.h>
#include <gradus/no_nan.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>

#include "ops/kernels/element_step.h"

namespace gradus {
namespace {

constexpr ElementwiseKernel float_power = elementwise<2>([](auto a, auto b) { return pow(a, b); });
constexpr std::int64_t part_length = 1 << 12;

// By squaring, wrapping; of a negative exponent only the sign counts, as the base is then 1 or -1.
template <std::integral T>
T integer_power(T base, T exponent) {
  using Bits = std::make_unsigned_t<T>;
  Bits square = static_cast<Bits>(base), power = 1;
  for (Bits rest = static_cast<Bits>(exponent < 0 ? exponent & 1 : exponent); rest != 0;
       rest >>= 1) {
    if ((rest & 1) != 0) power *= square;
    square *= square;
  }
  return static_cast<T>(power);
}

template <std::integral T>
void integer_powers(const KernelCall& call, std::int64_t n) {
  const T *a = call.inputs[0].as<T>(), *b = call.inputs[1].as<T>();
  const std::int64_t a_step = element_step(call, 0), b_step = element_step(call, 1);
  for (std::int64_t i = 0; i < n; ++i) {
    const T base = a[i * a_step], exponent = b[i * b_step];
    if (exponent < 0 && base != 1 && base != -1)
      call.f.fail_value(
          fmt::format("integers to negative integer powers are not allowed: {} to the power {} at "
                      "element {}",
                      base, exponent, i));
  }
  T* y = static_cast<T*>(call.result);
  call.threads.parallel_for((n + part_length - 1) / part_length, [&](std::int64_t part) {
    for (std::int64_t i = part * part_length; i < std::min(n, (part + 1) * part_length); ++i)
      y[i] = integer_power(a[i * a_step], b[i * b_step]);
  });
}

// A scalar operand is repeated block by block.
template <std::floating_point T>
void float_powers(const KernelCall& call, std::int64_t n) {
  const Tile tile = float_power.tile(dtype_of<T>(), call.set);
  T* y = static_cast<T*>(call.result);
  call.threads.parallel_for((n + part_length - 1) / part_length, [&](std::int64_t part) {
    constexpr std::int64_t block = 256;
    std::array<T, block> repeated[2];
    for (std::size_t k = 0; k < 2; ++k)
      if (element_step(call, k) == 0) repeated[k].fill(*call.inputs[k].as<T>());
    const std::int64_t end = std::min(n, (part + 1) * part_length);
    for (std::int64_t i = part * part_length; i < end; i += block) {
      const void* inputs[2];
      for (std::size_t k = 0; k < 2; ++k)
        inputs[k] = element_step(call, k) == 0 ? repeated[k].data() : call.inputs[k].as<T>() + i;
      tile(inputs, y + i, std::min(block, end - i));
    }
  });
}

void raise_to_powers(const KernelCall& call) {
  const std::int64_t n = call.output.shape.element_count();
  if (n == 0) return;
  visit(call.output.dtype, [&]<class T>(T) {
    if constexpr (std::floating_point<T>)
      float_powers<T>(call, n);
    else if constexpr (!std::same_as<T, bool>)
      integer_powers<T>(call, n);
  });
}

}  // namespace

// y = 1 / x;  dy/dx = -y^2
extern constexpr Op reciprocal_op{
    .name = "reciprocal",
    .doc = "y = 1 / x; infinite at 0.",
    .operands = {"x"},
    .text = {"1 / {x}", Precedence::product},
    .latex = {R"(\frac{1}{{x}})", Precedence::power},
    .kernel = elementwise<1>([](auto x) { return 1 / x; }),
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      const Tensor slope = -f.y() * f.y();
      return multiply_no_nan(slope, dy);
    }},
    .gradient_text = {"dx = -dy y^2; 0 where dy = 0"},
    .examples = {{reciprocal, {2, 0}, "[0.5, inf]"}},
};

// y = 1 / sqrt(x);  dy/dx = -y / (2 x)
extern constexpr Op rsqrt_op{
    .name = "rsqrt",
    .doc = "y = 1 / sqrt(x); infinite at 0, NaN below.",
    .operands = {"x"},
    .latex = {R"(\frac{1}{\sqrt{{x}}})", Precedence::power},
    .kernel = elementwise<1>([](auto x) { return rsqrt(x); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return multiply_no_nan(-0.5 * f.y() / x, dy);
    }},
    .gradient_text = {"dx = -dy y / (2 x); 0 where dy = 0"},
    .examples = {{rsqrt, {4, 0}, "[0.5, inf]"}},
};

// y = log2(x);  dy/dx = 1 / (x log(2))
extern constexpr Op log2_op{
    .name = "log2",
    .doc = "Logarithm to base 2, exact for powers of 2; -inf at 0, NaN below.",
    .operands = {"x"},
    .latex = {R"(\log_2 {x})", Precedence::prefix},
    .kernel = elementwise<1>([](auto x) { return log2(x); }),
    .gradient = {[](Tensor dy, Tensor x) { return xdivy(dy, x) * 1.44269504088896340736; }},
    .gradient_text = {"dx = dy / (x log(2)); 0 where dy = 0"},
    .examples = {{log2, {8, 0.5}, "[3, -1]"}},
};

// y = sqrt(a^2 + b^2);  dy/da = a / y,  dy/db = b / y
extern constexpr Op hypot_op{
    .name = "hypot",
    .doc = "y = sqrt(a^2 + b^2) without overflow. The slope at (0, 0) is 0.",
    .operands = {"a", "b"},
    .latex = R"(\sqrt{{a}^{2} + {b}^{2}})",
    .kernel = elementwise<2>([](auto a, auto b) { return hypot(a, b); }),
    .gradient = {[](const Call& f, Tensor dy, Tensor a, Tensor) {
                   const Tensor divisor = where(equal(f.y(), 0), 1, f.y());
                   return dy * (a / divisor);
                 },
                 [](const Call& f, Tensor dy, Tensor, Tensor b) {
                   const Tensor divisor = where(equal(f.y(), 0), 1, f.y());
                   return dy * (b / divisor);
                 }},
    .gradient_text = {"da = dy a / y; 0 at (0, 0)", "db = dy b / y; 0 at (0, 0)"},
    .examples = {{hypot, {3, 0}, {4, 0}, "[5, 0]"}},
};

// y = (a - b)^2;  dy/da = 2 (a - b),  dy/db = 2 (b - a)
extern constexpr Op squared_difference_op{
    .name = "squared_difference",
    .doc = "y = (a - b)^2.",
    .operands = {"a", "b"},
    .text = {"({a} - {b})^2", Precedence::power, Precedence::prefix},
    .latex = {R"(({a} - {b})^{2})", Precedence::power, Precedence::prefix},
    .dtype = same_number,
    .kernel = elementwise<2, DTypes::numbers>([](auto a, auto b) { return (a - b) * (a - b); }),
    .gradient = {[](Tensor dy, Tensor a, Tensor b) { return dy * (2 * (a - b)); },
                 [](Tensor dy, Tensor a, Tensor b) { return dy * (2 * (b - a)); }},
    .gradient_text = {"da = 2 dy (a - b)", "db = 2 dy (b - a)"},
    .examples = {{[](Operand x) { return squared_difference(x, 1); }, {3, 1}, "[4, 0]"}},
};

// y = a^b;  dy/da = b a^(b - 1), 0 where b = 0;  dy/db = y log(a) where a > 0, 0 elsewhere
extern constexpr Op power_op{
    .name = "power",
    .doc =
        "y = a^b. Floats as pow of C: x^0 = 1; NaN of a negative base with a broken exponent. "
        "Integers wrap; negative exponents are refused in the run unless a is 1 or -1. The slope "
        "of a is 0 where b = 0, that of b where a <= 0.",
    .operands = {"a", "b"},
    .text = {"{a}^{b}", Precedence::power},
    .latex = {R"({a}^{{b}})", Precedence::power},
    .dtype = same_number,
    .kernel = GeneralKernel{raise_to_powers},
    .gradient = {[](Tensor dy, Tensor a, Tensor b) {
                   const Tensor is_constant = equal(b, 0);
                   const Tensor lowered = b - 1;
                   const Tensor slope = b * power(a, where(is_constant, 1, lowered));
                   return where(is_constant, 0, multiply_no_nan(slope, dy));
                 },
                 [](const Call& f, Tensor dy, Tensor a, Tensor) {
                   const Tensor base = where(a > 0, a, 1);
                   const Tensor slope = f.y() * log(base);
                   const Tensor product = multiply_no_nan(slope, dy);
                   return where(a > 0, product, 0);
                 }},
    .gradient_text = {"da = dy b a^(b - 1); 0 where b = 0 or dy = 0",
                      "db = dy y log(a) where a > 0 and dy is not 0, 0 elsewhere"},
    .examples = {{power, {2, 3}, {3, -1}, "[8, 0.3333333]"}},
};

Tensor reciprocal(Operand x) { return add_node(reciprocal_op, {&x}); }
Tensor rsqrt(Operand x) { return add_node(rsqrt_op, {&x}); }
Tensor log2(Operand x) { return add_node(log2_op, {&x}); }
Tensor hypot(Operand a, Operand b) { return add_elementwise(hypot_op, {&a, &b}); }
Tensor squared_difference(Operand a, Operand b) {
  return add_elementwise(squared_difference_op, {&a, &b});
}
Tensor power(Operand a, Operand b) { return add_elementwise(power_op, {&a, &b}); }

}  // namespace gradus
