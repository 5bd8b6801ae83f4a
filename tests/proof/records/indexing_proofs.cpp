#include <gradus/error.h>
#include <gradus/op/records.h>

#include "proof/cases.h"

namespace gradus::proof {
namespace {

const Domain up_to_2{.low = 0, .high = 2, .dtype = int64};
const Domain int32_up_to_2{.low = 0, .high = 2, .dtype = int32};

// The indices are at most 2: an axis that is known to be shorter is refused here.
const Tensor& long_enough(const Tensor& x, std::int64_t axes) {
  for (std::int64_t i = 0; i < axes; ++i)
    if (x.rank() <= i || (x.shape()[i] != any_size && x.shape()[i] < 3))
      throw ShapeError("proof: indices up to 2 need sizes of 3");
  return x;
}

std::int64_t whole(Real number) { return static_cast<std::int64_t>(number); }

Indices part(const Indices& list, std::size_t from, std::size_t to) {
  return {list.begin() + static_cast<std::ptrdiff_t>(from),
          list.begin() + static_cast<std::ptrdiff_t>(to)};
}
Indices joined(Indices a, const Indices& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// The same of the last axis, for indices that fit x elsewhere.
const Tensor& long_enough_rows(const Tensor& x) {
  const std::int64_t n = x.rank() == 0 ? 0 : x.shape()[x.rank() - 1];
  if (n != any_size && n < 3) throw ShapeError("proof: indices up to 2 need sizes of 3");
  return x;
}

// y[i, rest] = x[chosen[i], rest]
Value gathered(const Value& x, const Value& chosen) {
  const std::size_t rank = chosen.shape.size();
  const Indices shape = joined(chosen.shape, part(x.shape, 1, x.shape.size()));
  return Value::from(shape, [&](const Indices& index) {
    const Indices row{whole(chosen[part(index, 0, rank)])};
    return x[joined(row, part(index, rank, index.size()))];
  });
}

// The same of x's second axis.
Value gathered_columns(const Value& x, const Value& chosen) {
  const std::size_t rank = chosen.shape.size();
  Indices shape = joined({x.shape[0]}, chosen.shape);
  shape = joined(shape, part(x.shape, 2, x.shape.size()));
  return Value::from(shape, [&](const Indices& index) {
    const Indices place{index[0], whole(chosen[part(index, 1, 1 + rank)])};
    return x[joined(place, part(index, 1 + rank, index.size()))];
  });
}

Indices index_in(const Value& indices, const Indices& position) {
  Indices index;
  for (std::int64_t j = 0; j < indices.shape.back(); ++j)
    index.push_back(whole(indices[joined(position, {j})]));
  return index;
}

Value gathered_nd(const Value& x, const Value& indices) {
  const std::size_t rank = indices.shape.size() - 1;
  const auto k = static_cast<std::size_t>(indices.shape.back());
  const Indices shape = joined(part(indices.shape, 0, rank), part(x.shape, k, x.shape.size()));
  return Value::from(shape, [&](const Indices& index) {
    return x[joined(index_in(indices, part(index, 0, rank)), part(index, rank, index.size()))];
  });
}

void add_at(Value& y, const Indices& index, Real update) {
  const std::size_t place = y.place(index);
  y.at[place] += update;
  y.scale[place] += std::abs(update) + std::abs(y.at[place]);
}
Value copy_to_sum(const Value& x) {
  Value y = x;
  y.scale.assign(y.at.size(), 0);
  for (std::size_t i = 0; i < y.at.size(); ++i) y.scale[i] = std::abs(y.at[i]);
  return y;
}

// The index of x's element that stands at an index of `chosen`, which speaks of the last axis.
Indices along_rows(const Value& chosen, Indices index) {
  index.back() = whole(chosen[index]);
  return index;
}
Value added_along_rows(const Value& dy, const Value& chosen, const Value& x) {
  Value dx = copy_to_sum(Value::from(x.shape, [](const Indices&) { return 0; }));
  for (std::int64_t n = 0; n < dy.size(); ++n)
    add_at(dx, along_rows(chosen, dy.index(n)), dy.at[static_cast<std::size_t>(n)]);
  return dx;
}

Value scattered(const Value& x, const Value& chosen, const Value& updates) {
  Value y = copy_to_sum(x);
  const std::size_t rank = chosen.shape.size();
  for (std::int64_t n = 0; n < updates.size(); ++n) {
    const Indices index = updates.index(n), row{whole(chosen[part(index, 0, rank)])};
    add_at(y, joined(row, part(index, rank, index.size())), updates[index]);
  }
  return y;
}

Value scattered_nd(const Value& x, const Value& indices, const Value& updates) {
  Value y = copy_to_sum(x);
  const std::size_t rank = indices.shape.size() - 1;
  for (std::int64_t n = 0; n < updates.size(); ++n) {
    const Indices index = updates.index(n);
    add_at(y, joined(index_in(indices, part(index, 0, rank)), part(index, rank, index.size())),
           updates[index]);
  }
  return y;
}

}  // namespace

std::vector<Proof> indexing_proofs() {
  const Cases rows_and_indices{{{3}, {5}},          {{4, 3}, {4, 2}},
                               {{2, 4}, {2, 4}},    {{0, 3}, {0, 2}},
                               {{3, 3}, {3, 0}},    {{2, 1, 3, 1, 4}, {2, 1, 3, 1, 2}},
                               {{5, 1025}, {5, 33}}};
  Cases with_dy;
  for (const std::vector<Shape>& shapes : rows_and_indices)
    with_dy.push_back({shapes[1], shapes[1], shapes[0]});
  return {
      {.op = &gather_op,
       .call = [](const Tensors& x) { return gather(long_enough(x[0], 1), x[1]); },
       .oracle = Oracle([](const Values& x) { return gathered(x[0], x[1]); }),
       .operands = {{}, up_to_2},
       .shapes = {{{3}, {}},
                  {{4, 3}, {5}},
                  {{3, 2}, {2, 2}},
                  {{3, 0}, {4}},
                  {{3, 2}, {0}},
                  {{1025}, {33}},
                  {{3, 1, 2, 1, 2}, {2}}},
       .dtypes = every_dtype},
      {.op = &gather_op,
       .name = "gather_of_columns",
       .call =
           [](const Tensors& x) {
             if (x[0].rank() < 2 || (x[0].shape()[1] != any_size && x[0].shape()[1] < 3))
               throw ShapeError("proof: indices up to 2 need sizes of 3");
             return gather(x[0], x[1], 1);
           },
       .oracle = Oracle([](const Values& x) { return gathered_columns(x[0], x[1]); }),
       .operands = {{}, int32_up_to_2},
       .shapes =
           {{{2, 3}, {4}}, {{2, 3}, {}}, {{2, 3, 2}, {2, 1}}, {{0, 3}, {2}}, {{33, 31}, {40}}},
       .dtypes = every_dtype},
      {.op = &scatter_add_op,
       .call = [](const Tensors& x) { return scatter_add(long_enough(x[0], 1), x[1], x[2]); },
       .oracle = Oracle([](const Values& x) { return scattered(x[0], x[1], x[2]); }),
       .operands = {{}, up_to_2, {}},
       .shapes = {{{3}, {}, {}},
                  {{4, 3}, {5}, {5, 3}},
                  {{3}, {2, 2}, {2, 2}},
                  {{3, 2}, {0}, {0, 2}},
                  {{33, 31}, {200}, {200, 31}}},
       .dtypes = numbers},
      {.op = &gather_nd_op,
       .call =
           [](const Tensors& x) {
             const Tensor pair = reshape(x[1], {-1, 2});
             return gather_nd(long_enough(x[0], 2), pair);
           },
       .oracle = Oracle([](const Values& x) {
         return gathered_nd(x[0], Value{{x[1].size() / 2, 2}, x[1].at});
       }),
       .operands = {{}, up_to_2},
       .shapes = {{{3, 4}, {2}}, {{3, 3}, {5, 2}}, {{3, 3, 2}, {2, 2}}, {{3, 3}, {0, 2}}},
       .dtypes = every_dtype},
      {.op = &scatter_nd_add_op,
       .call =
           [](const Tensors& x) {
             const Tensor pair = reshape(x[1], {-1, 2});
             return scatter_nd_add(long_enough(x[0], 2), pair, x[2]);
           },
       .oracle = Oracle([](const Values& x) {
         return scattered_nd(x[0], Value{{x[1].size() / 2, 2}, x[1].at}, x[2]);
       }),
       .operands = {{}, int32_up_to_2, {}},
       .shapes = {{{3, 4}, {2}, {1}},
                  {{3, 3}, {5, 2}, {5}},
                  {{3, 3, 2}, {2, 2}, {2, 2}},
                  {{3, 3}, {0, 2}, {0}}},
       .dtypes = numbers},
      {.op = &take_along_axis_op,
       .call = [](const Tensors& x) { return take_along_axis(long_enough_rows(x[0]), x[1]); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[1].shape,
                            [&](const Indices& index) { return x[0][along_rows(x[1], index)]; });
       }),
       .operands = {{}, up_to_2},
       .shapes = rows_and_indices,
       .dtypes = every_dtype},
      {.op = &take_along_axis_op,
       .name = "take_along_axis_0",
       .call = [](const Tensors& x) { return take_along_axis(long_enough(x[0], 1), x[1], 0); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(x[1].shape, [&](Indices index) {
           index.front() = whole(x[1][index]);
           return x[0][index];
         });
       }),
       .operands = {{}, int32_up_to_2},
       .shapes = {{{3}, {5}},
                  {{4, 3}, {2, 3}},
                  {{3, 1, 2}, {4, 1, 2}},
                  {{3, 0}, {4, 0}},
                  {{33, 31}, {40, 31}}},
       .dtypes = every_dtype},
      {.op = &take_along_axis_grad_op,
       .call =
           [](const Tensors& x) {
             return take_along_axis_grad(x[0], x[1], long_enough_rows(x[2]));
           },
       .oracle = Oracle([](const Values& x) { return added_along_rows(x[0], x[1], x[2]); }),
       .operands = {{}, up_to_2, {}},
       .shapes = with_dy},
      {.op = &one_hot_op,
       .call = [](const Tensors& x) { return one_hot(x[0], 3, float64); },
       .oracle = Oracle([](const Values& x) {
         return Value::from(joined(x[0].shape, {3}), [&](const Indices& index) -> Real {
           return whole(x[0][part(index, 0, index.size() - 1)]) == index.back() ? 1 : 0;
         });
       }),
       .operands = {{.low = -1, .high = 4, .dtype = int64}},
       .shapes = {{{}}, {{0}}, {{7}}, {{2, 3}}, {{2, 1, 3, 1, 2}}},
       .has_gradient = false},
  };
}

}  // namespace gradus::proof
