#include <algorithm>
#include <functional>

#include <gradus/gradients.h>
#include <gradus/op/records.h>

#include "proof/cases.h"
#include "proof/moved.h"

namespace gradus::proof {
namespace {

Value triangle(const Value& x, const std::function<bool(std::int64_t, std::int64_t)>& is_kept) {
  return Value::from(x.shape, [&](const Indices& index) {
    return is_kept(index[index.size() - 2], index.back()) ? x[index] : Real{0};
  });
}

Value diagonal(const Value& x) {
  Indices shape = x.shape;
  const std::int64_t n = shape.back();
  shape.pop_back();
  shape.back() = std::min(shape.back(), n);
  return Value::from(shape, [&](Indices index) {
    index.push_back(index.back());
    return x[index];
  });
}

}  // namespace

std::vector<Proof> diagonal_proofs() {
  return {
      {.op = &diag_op,
       .call = [](const Tensors& x) { return diag(x[0]); },
       .oracle = Oracle([](const Values& x) {
         Indices shape = x[0].shape;
         shape.push_back(shape.back());
         return Value::from(shape, [&](Indices index) {
           const bool is_on = index[index.size() - 2] == index.back();
           index.pop_back();
           return is_on ? x[0][index] : Real{0};
         });
       }),
       .operands = {{}},
       .shapes = {{{0}}, {{1}}, {{7}}, {{2, 3}}, {{3, 0, 2}}, {{2, 1, 3, 1, 2}}},
       .dtypes = every_dtype},
      {.op = &diag_part_op,
       .call = [](const Tensors& x) { return diag_part(x[0]); },
       .oracle = Oracle([](const Values& x) { return diagonal(x[0]); }),
       .operands = {{}},
       .shapes = of_rank_2_or_more,
       .dtypes = every_dtype},
      {.op = &diag_part_grad_op,
       .call =
           [](const Tensors& x) {
             const Tensor dy = diag_part(x[1]);
             return gradient(diag_part(x[0]), x[0], {.grad_ys = {dy}});
           },
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[0].shape, [&](const Indices& index) {
           return index[index.size() - 2] == index.back() ? x[1][index] : Real{0};
         });
       }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {2, 3}}, {{3, 2}, {3, 2}}, {{2, 0}, {2, 0}}}},
      {.op = &tril_op,
       .call = [](const Tensors& x) { return tril(x[0], -1); },
       .oracle = Oracle([](const Values& x) {
         return triangle(x[0], [](std::int64_t i, std::int64_t j) { return j <= i - 1; });
       }),
       .operands = {{}},
       .shapes = of_rank_2_or_more,
       .dtypes = every_dtype},
      {.op = &triu_op,
       .call = [](const Tensors& x) { return triu(x[0], 1); },
       .oracle = Oracle([](const Values& x) {
         return triangle(x[0], [](std::int64_t i, std::int64_t j) { return j >= i + 1; });
       }),
       .operands = {{}},
       .shapes = of_rank_2_or_more,
       .dtypes = every_dtype},
      {.composite = &trace_composite,
       .call = [](const Tensors& x) { return trace(x[0]); },
       .oracle = Oracle([](const Values& x) {
         const Value d = diagonal(x[0]);
         Indices shape = d.shape;
         shape.pop_back();
         shape.push_back(1);
         Value sums = summed(d, shape, [&](std::size_t axis, std::int64_t i, std::int64_t) {
           return axis + 1 == shape.size() ? 0 : i;
         });
         sums.shape.pop_back();
         return sums;
       }),
       .operands = {{}},
       .shapes = of_rank_2_or_more,
       .dtypes = numbers},
  };
}

}  // namespace gradus::proof
