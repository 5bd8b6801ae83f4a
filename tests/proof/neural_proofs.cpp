#include <algorithm>

#include "proof/proof.h"

namespace gradus::proof {
namespace {

Real softplus_of(Real x) { return std::max(x, 0.0L) + std::log1p(std::exp(-std::abs(x))); }

std::size_t axis_of(const Value& x, std::int64_t axis) {
  return static_cast<std::size_t>(axis < 0 ? axis + x.rank() : axis);
}
// f of each row of x along an axis, with its index on that axis left out.
Value over_rows(const Value& x, std::int64_t axis,
                const std::function<Real(const std::vector<Real>&, const Indices&)>& f) {
  const std::size_t along = axis_of(x, axis);
  Indices shape = x.shape;
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(along));
  return Value::from(shape, [&](const Indices& row) {
    std::vector<Real> elements;
    Indices index = row;
    index.insert(index.begin() + static_cast<std::ptrdiff_t>(along), 0);
    for (std::int64_t i = 0; i < x.shape[along]; ++i) {
      index[along] = i;
      elements.push_back(x[index]);
    }
    return f(elements, row);
  });
}
Real log_sum_exp(const std::vector<Real>& x) {
  Real sum = 0;
  for (Real v : x) sum += std::exp(v);
  return std::log(sum);
}
Indices without(Indices index, std::size_t along) {
  index.erase(index.begin() + static_cast<std::ptrdiff_t>(along));
  return index;
}

Oracle log_softmax_oracle(std::int64_t axis, bool is_log) {
  return [axis, is_log](const Values& x) {
    const std::size_t along = axis_of(x[0], axis);
    const Value sums = over_rows(
        x[0], axis, [](const std::vector<Real>& row, const Indices&) { return log_sum_exp(row); });
    Value y = Value::from(x[0].shape, [&](const Indices& index) {
      const Real log = x[0][index] - sums[without(index, along)];
      return is_log ? log : std::exp(log);
    });
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const Real sum = std::abs(sums[without(y.index(i), along)]);
      const Real value = y.at[static_cast<std::size_t>(i)];
      y.scale.push_back(is_log ? 1 + sum + std::abs(x[0].at[static_cast<std::size_t>(i)])
                               : 8 * value);
    }
    return y;
  };
}

Value dense_cross_entropy(const Values& x) {
  const Value sums = over_rows(
      x[1], -1, [](const std::vector<Real>& row, const Indices&) { return log_sum_exp(row); });
  Value y = Value::from(sums.shape, [](const Indices&) { return 0; });
  y.scale.assign(y.at.size(), 1);
  for (std::int64_t i = 0; i < x[1].size(); ++i) {
    const Indices index = x[1].index(i);
    const std::size_t row = sums.place(without(index, index.size() - 1));
    const Real term = x[0][index] * (sums.at[row] - x[1][index]);
    y.at[row] += term;
    y.scale[row] += 4 * std::abs(term);
  }
  return y;
}
Value sparse_cross_entropy(const Values& x) {
  Value y = over_rows(x[1], -1, [&](const std::vector<Real>& row, const Indices& index) {
    return log_sum_exp(row) - row[static_cast<std::size_t>(x[0][index])];
  });
  for (Real v : y.at) y.scale.push_back(6 + std::abs(v));
  return y;
}
Value labels_of_model(const Values& x) {
  return Value::from(x[1].shape, [&](const Indices& index) {
    return static_cast<Real>(index.back()) == x[0][without(index, index.size() - 1)] ? Real{1}
                                                                                     : Real{0};
  });
}

const std::vector<std::vector<Shape>> rows_of_shapes{{{4}},      {{2, 3}},    {{1, 5}},
                                                     {{0}},      {{3, 0, 2}}, {{3, 2, 0}},
                                                     {{40, 33}}, {{1025}},    {{2, 1, 3, 1, 2}}};
const std::vector<std::vector<Shape>> labels_of_shapes{{{}, {3}},
                                                       {{2}, {2, 3}},
                                                       {{0}, {0, 3}},
                                                       {{3, 2}, {3, 2, 4}},
                                                       {{7}, {7, 40}},
                                                       {{1}, {1, 3}},
                                                       {{1, 2, 1}, {1, 2, 1, 3}}};
const std::vector<std::vector<Shape>> twice_of_shapes = [] {
  std::vector<std::vector<Shape>> twice;
  for (const std::vector<Shape>& one : rows_of_shapes) twice.push_back({one[0], one[0]});
  return twice;
}();
// The derivative of nothing has no rows to compare.
const auto has_no_class = [](const std::vector<Shape>& shapes) {
  const Shape& x = shapes[0];
  return x.element_count() == 0 && x[x.rank() - 1] == 0;
};
const std::vector<std::vector<Shape>> twice_of_classes = [] {
  std::vector<std::vector<Shape>> cases = twice_of_shapes;
  std::erase_if(cases, has_no_class);
  return cases;
}();
const Domain classes{.low = 0, .high = 2, .dtype = int64};
const Domain probability{.low = 0.1, .high = 1};

}  // namespace

std::vector<Proof> neural_proofs() {
  return {
      {.op = &softmax_op,
       .call = [](const Tensors& x) { return softmax(x[0]); },
       .oracle = log_softmax_oracle(-1, false),
       .operands = {{}},
       .shapes = rows_of_shapes},
      {.op = &softmax_op,
       .name = "softmax_of_axis_0",
       .call = [](const Tensors& x) { return softmax(x[0], 0); },
       .oracle = log_softmax_oracle(0, false),
       .operands = {{}},
       .shapes = rows_of_shapes},
      {.op = &log_softmax_op,
       .call = [](const Tensors& x) { return log_softmax(x[0]); },
       .oracle = log_softmax_oracle(-1, true),
       .operands = {{}},
       .shapes = rows_of_shapes},
      {.op = &log_softmax_op,
       .name = "log_softmax_of_axis_0",
       .call = [](const Tensors& x) { return log_softmax(x[0], 0); },
       .oracle = log_softmax_oracle(0, true),
       .operands = {{}},
       .shapes = rows_of_shapes},
      {.op = &softmax_cross_entropy_with_logits_op,
       .call = of(softmax_cross_entropy_with_logits),
       .oracle = Oracle(dense_cross_entropy),
       .operands = {probability, {}},
       .shapes = twice_of_classes,
       .units = 8},
      {.op = &softmax_cross_entropy_with_logits_op,
       .name = "softmax_cross_entropy_of_no_classes",
       .call = of(softmax_cross_entropy_with_logits),
       .oracle = Oracle(dense_cross_entropy),
       .operands = {probability, {}},
       .shapes = twice_of_shapes,
       .units = 8,
       .has_gradient = false},
      {.op = &sparse_softmax_cross_entropy_with_logits_op,
       .call = of(sparse_softmax_cross_entropy_with_logits),
       .oracle = Oracle(sparse_cross_entropy),
       .operands = {classes, {}},
       .shapes = labels_of_shapes},
      {.op = &sigmoid_cross_entropy_with_logits_op,
       .call = of(sigmoid_cross_entropy_with_logits),
       .oracle =
           of([](Real z, Real x) { return std::max(x, 0.0L) - x * z + softplus_of(-std::abs(x)); }),
       .operands = {probability, {.low = -3, .high = -0.5}},
       .has_special_values = false},
      {.op = &one_hot_like_op,
       .call = of(one_hot_like),
       .oracle = Oracle(labels_of_model),
       .operands = {classes, {}},
       .shapes = labels_of_shapes,
       .has_gradient = false},
  };
}

}  // namespace gradus::proof
