#include <algorithm>
#include <numeric>
#include <string>

#include <gradus/error.h>
#include <gradus/op/records.h>

#include "proof/cases.h"
#include "proof/moved.h"

namespace gradus::proof {
namespace {

// NaN is before all.
bool is_larger(Real a, Real b) { return std::isnan(a) ? !std::isnan(b) : a > b; }

// Where the first k of each row along an axis stand, in x: the smallest first, or the largest.
Value order_of(const Value& x, std::int64_t axis, bool is_descending, std::int64_t k) {
  const std::size_t along = axis_of(axis, x.shape.size());
  Indices shape = x.shape;
  shape[along] = k;
  return Value::from(shape, [&](Indices index) {
    const std::int64_t wanted = index[along];
    Indices places(static_cast<std::size_t>(x.shape[along]));
    std::iota(places.begin(), places.end(), std::int64_t{0});
    const auto at = [&](std::int64_t place) {
      index[along] = place;
      return x[index];
    };
    std::ranges::stable_sort(places, [&](std::int64_t a, std::int64_t b) {
      return is_descending ? is_larger(at(a), at(b)) : is_larger(at(b), at(a));
    });
    return static_cast<Real>(places[static_cast<std::size_t>(wanted)]);
  });
}
Value taken(const Value& x, std::int64_t axis, const Value& order) {
  const std::size_t along = axis_of(axis, x.shape.size());
  return Value::from(order.shape, [&](Indices index) {
    index[along] = static_cast<std::int64_t>(order[index]);
    return x[index];
  });
}

void add_orders(std::vector<Proof>& proofs, const std::string& suffix, std::int64_t axis,
                SortOptions options, const Cases& shapes) {
  const auto order = [=](const Value& x) {
    return order_of(x, axis, options.descending, x.shape[axis_of(axis, x.shape.size())]);
  };
  proofs.push_back({.op = &argsort_op,
                    .name = "argsort" + suffix,
                    .call = [=](const Tensors& x) { return argsort(x[0], axis, options); },
                    .oracle = [=](const Values& x) { return order(x[0]); },
                    .operands = {{}},
                    .shapes = shapes,
                    .dtypes = numbers,
                    .has_gradient = false});
  proofs.push_back({.composite = &sort_composite,
                    .name = "sort" + suffix,
                    .call = [=](const Tensors& x) { return sort(x[0], axis, options); },
                    .oracle = [=](const Values& x) { return taken(x[0], axis, order(x[0])); },
                    .operands = {{}},
                    .shapes = shapes,
                    .dtypes = numbers,
                    .units = 0});
}

Value largest(const Value& x) { return order_of(x, -1, true, 2); }

// Labels are below 3 and up to 2 out of range on each side.
Value is_in_top_2(const Value& labels, const Value& scores) {
  return Value::from(labels.shape, [&](Indices index) -> Real {
    const auto label = static_cast<std::int64_t>(labels[index]);
    const std::int64_t n = scores.shape.back();
    if (label < 0 || label >= n) return 0;
    index.push_back(label);
    const Real own = scores[index];
    std::int64_t count = 0;
    for (index.back() = 0; index.back() < n; ++index.back()) count += scores[index] > own ? 1 : 0;
    return std::isfinite(own) && count < 2 ? 1 : 0;
  });
}

}  // namespace

std::vector<Proof> sorting_proofs() {
  std::vector<Proof> proofs;
  const Cases rows{{{7}}, {{2, 3}}, {{2}}, {{0, 4}}, {{5, 40}}, {{3, 0, 2}}, {{2, 1, 3, 1, 2}}};
  add_orders(proofs, "", -1, {}, rows);
  add_orders(proofs, "_descending", -1, {.descending = true}, rows);
  add_orders(proofs, "_along_axis_0", 0, {}, rows);
  proofs.push_back({.op = &top_k_indices_op,
                    .call = [](const Tensors& x) { return top_k_indices(x[0], 2); },
                    .oracle = [](const Values& x) { return largest(x[0]); },
                    .operands = {{}},
                    .shapes = rows,
                    .dtypes = numbers,
                    .has_gradient = false});
  proofs.push_back({.composite = &top_k_composite,
                    .call = [](const Tensors& x) { return top_k(x[0], 2).values; },
                    .oracle = [](const Values& x) { return taken(x[0], -1, largest(x[0])); },
                    .operands = {{}},
                    .shapes = rows,
                    .dtypes = numbers,
                    .units = 0});
  proofs.push_back({.composite = &in_top_k_composite,
                    .call = [](const Tensors& x) { return in_top_k(x[0], x[1], 2); },
                    .oracle = [](const Values& x) { return is_in_top_2(x[0], x[1]); },
                    .operands = {{.low = -2, .high = 4, .dtype = int64}, {}},
                    .shapes = {{{}, {3}}, {{7}, {7, 3}}, {{2, 3}, {2, 3, 5}}, {{0}, {0, 3}}},
                    .has_gradient = false});
  return proofs;
}

}  // namespace gradus::proof
