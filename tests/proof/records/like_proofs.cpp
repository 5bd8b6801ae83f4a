#include <cmath>

#include <gradus/op/records.h>

#include "proof/cases.h"
#include "proof/moved.h"

namespace gradus::proof {
namespace {

Value sum_back(const Value& x, const Indices& shape) {
  Value y{shape, {}};
  y.at.resize(static_cast<std::size_t>(count(shape)));
  y.scale.resize(y.at.size());
  for (std::int64_t n = 0; n < x.size(); ++n) {
    const std::size_t place = y.place(under(x.index(n), shape));
    y.at[place] += x.at[static_cast<std::size_t>(n)];
    y.scale[place] += 8 * std::abs(x.at[static_cast<std::size_t>(n)]);
  }
  return y;
}

}  // namespace

std::vector<Proof> like_proofs() {
  const Cases broadcasts{{{}, {2, 3}}, {{3}, {2, 3}}, {{2, 1}, {1, 3}},   {{2, 3}, {3}},
                         {{1}, {0}},   {{1}, {}},     {{4, 1, 2}, {3, 1}}};
  return {
      {.op = &reshape_like_op,
       .call = [](const Tensors& x) { return reshape_like(x[0], x[1]); },
       .oracle = Oracle([](const Values& x) { return in_shape(x[0], x[1].shape); }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {6}}, {{}, {1, 1}}, {{3, 0}, {0}}, {{2, 2}, {2, 2}}},
       .dtypes = every_dtype},
      {.op = &expand_like_op,
       .call = [](const Tensors& x) { return expand_like(x[0], x[1], {-1}, true); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[1].shape, [&](Indices index) {
           index.back() = 0;
           return x[0][index];
         });
       }),
       .operands = {{}, {}},
       .shapes = {{{2, 1}, {2, 3}}, {{1}, {5}}, {{3, 1}, {3, 0}}, {{2, 2, 1}, {2, 2, 3}}},
       .dtypes = every_dtype},
      {.op = &broadcast_like_op,
       .call = [](const Tensors& x) { return broadcast_like(x[0], x[1]); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(broadcast(x[0].shape, x[1].shape),
                            [&](const Indices& index) { return x[0][under(index, x[0].shape)]; });
       }),
       .operands = {{}, {}},
       .shapes = broadcasts,
       .dtypes = every_dtype},
      {.op = &sum_like_op,
       .call = [](const Tensors& x) { return sum_like(x[0], x[1]); },
       .oracle = Oracle([](const Values& x) { return sum_back(x[0], x[1].shape); }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {}}, {{2, 3}, {3}}, {{2, 3}, {2, 1}}, {{0}, {1}}, {{2, 3}, {2, 3}}},
       .dtypes = numbers},
      {.op = &count_ratio_op,
       .call = [](const Tensors& x) { return count_ratio(x[0], x[1]); },
       .oracle = Oracle([](const Values& x) {
         return Value{{}, {static_cast<Real>(x[0].size()) / static_cast<Real>(x[1].size())}};
       }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {}}, {{}, {7}}, {{0}, {3}}},
       .has_gradient = false},
      {.op = &full_like_op,
       .call = [](const Tensors& x) { return full_like(x[0], 1); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[0].shape, [](const Indices&) { return Real{1}; });
       }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype,
       .has_gradient = false},
      {.composite = &zeros_like_composite,
       .call = of(zeros_like),
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[0].shape, [](const Indices&) { return Real{0}; });
       }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype,
       .has_gradient = false},
      {.composite = &ones_like_composite,
       .call = of(ones_like),
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[0].shape, [](const Indices&) { return Real{1}; });
       }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype,
       .has_gradient = false},
      {.composite = &full_with_batch_of_composite,
       .call =
           [](const Tensors& x) {
             return full_with_batch_of(x[0], {3, 2}, 1);
           },
       .oracle = Oracle([](const Values& x) {
         return Value::from({x[0].shape[0], 3, 2}, [](const Indices&) { return Real{1}; });
       }),
       .operands = {{}},
       .shapes = of_rank_1_or_more,
       .dtypes = every_dtype,
       .has_gradient = false},
      {.composite = &zeros_with_batch_of_composite,
       .call = [](const Tensors& x) { return zeros_with_batch_of(x[0], {}); },
       .oracle = Oracle([](const Values& x) {
         return Value::from({x[0].shape[0]}, [](const Indices&) { return Real{0}; });
       }),
       .operands = {{}},
       .shapes = of_rank_1_or_more,
       .dtypes = every_dtype,
       .has_gradient = false},
  };
}

}  // namespace gradus::proof
