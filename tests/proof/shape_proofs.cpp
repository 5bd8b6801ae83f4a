#include <algorithm>
#include <functional>

#include <gradus/gradients.h>

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

// y[i] = x[from(axis, i, n)] on each axis, for y of this shape.
Value mapped(const Value& x, const Indices& shape,
             const std::function<std::int64_t(std::size_t, std::int64_t, std::int64_t)>& from) {
  return Value::from(shape, [&](Indices index) {
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = from(i, index[i], x.shape[i]);
    return x[index];
  });
}

// The elements of x added up where `from` leads; exact but for the sums' rounding.
Value summed(const Value& y, const Indices& shape,
             const std::function<std::int64_t(std::size_t, std::int64_t, std::int64_t)>& from) {
  Value x{shape, {}};
  x.at.resize(static_cast<std::size_t>(count(shape)));
  x.scale.resize(x.at.size());
  for (std::int64_t n = 0; n < y.size(); ++n) {
    Indices index = y.index(n);
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = from(i, index[i], shape[i]);
    const Real v = y.at[static_cast<std::size_t>(n)];
    x.at[x.place(index)] += v;
    x.scale[x.place(index)] += 8 * std::abs(v);
  }
  return x;
}

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

std::vector<Proof> like_proofs() {
  const Cases broadcasts{{{}, {2, 3}}, {{3}, {2, 3}}, {{2, 1}, {1, 3}},   {{2, 3}, {3}},
                         {{1}, {0}},   {{1}, {}},     {{4, 1, 2}, {3, 1}}};
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
      {.op = &identity_op,
       .call = of(identity),
       .oracle = Oracle([](const Values& x) { return x[0]; }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
      {.op = &stop_gradient_op,
       .call = of(stop_gradient),
       .oracle = Oracle([](const Values& x) { return x[0]; }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype,
       .has_gradient = false},
      {.op = &cast_op,
       .call = [](const Tensors& x) { return cast(x[0], float64); },
       .oracle = Oracle([](const Values& x) { return x[0]; }),
       .operands = {{}},
       .shapes = any_shape,
       .dtypes = every_dtype},
      {.op = &cast_op,
       .name = "cast_to_int32",
       .call = [](const Tensors& x) { return cast(x[0], int32); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[0].shape,
                            [&](const Indices& index) { return std::trunc(x[0][index]); });
       }),
       .operands = {{.kinks = {-2, -1, 0, 1, 2}}},
       .shapes = any_shape,
       .dtypes = every_dtype,
       .has_gradient = false},
  };
}

// The operand lends its graph alone.
Proof creation_proof(const Composite& made, Tensor (*call)(Graph&), const Value& expected) {
  return {.composite = &made,
          .call =
              [call](const Tensors& x) {
                Graph g(x[0].shared_state());
                return call(g);
              },
          .oracle = Oracle([expected](const Values&) { return expected; }),
          .operands = {{}},
          .shapes = {{{}}},
          .dtypes = {float64},
          .has_gradient = false};
}

std::vector<Proof> creation_proofs() {
  return {
      creation_proof(full_composite,
                     [](Graph& g) {
                       return full(g, {2, 1}, 2.5, float64);
                     },
                     {{2, 1}, {2.5L, 2.5L}}),
      creation_proof(zeros_composite, [](Graph& g) { return zeros(g, {2}, float64); },
                     {{2}, {0, 0}}),
      creation_proof(ones_composite, [](Graph& g) { return ones(g, {}, float64); }, {{}, {1}}),
      creation_proof(range_composite, [](Graph& g) { return range(g, 2, -3, -2, float64); },
                     {{3}, {2, 0, -2}}),
      creation_proof(linspace_composite, [](Graph& g) { return linspace(g, 1, 2, 4, float64); },
                     {{4}, {1, 4 / 3.0L, 5 / 3.0L, 2}}),
      creation_proof(eye_composite, [](Graph& g) { return eye(g, 2, float64); },
                     {{2, 2}, {1, 0, 0, 1}}),
  };
}

}  // namespace

std::vector<Proof> shape_proofs() {
  std::vector<Proof> all;
  for (const auto& group : {slice_proofs, joining_proofs, view_proofs, repetition_proofs,
                            diagonal_proofs, creation_proofs, like_proofs}) {
    std::vector<Proof> some = group();
    std::ranges::move(some, std::back_inserter(all));
  }
  return all;
}

}  // namespace gradus::proof
