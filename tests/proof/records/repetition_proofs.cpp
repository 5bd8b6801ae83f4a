#include <gradus/gradients.h>
#include <gradus/op/records.h>

#include "proof/cases.h"
#include "proof/moved.h"

namespace gradus::proof {
namespace {

std::int64_t of_tile(std::size_t, std::int64_t i, std::int64_t n) { return i % n; }

std::int64_t of_repeat(std::size_t axis, std::int64_t i, std::int64_t) {
  return axis == 0 ? i / 3 : i;
}

std::int64_t of_edge(std::size_t, std::int64_t i, std::int64_t n) {
  return i < 2 ? 0 : i - 2 >= n ? n - 1 : i - 2;
}

std::int64_t of_mirror(std::size_t, std::int64_t i, std::int64_t n) {
  Indices order;  // 2 1 0 1 .. n-1 n-2
  for (std::int64_t k = 2; k > 0; --k) order.push_back(k);
  for (std::int64_t k = 0; k < n; ++k) order.push_back(k);
  order.push_back(n - 2);
  return order[static_cast<std::size_t>(i)];
}

Indices grown(Indices shape, std::int64_t by) {
  for (std::int64_t& size : shape) size += by;
  return shape;
}

Indices times(Indices shape, std::int64_t axis, std::int64_t factor) {
  shape[axis_of(axis, shape.size())] *= factor;
  return shape;
}

std::vector<PadWidth> around(const Tensor& x, PadWidth padding) {
  return std::vector<PadWidth>(static_cast<std::size_t>(x.rank()), padding);
}

}  // namespace

std::vector<Proof> repetition_proofs() {
  const Cases at_least_3{{{3}}, {{5}}, {{3, 4}}, {{4, 3, 3}}, {{33, 31}}};
  return {
      {.op = &broadcast_to_op,
       .call =
           [](const Tensors& x) {
             return broadcast_to(x[0], {2, 4, 3});
           },
       .oracle = Oracle([](const Values& x) {
         return Value::from({2, 4, 3},
                            [&](const Indices& index) { return x[0][under(index, x[0].shape)]; });
       }),
       .operands = {{}},
       .shapes = {{{}}, {{3}}, {{1}}, {{4, 1}}, {{2, 1, 3}}, {{2, 4, 3}}},
       .dtypes = every_dtype},
      {.op = &tile_op,
       .call = [](const Tensors& x) { return tile(x[0], {3}); },
       .oracle =
           Oracle([](const Values& x) { return mapped(x[0], times(x[0].shape, -1, 3), of_tile); }),
       .operands = {{}},
       .shapes = of_rank_1_or_more,
       .dtypes = every_dtype},
      {.op = &tile_grad_op,
       .call =
           [](const Tensors& x) {
             const Tensor dy = tile(x[1], {2, 3});
             return gradient(tile(x[0], {2, 3}), x[0], {.grad_ys = {dy}});
           },
       .oracle = Oracle([](const Values& x) {
         const Value wide = mapped(x[1], times(times(x[1].shape, -1, 3), -2, 2), of_tile);
         return summed(wide, x[0].shape, of_tile);
       }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {2, 3}}, {{1, 4}, {1, 4}}, {{3, 0}, {3, 0}}}},
      {.op = &repeat_op,
       .call = [](const Tensors& x) { return repeat(x[0], 3); },
       .oracle =
           Oracle([](const Values& x) { return mapped(x[0], times(x[0].shape, 0, 3), of_repeat); }),
       .operands = {{}},
       .shapes = of_rank_1_or_more,
       .dtypes = every_dtype},
      {.op = &repeat_grad_op,
       .call =
           [](const Tensors& x) {
             const Tensor dy = repeat(x[1], 3);
             return gradient(repeat(x[0], 3), x[0], {.grad_ys = {dy}});
           },
       .oracle = Oracle([](const Values& x) {
         return summed(mapped(x[1], times(x[1].shape, 0, 3), of_repeat), x[0].shape, of_repeat);
       }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {2, 3}}, {{4}, {4}}, {{3, 0}, {3, 0}}}},
      {.op = &roll_op,
       .call = [](const Tensors& x) { return roll(x[0], -4, -1); },
       .oracle = Oracle([](const Values& x) {
         const std::size_t last = x[0].shape.size() - 1;
         return mapped(x[0], x[0].shape, [&](std::size_t axis, std::int64_t i, std::int64_t n) {
           return axis == last ? (i + 4) % n : i;
         });
       }),
       .operands = {{}},
       .shapes = of_rank_1_or_more,
       .dtypes = every_dtype},
      {.op = &pad_op,
       .call =
           [](const Tensors& x) {
             return pad(x[0], around(x[0], {2, 1}), {.value = 1});
           },
       .oracle = Oracle([](const Values& x) {
         return Value::from(grown(x[0].shape, 3), [&](Indices index) -> Real {
           for (std::size_t i = 0; i < index.size(); ++i) {
             index[i] -= 2;
             if (index[i] < 0 || index[i] >= x[0].shape[i]) return 1;
           }
           return x[0][index];
         });
       }),
       .operands = {{}},
       .shapes = {{{}}, {{0}}, {{1}}, {{7}}, {{3, 0, 2}}, {{2, 3}}, {{33, 31}}},
       .dtypes = every_dtype},
      {.op = &pad_op,
       .name = "pad_by_edges",
       .call =
           [](const Tensors& x) {
             return pad(x[0], around(x[0], {2, 1}), {.mode = PadMode::edge});
           },
       .oracle =
           Oracle([](const Values& x) { return mapped(x[0], grown(x[0].shape, 3), of_edge); }),
       .operands = {{}},
       .shapes = at_least_3,
       .dtypes = every_dtype},
      {.op = &pad_op,
       .name = "pad_by_reflection",
       .call =
           [](const Tensors& x) {
             return pad(x[0], around(x[0], {2, 1}), {.mode = PadMode::reflect});
           },
       .oracle =
           Oracle([](const Values& x) { return mapped(x[0], grown(x[0].shape, 3), of_mirror); }),
       .operands = {{}},
       .shapes = at_least_3,
       .dtypes = every_dtype},
      {.op = &pad_grad_op,
       .call =
           [](const Tensors& x) {
             const PadOptions options{.mode = PadMode::reflect};
             const Tensor y = pad(x[0], around(x[0], {2, 1}), options);
             return gradient(y, x[0], {.grad_ys = {pad(x[1], around(x[1], {2, 1}), options)}});
           },
       .oracle = Oracle([](const Values& x) {
         return summed(mapped(x[1], grown(x[1].shape, 3), of_mirror), x[0].shape, of_mirror);
       }),
       .operands = {{}, {}},
       .shapes = {{{3}, {3}}, {{3, 4}, {3, 4}}}},
  };
}

}  // namespace gradus::proof
