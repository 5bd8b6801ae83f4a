#include "sheet.h"

namespace gradus {

std::vector<SheetFormula> sheet_formulas() {
  constexpr DTypes numbers = DTypes::numbers, booleans = DTypes::booleans,
                   everything = DTypes::everything;
  const bool bool_output = true;
  return {
      {"add", elementwise<2, numbers>([](auto a, auto b) { return a + b; })},
      {"subtract", elementwise<2, numbers>([](auto a, auto b) { return a - b; })},
      {"multiply", elementwise<2, numbers>([](auto a, auto b) { return a * b; })},
      {"divide", elementwise<2>([](auto a, auto b) { return a / b; })},
      {"negative", elementwise<1, numbers>([](auto x) { return -x; })},
      {"square", elementwise<1, numbers>([](auto x) { return x * x; })},
      {"abs", elementwise<1, numbers>([](auto x) { return abs(x); })},
      {"maximum", elementwise<2, numbers>([](auto a, auto b) { return maximum(a, b); })},
      {"minimum", elementwise<2, numbers>([](auto a, auto b) { return minimum(a, b); })},
      {"sqrt", elementwise<1>([](auto x) { return sqrt(x); })},
      {"exp", elementwise<1>([](auto x) { return exp(x); })},
      {"expm1", elementwise<1>([](auto x) { return expm1(x); })},
      {"log", elementwise<1>([](auto x) { return log(x); })},
      {"log1p", elementwise<1>([](auto x) { return log1p(x); })},
      {"tanh", elementwise<1>([](auto x) { return tanh(x); })},
      {"floor", elementwise<1>([](auto x) { return floor(x); })},
      {"ceil", elementwise<1>([](auto x) { return ceil(x); })},
      {"round", elementwise<1>([](auto x) { return round(x); })},
      {"rsqrt", elementwise<1>([](auto x) { return rsqrt(x); })},
      {"log2", elementwise<1>([](auto x) { return log2(x); })},
      {"sin", elementwise<1>([](auto x) { return sin(x); })},
      {"cos", elementwise<1>([](auto x) { return cos(x); })},
      {"tan", elementwise<1>([](auto x) { return tan(x); })},
      {"asin", elementwise<1>([](auto x) { return asin(x); })},
      {"acos", elementwise<1>([](auto x) { return acos(x); })},
      {"atan", elementwise<1>([](auto x) { return atan(x); })},
      {"sinh", elementwise<1>([](auto x) { return sinh(x); })},
      {"cosh", elementwise<1>([](auto x) { return cosh(x); })},
      {"asinh", elementwise<1>([](auto x) { return asinh(x); })},
      {"acosh", elementwise<1>([](auto x) { return acosh(x); })},
      {"atanh", elementwise<1>([](auto x) { return atanh(x); })},
      {"erf", elementwise<1>([](auto x) { return erf(x); })},
      {"gelu", elementwise<1>([](auto x) { return gelu(x); })},
      {"gelu_tanh", elementwise<1>([](auto x) { return gelu_tanh(x); })},
      {"pow", elementwise<2>([](auto a, auto b) { return pow(a, b); })},
      {"atan2", elementwise<2>([](auto a, auto b) { return atan2(a, b); })},
      {"hypot", elementwise<2>([](auto a, auto b) { return hypot(a, b); })},
      {"elu", elementwise<2>([](auto x, auto alpha) {
         return where(x > 0, x, alpha * expm1_of_negative(x));
       })},
      {"relu", elementwise<1, numbers>([](auto x) { return where(x < 0, 0, x); })},
      {"sigmoid", elementwise<1>([](auto x) {
         const auto e = exp(-abs(x));  // never overflows
         return where(x < 0, e, 1) / (1 + e);
       })},
      {"softplus", elementwise<1>([](auto x) { return maximum(x, 0) + log1p(exp(-abs(x))); })},
      {"less", elementwise<2, numbers>([](auto a, auto b) { return a < b; }), bool_output},
      {"less_equal", elementwise<2, numbers>([](auto a, auto b) { return a <= b; }), bool_output},
      {"greater", elementwise<2, numbers>([](auto a, auto b) { return a > b; }), bool_output},
      {"equal", elementwise<2, everything>([](auto a, auto b) { return a == b; }), bool_output},
      {"not_equal", elementwise<2, everything>([](auto a, auto b) { return a != b; }), bool_output},
      {"sign",
       elementwise<1, numbers>([](auto x) { return where(x > 0, 1, where(x < 0, -1, x)); })},
      {"outside",
       elementwise<2, numbers>([](auto x, auto end) { return (x < -end) | ~(x <= end); }),
       bool_output},
      {"logical_and", elementwise<2, booleans>([](auto a, auto b) { return a & b; }), bool_output},
      {"logical_xor", elementwise<2, booleans>([](auto a, auto b) { return a ^ b; }), bool_output},
      {"logical_not", elementwise<1, booleans>([](auto a) { return ~a; }), bool_output},
      {"where", elementwise_where<3, everything>([](auto condition, auto a, auto b) {
         return where(condition, a, b);
       }),
       false, true},
  };
}

std::vector<SheetReduction> sheet_reductions() {
  constexpr DTypes numbers = DTypes::numbers, booleans = DTypes::booleans;
  return {
      {"sum", reduction<numbers>([](auto like) { return decltype(like)(0); },
                                 [](auto a, auto b) { return a + b; })},
      {"max", reduction<numbers>([](auto like) { return lowest(like); },
                                 [](auto a, auto b) { return maximum(a, b); })},
      {"min", reduction<numbers>([](auto like) { return highest(like); },
                                 [](auto a, auto b) { return minimum(a, b); })},
      {"prod", reduction<numbers>([](auto like) { return decltype(like)(1); },
                                  [](auto a, auto b) { return a * b; })},
      {"all", reduction<booleans>([](auto) { return true; }, [](auto a, auto b) { return a & b; })},
      {"any",
       reduction<booleans>([](auto) { return false; }, [](auto a, auto b) { return a | b; })},
  };
}

}  // namespace gradus
