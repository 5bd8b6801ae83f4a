#include <algorithm>
#include <numeric>

#include "proof/proof.h"

namespace gradus::proof {
namespace {

const std::vector<DType> every_dtype(all_dtypes.begin(), all_dtypes.end());
const std::vector<DType> numbers{float32, float64, int32, int64};
using Cases = std::vector<std::vector<Shape>>;

// first, first + step, ... before (or, backwards, behind) last.
Indices counting(std::int64_t first, std::int64_t last, std::int64_t step = 1) {
  Indices list;
  for (std::int64_t i = first; step > 0 ? i < last : i > last; i += step) list.push_back(i);
  return list;
}

// The positions of each axis of x, all of them in order.
std::vector<Indices> whole(const Value& x) {
  std::vector<Indices> lists;
  for (std::int64_t n : x.shape) lists.push_back(counting(0, n));
  return lists;
}

// y[i, j] = x[rows[i], columns[j]]
Value picked(const Value& x, const std::vector<Indices>& lists) {
  Indices shape;
  for (const Indices& list : lists) shape.push_back(std::ssize(list));
  return Value::from(shape, [&](Indices index) {
    for (std::size_t i = 0; i < index.size(); ++i)
      index[i] = lists[i][static_cast<std::size_t>(index[i])];
    return x[index];
  });
}

// The other way: y, of that shape, is 0 where no position leads.
Value put(const Value& x, const std::vector<Indices>& lists, Indices shape) {
  Value y{std::move(shape), {}};
  y.at.resize(static_cast<std::size_t>(count(y.shape)));
  for (std::int64_t n = 0; n < x.size(); ++n) {
    Indices index = x.index(n);
    for (std::size_t i = 0; i < index.size(); ++i)
      index[i] = lists[i][static_cast<std::size_t>(index[i])];
    y.at[y.place(index)] = x.at[static_cast<std::size_t>(n)];
  }
  return y;
}

std::size_t axis_of(std::int64_t axis, std::size_t rank) {
  return axis < 0 ? rank - static_cast<std::size_t>(-axis) : static_cast<std::size_t>(axis);
}

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

// x's elements in a shape, where one may be -1.
Value in_shape(const Value& x, Indices shape) {
  const auto unknown = std::ranges::find(shape, -1);
  if (unknown != shape.end()) {
    *unknown = 1;
    *unknown = x.size() / std::max<std::int64_t>(count(shape), 1);
  }
  return {std::move(shape), x.at};
}

Value squeezed(const Value& x, std::int64_t axis) {
  Indices shape = x.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis_of(axis, shape.size())));
  return {shape, x.at};
}

const Cases any_shape{{{}},        {{0}},    {{1}},    {{7}},
                      {{3, 0, 2}}, {{2, 3}}, {{1, 5}}, {{2, 1, 3, 1, 2}}};
const Cases of_rank_1_or_more(any_shape.begin() + 1, any_shape.end());
const Cases of_rank_2_or_more{{{2, 3}},    {{5, 4}},          {{1, 5}},
                              {{3, 0, 2}}, {{2, 1, 3, 1, 2}}, {{33, 31}}};

std::vector<Proof> slice_proofs() {
  return {
      {.op = &slice_op,
       .name = "slice_of_the_inside_backwards",
       .call =
           [](const Tensors& x) {
             return slice(x[0], {{1, -1}, {.step = -2}});
           },
       .oracle = Oracle([](const Values& x) {
         auto lists = whole(x[0]);
         lists[0] = counting(1, x[0].shape[0] - 1);
         lists[1] = counting(x[0].shape[1] - 1, -1, -2);
         return picked(x[0], lists);
       }),
       .operands = {{}},
       .shapes = of_rank_2_or_more,
       .dtypes = every_dtype},
      {.op = &slice_op,
       .name = "slice_of_every_third",
       .call =
           [](const Tensors& x) {
             return slice(x[0], {{-5, 100, 3}});
           },
       .oracle = Oracle([](const Values& x) {
         auto lists = whole(x[0]);
         const std::int64_t n = x[0].shape[0];
         lists[0] = counting(std::max<std::int64_t>(n - 5, 0), n, 3);
         return picked(x[0], lists);
       }),
       .operands = {{}},
       .shapes = of_rank_1_or_more,
       .dtypes = every_dtype},
      {.op = &slice_op,
       .name = "slice_of_nothing",
       .call =
           [](const Tensors& x) {
             return slice(x[0], {{2, 1}});
           },
       .oracle = Oracle([](const Values& x) {
         auto lists = whole(x[0]);
         lists[0].clear();
         return picked(x[0], lists);
       }),
       .operands = {{}},
       .shapes = of_rank_1_or_more},
      {.op = &slice_grad_op,
       .call =
           [](const Tensors& x) {
             return slice_grad(slice(x[0], {{.step = 2}, {3, {}, -1}}), x[1],
                               {{.step = 2}, {3, {}, -1}});
           },
       .oracle = Oracle([](const Values& x) {
         auto lists = whole(x[1]);
         lists[0] = counting(0, x[1].shape[0], 2);
         lists[1] = counting(std::min<std::int64_t>(x[1].shape[1] - 1, 3), -1, -1);
         return put(picked(x[0], lists), lists, x[1].shape);
       }),
       .operands = {{}, {}},
       .shapes = {{{2, 3}, {2, 3}}, {{4, 6}, {4, 6}}, {{3, 0}, {3, 0}}, {{3, 2, 2}, {3, 2, 2}}},
       .dtypes = every_dtype},
      {.op = &reverse_op,
       .call = [](const Tensors& x) { return reverse(x[0]); },
       .oracle = Oracle([](const Values& x) {
         auto lists = whole(x[0]);
         for (Indices& list : lists) std::ranges::reverse(list);
         return picked(x[0], lists);
       }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
      {.op = &reverse_op,
       .name = "reverse_of_the_second_axis",
       .call = [](const Tensors& x) { return reverse(x[0], 1); },
       .oracle = Oracle([](const Values& x) {
         auto lists = whole(x[0]);
         std::ranges::reverse(lists[1]);
         return picked(x[0], lists);
       }),
       .operands = {{}},
       .shapes = of_rank_2_or_more,
       .dtypes = every_dtype},
  };
}

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
       .oracle = Oracle([](const Values& x) { return in_shape(x[0], {-1}); }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
  };
}

}  // namespace

std::vector<Proof> shape_proofs() {
  std::vector<Proof> all;
  for (const auto& group : {slice_proofs, joining_proofs, view_proofs}) {
    std::vector<Proof> some = group();
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

}  // namespace gradus::proof
