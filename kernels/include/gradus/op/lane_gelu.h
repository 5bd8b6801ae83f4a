// The two forms of gelu on float lanes, exact to the last digits where they decay to 0.
#pragma once

#include <gradus/op/lane_pair.h>

namespace gradus {
namespace lane_detail {

// (Phi(x) - 1/2) / x in powers of x^2: (-1)^n / (sqrt(2 pi) 2^n n! (2n + 1)).
inline constexpr auto normal_series = [] {
  std::array<double, 15> c{};
  double factor = 0.39894228040143267794;
  for (std::size_t n = 0; n < c.size(); ++n) {
    c[n] = factor / static_cast<double>(2 * n + 1);
    factor /= -2 * static_cast<double>(n + 1);
  }
  return c;
}();

// (x + 4) e^(x^2 / 2) erfc(x / sqrt(2)) for x from 0 to 40, by Chebyshev interpolation in
// u = 44/5 (1 / (x + 4)) - 6/5.
inline constexpr std::array<double, 23> scaled_normal_tail{
    1.6277845014525072,      1.2419885737002498,      0.7290161078935303,
    0.31412663680079017,     0.08653848804264959,     0.006664630867706291,
    -0.005048849231674416,   -0.0015046210134520858,  0.0002961628413726261,
    0.00018132931689761333,  -2.7335530608775767e-05, -2.1595078332975942e-05,
    4.4157479841418555e-06,  2.5317437246080706e-06,  -8.913014498194168e-07,
    -2.4527767067729623e-07, 1.739877583912896e-07,   8.100555123793115e-09,
    -2.896414890253381e-08,  3.0932862157819636e-09,  3.5925503265142088e-09,
    -5.390117325517152e-10,  -2.4521300281866674e-10};

}  // namespace lane_detail

// x Phi(x) = x erfc(-x / sqrt(2)) / 2. The square in the exponent is taken with what rounding
// loses.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> gelu(Lane<T, set> argument) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(argument), a = clamp(abs(x), 0.0, 40.0);  // e^(-40^2 / 2) is 0
  const L near_0 = x * (0.5 + x * polynomial<normal_series>(x * x));
  const auto denominator = two_sum(L(4), a);
  const L w = 1 / denominator.high, u = (4 - 1.2 * a) * w;
  const auto rest = two_product(u, polynomial<scaled_normal_tail, 1>(u));
  const auto p = two_sum(L(scaled_normal_tail[0]), rest.high);
  const auto square = two_product(0.5 * a, a);
  const L lost = (p.low + rest.low) / p.high - square.low - denominator.low * w;
  const L tail = 0.5 * p.high / denominator.high, factor = tail + tail * lost;
  const L below = times_exp(-a * factor, -square.high);
  const L above = x * (1 - times_exp(factor, -square.high));
  return narrow<T>(where(a < 1, near_0, where(x < 0, below, above)));
}

// x / (1 + e^(-2 z)) with z = sqrt(2 / pi) (x + 0.044715 x^3), which is x (1 + tanh(z)) / 2.
template <FloatElement T, InstructionSet set>
[[gnu::always_inline]] constexpr Lane<T, set> gelu_tanh(Lane<T, set> argument) {
  using namespace lane_detail;
  using L = Lane<double, set>;
  const L x = widen(argument), a = clamp(abs(x), 0.0, 60.0);  // e^(-2 z) is 0 long before
  const Pair<set> cubic{L(0x1.6e4e26d4801f7p-5), L(0x1.441355475a31ap-59)};
  const Pair<set> slope{L(0x1.9884533d43651p+0), L(-0x1.cbc0d30ebfd15p-54)};
  const Pair<set> part = multiply(cubic, two_product(a, a));
  const Pair<set> sum = two_sum(L(1), part.high);
  const Pair<set> z2 =
      multiply(multiply(slope, Pair<set>{a, L(0)}), Pair<set>{sum.high, sum.low + part.low});
  const L e = exp(-z2.high) * (1 - z2.low);
  return narrow<T>(where(x < 0, times_exp(-a * (1 - z2.low), -z2.high), x) / (1 + e));
}

}  // namespace gradus
