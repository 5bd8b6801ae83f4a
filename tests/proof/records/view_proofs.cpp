#include <algorithm>

#include <gradus/op/records.h>

#include "proof/cases.h"
#include "proof/moved.h"

namespace gradus::proof {
namespace {

Value squeezed(const Value& x, std::int64_t axis) {
  Indices shape = x.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis_of(axis, shape.size())));
  return {shape, x.at};
}

Value flattened(const Values& x) {
  Indices row = x[0].shape.empty() ? Indices{1} : x[0].shape;
  const std::int64_t rows = row.front();
  row.erase(row.begin());
  return in_shape(x[0], {rows, count(row)});
}

}  // namespace

std::vector<Proof> view_proofs() {
  return {
      {.op = &expand_dims_op,
       .call = [](const Tensors& x) { return expand_dims(x[0], -1); },
       .oracle = Oracle([](const Values& x) {
         Value y = x[0];
         y.shape.push_back(1);
         return y;
       }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
      {.op = &squeeze_op,
       .call = [](const Tensors& x) { return squeeze(x[0], -2); },
       .oracle = Oracle([](const Values& x) { return squeezed(x[0], -2); }),
       .operands = {{}},
       .shapes = {{{1, 3}}, {{2, 1, 3}}, {{1, 0}}},
       .dtypes = every_dtype},
      {.composite = &flatten_composite,
       .call = [](const Tensors& x) { return flatten(x[0]); },
       .oracle = Oracle(flattened),
       .operands = {{}},
       .shapes = {{{}},
                  {{0}},
                  {{1}},
                  {{3}},
                  {{70}},
                  {{2, 3}},
                  {{0, 2}},
                  {{3, 0}},
                  {{1, 1}},
                  {{1, 3}},
                  {{3, 1}},
                  {{5, 2}},
                  {{2, 70}}},
       .dtypes = every_dtype},
      {.composite = &flatten_composite,
       .name = "flatten_of_images",
       .call = [](const Tensors& x) { return flatten(x[0]); },
       .oracle = Oracle(flattened),
       .operands = {{}},
       .shapes = {{{2, 3, 2}}, {{0, 1, 2, 2}}, {{3, 1, 1}}, {{1, 2, 1, 3}}},
       .dtypes = every_dtype,
       .has_gradient = false},  // all sizes but the first must be known; the gradient is reshape's
  };
}

std::vector<Proof> reshape_proofs() {
  return {
      {.op = &reshape_op,
       .call =
           [](const Tensors& x) {
             return reshape(x[0], {2, -1});
           },
       .oracle = Oracle([](const Values& x) {
         return in_shape(x[0], {2, -1});
       }),
       .operands = {{}},
       .shapes = {{{2, 3}}, {{4}}, {{0}}, {{2, 1, 3, 1, 2}}},
       .dtypes = every_dtype},
      {.op = &transpose_op,
       .call = [](const Tensors& x) { return transpose(x[0]); },
       .oracle = Oracle([](const Values& x) {
         Indices shape = x[0].shape;
         std::ranges::reverse(shape);
         return Value::from(shape, [&](Indices index) {
           std::ranges::reverse(index);
           return x[0][index];
         });
       }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
      {.op = &transpose_op,
       .name = "transpose_of_three_axes",
       .call =
           [](const Tensors& x) {
             return transpose(x[0], {1, 2, 0});
           },
       .oracle = Oracle([](const Values& x) {
         const Indices& n = x[0].shape;
         return Value::from({n[1], n[2], n[0]}, [&](const Indices& index) {
           return x[0][{index[2], index[0], index[1]}];
         });
       }),
       .operands = {{}},
       .shapes = {{{2, 3, 2}}, {{3, 0, 2}}, {{17, 9, 10}}},
       .dtypes = every_dtype},
  };
}

}  // namespace gradus::proof
