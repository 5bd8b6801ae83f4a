#include <algorithm>

#include <gradus/op/records.h>

#include "proof/cases.h"

namespace gradus::proof {
namespace {

// first, first + step, ... before (or, backwards, after) last.
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

}  // namespace

std::vector<Proof> slicing_proofs() {
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

}  // namespace gradus::proof
