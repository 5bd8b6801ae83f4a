#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

#include <gradus/op/records.h>

#include "proof/cases.h"

namespace gradus::proof {
namespace {

using Row = std::vector<Real>;
// What becomes of the elements that are reduced to one, and how much rounding it may carry.
using OfRow = std::function<std::pair<Real, Real>(const Row&)>;

// x over axes counted from 0; all if none is given.
Value reduced(const Value& x, Indices axes, bool keepdims, const OfRow& of_row) {
  const auto is_gone = [&](std::size_t i) {
    return axes.empty() || std::ranges::find(axes, static_cast<std::int64_t>(i)) != axes.end();
  };
  Indices kept, shape;
  for (std::size_t i = 0; i < x.shape.size(); ++i) {
    kept.push_back(is_gone(i) ? 1 : x.shape[i]);
    if (!is_gone(i) || keepdims) shape.push_back(kept.back());
  }
  Value y{kept, {}};
  std::vector<Row> rows(static_cast<std::size_t>(count(kept)));
  for (std::int64_t n = 0; n < x.size(); ++n)
    rows[y.place(under(x.index(n), kept))].push_back(x.at[static_cast<std::size_t>(n)]);
  y.shape = shape;
  for (const Row& row : rows) {
    const auto [value, scale] = of_row(row);
    y.at.push_back(value);
    y.scale.push_back(scale);
  }
  return y;
}

// Running along an axis: y of the elements before, this one included unless it is exclusive.
Value running(const Value& x, std::int64_t axis, CumulativeOptions flags, const OfRow& of_row) {
  Value y = x;
  y.scale.resize(y.at.size());
  for (std::int64_t n = 0; n < x.size(); ++n) {
    const Indices place = x.index(n);
    Row row;
    const auto along = static_cast<std::size_t>(axis);
    const std::int64_t own = place[along];
    for (Indices i = place; i[along] >= 0 && i[along] < x.shape[along];
         i[along] += flags.reverse ? 1 : -1)
      if (i[along] != own || !flags.exclusive) row.push_back(x[i]);
    std::tie(y.at[y.place(place)], y.scale[y.place(place)]) = of_row(row);
  }
  return y;
}

Real terms(const Row& row) { return static_cast<Real>(row.size()); }

std::pair<Real, Real> sum_of(const Row& row) {
  Real sum = 0, sizes = 0;
  for (Real v : row) {
    sum += v;
    sizes += std::abs(v);
  }
  return {sum, terms(row) * sizes};
}
std::pair<Real, Real> sum_of_squares(const Row& row) {
  Real sum = 0;
  for (Real v : row) sum += v * v;
  return {sum, (terms(row) + 1) * sum};
}
std::pair<Real, Real> mean_of(const Row& row) {
  const auto [sum, scale] = sum_of(row);
  return {sum / terms(row), scale / terms(row) + std::abs(sum / terms(row))};
}
std::pair<Real, Real> product_of(const Row& row) {
  Real product = 1;
  for (Real v : row) product *= v;
  return {product, terms(row) * std::abs(product)};
}
// NaN is before all.
bool is_larger(Real a, Real b) { return std::isnan(a) ? !std::isnan(b) : a > b; }
bool is_smaller(Real a, Real b) { return std::isnan(a) ? !std::isnan(b) : a < b; }
std::pair<Real, Real> largest_of(const Row& row) {
  return {*std::ranges::min_element(row, is_larger), 0};
}
std::pair<Real, Real> smallest_of(const Row& row) {
  return {*std::ranges::min_element(row, is_smaller), 0};
}
std::pair<Real, Real> place_of_largest(const Row& row) {
  return {static_cast<Real>(std::ranges::min_element(row, is_larger) - row.begin()), 0};
}
std::pair<Real, Real> place_of_smallest(const Row& row) {
  return {static_cast<Real>(std::ranges::min_element(row, is_smaller) - row.begin()), 0};
}
std::pair<Real, Real> any_of(const Row& row) {
  return {std::ranges::any_of(row, [](Real v) { return v != 0; }), 0};
}
std::pair<Real, Real> all_of(const Row& row) {
  return {std::ranges::all_of(row, [](Real v) { return v != 0; }), 0};
}
std::pair<Real, Real> variance_of(const Row& row) {
  const Real mean = mean_of(row).first;
  Real sum = 0, largest = 0;
  for (Real v : row) {
    sum += (v - mean) * (v - mean);
    largest = std::max(largest, std::abs(v));
  }
  const Real variance = sum / terms(row);
  return {variance, (terms(row) + 2) * (variance + std::sqrt(variance) * largest)};
}
std::pair<Real, Real> deviation_of(const Row& row) {
  const auto [variance, scale] = variance_of(row);
  return {std::sqrt(variance), scale / std::sqrt(variance)};
}
std::pair<Real, Real> logsumexp_of(const Row& row) {
  const Real largest = largest_of(row).first;
  if (!std::isfinite(largest)) return {largest, 0};
  Real sum = 0;
  for (Real v : row) sum += std::exp(v - largest);
  const Real y = largest + std::log(sum);
  return {y, terms(row) + 4 + std::abs(largest) + std::abs(y)};
}
std::pair<Real, Real> length_of(const Row& row) {
  const Real size = std::sqrt(sum_of_squares(row).first);
  return {size, (terms(row) + 2) * size};
}
std::pair<Real, Real> sizes_of(const Row& row) {
  Real sum = 0;
  for (Real v : row) sum += std::abs(v);
  return {sum, terms(row) * sum};
}

struct OverAxes {
  std::string name;
  Axes axes;
  Indices counted;  // from 0; empty: all
  bool keepdims;
  std::vector<std::vector<Shape>> shapes;
};
// Rank 2 or more is needed by the second and the third.
std::vector<OverAxes> over_axes(bool takes_nothing) {
  std::vector<OverAxes> all{
      {"",
       {},
       {},
       false,
       {{{}}, {{1}}, {{7}}, {{2, 3}}, {{1, 5}}, {{4, 6}}, {{1025}}, {{2, 1, 3, 1, 2}}}},
      {"_over_axis_1", 1, {1}, true, {{{2, 3}}, {{5, 1}}, {{2, 40, 3}}, {{3, 70}}, {{0, 2}}}},
      {"_over_axes_0_and_2",
       {2, 0},
       {0, 2},
       false,
       {{{2, 3, 2}}, {{1, 3, 4}}, {{3, 2, 4}}, {{3, 2, 1, 2}}, {{9, 2, 33}}, {{3, 0, 2}}}}};
  if (takes_nothing) {
    all[0].shapes.insert(all[0].shapes.end(), {{{0}}, {{3, 0, 2}}});
    all[1].shapes.push_back({{3, 0, 2}});
  }
  return all;
}

using Reduce = Tensor (*)(Operand, Axes, bool);

// Three records of one reduction: over all axes, one, and two that lie apart.
void add_reduction(std::vector<Proof>& proofs, const Proof& record, Reduce reduce,
                   const OfRow& of_row, bool takes_nothing) {
  for (const OverAxes& over : over_axes(takes_nothing)) {
    Proof proof = record;
    proof.name = record.title() + over.name;
    proof.call = [reduce, over](const Tensors& x) {
      return reduce(x[0], over.axes, over.keepdims);
    };
    proof.oracle = [over, of_row](const Values& x) {
      return reduced(x[0], over.counted, over.keepdims, of_row);
    };
    if (proof.operands.empty()) proof.operands = {{}};
    proof.shapes = over.shapes;
    proofs.push_back(std::move(proof));
  }
}

using Find = Tensor (*)(Operand, std::int64_t);
Proof index_proof(const Op& op, Find find, const OfRow& of_row) {
  return {.op = &op,
          .call = [find](const Tensors& x) { return find(x[0], 1); },
          .oracle = [of_row](const Values& x) { return reduced(x[0], {1}, false, of_row); },
          .operands = {{}},
          .shapes = {{{2, 3}}, {{1, 5}}, {{0, 4}}, {{3, 2, 0}}, {{2, 40, 3}}, {{2, 1, 3, 1, 2}}},
          .dtypes = numbers,
          .has_gradient = false};
}

using Cumulate = Tensor (*)(Operand, std::int64_t, CumulativeOptions);
const std::vector<std::vector<Shape>> running_shapes{
    {{5}}, {{0}}, {{3, 0, 2}}, {{2, 3}}, {{1, 5}}, {{40, 2}}, {{2, 1, 3, 1, 2}}};
void add_cumulative(std::vector<Proof>& proofs, const Op& op, Cumulate cumulate,
                    const OfRow& of_row, const Domain& domain) {
  for (const bool exclusive : {false, true})
    for (const bool reverse : {false, true}) {
      const CumulativeOptions flags{exclusive, reverse};
      proofs.push_back(
          {.op = &op,
           .name =
               std::string(op.name) + (exclusive ? "_exclusive" : "") + (reverse ? "_reverse" : ""),
           .call = [=](const Tensors& x) { return cumulate(x[0], exclusive ? -1 : 0, flags); },
           .oracle =
               [=](const Values& x) {
                 return running(x[0], exclusive ? x[0].rank() - 1 : 0, flags, of_row);
               },
           .operands = {domain},
           .shapes = running_shapes,
           .dtypes = numbers,
           .units = 2});
    }
}

Value recurrence(const Value& a, const Value& b, CumulativeOptions flags) {
  Value y = b;
  y.scale.resize(y.at.size());
  const std::int64_t n = b.shape[0], inner = n == 0 ? 0 : b.size() / n;
  for (std::int64_t i = 0; i < inner; ++i) {
    Real value = 0, scale = 0;
    for (std::int64_t p = 0; p < n; ++p) {
      const auto at = static_cast<std::size_t>((flags.reverse ? n - 1 - p : p) * inner + i);
      if (flags.exclusive) {
        y.at[at] = value;
        y.scale[at] = scale;
      }
      value = a.at[at] * value + b.at[at];
      scale = std::abs(a.at[at]) * scale + std::abs(value) + std::abs(b.at[at]);
      if (!flags.exclusive) {
        y.at[at] = value;
        y.scale[at] = scale;
      }
    }
  }
  return y;
}

void add_recurrence(std::vector<Proof>& proofs) {
  for (const bool exclusive : {false, true})
    for (const bool reverse : {false, true}) {
      const CumulativeOptions flags{exclusive, reverse};
      proofs.push_back(
          {.op = &linear_recurrence_op,
           .name = std::string("linear_recurrence") + (exclusive ? "_exclusive" : "") +
                   (reverse ? "_reverse" : ""),
           .call = [=](const Tensors& x) { return linear_recurrence(x[0], x[1], 0, flags); },
           .oracle = [=](const Values& x) { return recurrence(x[0], x[1], flags); },
           .operands = {{.low = -1.2, .high = 1.2}, {}},
           .shapes = {{{5}, {5}},
                      {{0}, {0}},
                      {{3, 0, 2}, {3, 0, 2}},
                      {{3, 2}, {3, 2}},
                      {{40, 2}, {40, 2}}},
           .units = 2});
    }
}

Tensor length(Operand x, Axes axes, bool keepdims) { return norm(x, 2, axes, keepdims); }
Tensor size_sum(Operand x, Axes axes, bool keepdims) { return norm(x, 1, axes, keepdims); }

}  // namespace

std::vector<Proof> reduction_proofs() {
  std::vector<Proof> proofs;
  add_reduction(proofs,
                {.op = &reduce_sum_op, .call = {}, .oracle = {}, .dtypes = numbers, .units = 2},
                reduce_sum, sum_of, true);
  add_reduction(
      proofs,
      {.op = &reduce_sum_square_op, .call = {}, .oracle = {}, .dtypes = numbers, .units = 2},
      reduce_sum_square, sum_of_squares, true);
  add_reduction(proofs, {.op = &reduce_mean_op, .call = {}, .oracle = {}, .units = 2}, reduce_mean,
                mean_of, true);
  add_reduction(proofs, {.op = &reduce_max_op, .call = {}, .oracle = {}, .dtypes = numbers},
                reduce_max, largest_of, false);
  add_reduction(proofs, {.op = &reduce_min_op, .call = {}, .oracle = {}, .dtypes = numbers},
                reduce_min, smallest_of, false);
  add_reduction(proofs,
                {.op = &reduce_prod_op,
                 .call = {},
                 .oracle = {},
                 .operands = {{.low = -1.4, .high = 1.4}},
                 .dtypes = numbers,
                 .units = 2},
                reduce_prod, product_of, true);
  const Domain truth{.dtype = boolean};
  add_reduction(proofs,
                {.op = &reduce_any_op,
                 .call = {},
                 .oracle = {},
                 .operands = {truth},
                 .dtypes = {boolean},
                 .has_gradient = false},
                reduce_any, any_of, true);
  add_reduction(proofs,
                {.op = &reduce_all_op,
                 .call = {},
                 .oracle = {},
                 .operands = {truth},
                 .dtypes = {boolean},
                 .has_gradient = false},
                reduce_all, all_of, true);
  proofs.push_back(index_proof(argmax_op, argmax, place_of_largest));
  proofs.push_back(index_proof(argmin_op, argmin, place_of_smallest));
  add_cumulative(proofs, cumsum_op, cumsum, sum_of, {});
  add_cumulative(proofs, cumprod_op, cumprod, product_of, {.low = -1.4, .high = 1.4});
  add_recurrence(proofs);
  add_reduction(proofs,
                {.composite = &reduce_variance_composite, .call = {}, .oracle = {}, .units = 2},
                reduce_variance, variance_of, true);
  add_reduction(proofs,
                {.composite = &reduce_logsumexp_composite, .call = {}, .oracle = {}, .units = 2},
                reduce_logsumexp, logsumexp_of, false);
  add_reduction(proofs,
                {.composite = &norm_composite,
                 .call = {},
                 .oracle = {},
                 .operands = {{.kinks = {0}}},
                 .units = 2},
                length, length_of, true);
  Proof of_sizes{.composite = &norm_composite,
                 .name = "norm_of_order_1",
                 .call = {},
                 .oracle = {},
                 .operands = {{.kinks = {0}}},
                 .units = 2};
  add_reduction(proofs, of_sizes, size_sum, sizes_of, true);
  // One element alone has no slope.
  proofs.push_back(
      {.composite = &reduce_std_composite,
       .call = [](const Tensors& x) { return reduce_std(x[0], 0); },
       .oracle = [](const Values& x) { return reduced(x[0], {0}, false, deviation_of); },
       .operands = {{.low = 0.5, .high = 3}},
       .shapes = {{{7}}, {{5, 2}}, {{3, 0, 2}}, {{1025}}},
       .units = 2});
  return proofs;
}

}  // namespace gradus::proof
