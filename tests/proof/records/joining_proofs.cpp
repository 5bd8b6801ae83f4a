#include <gradus/op/records.h>

#include "proof/cases.h"
#include "proof/moved.h"

namespace gradus::proof {
namespace {

Value concatenated(const Values& xs, std::int64_t axis) {
  const std::size_t along = axis_of(axis, xs[0].shape.size());
  Indices shape = xs[0].shape;
  shape[along] = 0;
  for (const Value& x : xs) shape[along] += x.shape[along];
  return Value::from(shape, [&](Indices index) {
    std::size_t k = 0;
    for (; index[along] >= xs[k].shape[along]; ++k) index[along] -= xs[k].shape[along];
    return xs[k][index];
  });
}

Value stacked(const Values& xs, std::int64_t axis) {
  Indices shape = xs[0].shape;
  const std::size_t along = axis_of(axis, shape.size() + 1);
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(along), std::ssize(xs));
  return Value::from(shape, [&](Indices index) {
    const auto k = static_cast<std::size_t>(index[along]);
    index.erase(index.begin() + static_cast<std::ptrdiff_t>(along));
    return xs[k][index];
  });
}

}  // namespace

std::vector<Proof> joining_proofs() {
  const Cases of_equals{{{2, 3}, {2, 3}}, {{0}, {0}}, {{5}, {5}}, {{2, 1, 3}, {2, 1, 3}}};
  return {
      {.op = &concat_op,
       .call =
           [](const Tensors& x) {
             return concat({x[0], x[1]});
           },
       .oracle = Oracle([](const Values& x) { return concatenated(x, 0); }),
       .operands = {{}, {}},
       .shapes = {{{2}, {3}},
                  {{0}, {4}},
                  {{2, 3}, {1, 3}},
                  {{0}, {0}},
                  {{1025}, {3}},
                  {{1, 2, 1, 1, 2}, {2, 2, 1, 1, 2}}},
       .dtypes = every_dtype},
      {.op = &concat_op,
       .name = "concat_of_three_columns",
       .call =
           [](const Tensors& x) {
             return concat({x[0], x[1], x[2]}, -1);
           },
       .oracle = Oracle([](const Values& x) { return concatenated(x, -1); }),
       .operands = {{}, {}, {}},
       .shapes = {{{2, 3}, {2, 0}, {2, 1}},
                  {{3, 1}, {3, 1}, {3, 1}},
                  {{0, 2}, {0, 3}, {0, 1}},
                  {{4}, {1}, {2}},
                  {{33, 31}, {33, 17}, {33, 1}}},
       .dtypes = every_dtype},
      {.op = &concat_grad_op,
       .call =
           [](const Tensors& x) {
             return concat_grad(concat({x[0], x[1]}, 1), {x[0], x[1]}, 1, 1);
           },
       .oracle = Oracle([](const Values& x) { return x[1]; }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {2, 1}}, {{2, 0}, {2, 2}}, {{3, 1, 2}, {3, 2, 2}}},
       .dtypes = every_dtype},
      {.op = &stack_op,
       .call =
           [](const Tensors& x) {
             return stack({x[0], x[1]});
           },
       .oracle = Oracle([](const Values& x) { return stacked(x, 0); }),
       .operands = {{}, {}},
       .shapes = {{{}, {}}, {{2, 3}, {2, 3}}, {{0}, {0}}, {{5}, {5}}, {{2, 1, 3}, {2, 1, 3}}},
       .dtypes = every_dtype},
      {.op = &stack_op,
       .name = "stack_along_the_last_axis",
       .call =
           [](const Tensors& x) {
             return stack({x[0], x[1]}, -1);
           },
       .oracle = Oracle([](const Values& x) { return stacked(x, -1); }),
       .operands = {{}, {}},
       .shapes = of_equals,
       .dtypes = every_dtype},
      {.composite = &unstack_composite,
       .call =
           [](const Tensors& x) {
             const Tensors parts = unstack(stack({x[0], x[1]}, 1), 1);
             return parts[1];
           },
       .oracle = Oracle([](const Values& x) { return x[1]; }),
       .operands = {{}, {}},
       .shapes = of_equals,
       .dtypes = every_dtype},
      {.composite = &split_composite,
       .call =
           [](const Tensors& x) {
             const Tensors parts = split(stack({x[0], x[1], x[0], x[1]}), {1, 3});
             return parts[1];
           },
       .oracle = Oracle([](const Values& x) {
         return stacked({x[1], x[0], x[1]}, 0);
       }),
       .operands = {{}, {}},
       .shapes = of_equals,
       .dtypes = every_dtype},
      {.composite = &split_composite,
       .name = "split_into_two",
       .call =
           [](const Tensors& x) {
             const Tensors parts = split(stack({x[0], x[1], x[0], x[1]}, 1), 2, 1);
             return parts[0];
           },
       .oracle = Oracle([](const Values& x) {
         return stacked({x[0], x[1]}, 1);
       }),
       .operands = {{}, {}},
       .shapes = of_equals,
       .dtypes = every_dtype},
  };
}

}  // namespace gradus::proof
