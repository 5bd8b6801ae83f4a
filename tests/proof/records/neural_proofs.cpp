#include <algorithm>
#include <cmath>

#include <gradus/error.h>
#include <gradus/op/records.h>

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
// NaN of a row with inf or NaN.
Real log_sum_exp(const std::vector<Real>& x) {
  Real sum = 0;
  for (Real v : x) sum += v < INFINITY ? std::exp(v) : NAN;
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

// Mean and variance of x over its last axis, or over all but it, at an index of x.
struct Moments {
  Real mean = 0, variance = 0;

  Moments(const Value& x, const Indices& index, bool is_row) {
    std::vector<Real> group;
    for (std::int64_t i = 0; i < x.size(); ++i) {
      const Indices other = x.index(i);
      const bool is_same_row = std::equal(other.begin(), other.end() - 1, index.begin());
      if (is_row ? is_same_row : other.back() == index.back())
        group.push_back(x.at[static_cast<std::size_t>(i)]);
    }
    const auto n = static_cast<Real>(group.size());
    for (Real v : group) mean += v / n;
    for (Real v : group) variance += (v - mean) * (v - mean) / n;
  }
};
constexpr Real epsilon = 0.25L;
// scale (x - mean) / sqrt(variance + epsilon) + offset of x[0], x[1] = scale, x[2] = offset.
Oracle norm_oracle(bool is_row) {
  return [is_row](const Values& x) {
    Value y = Value::from(broadcast(broadcast(x[0].shape, x[1].shape), x[2].shape),
                          [](const Indices&) { return 0; });
    for (std::int64_t i = 0; i < y.size(); ++i) {
      const Indices index = y.index(i), own = under(index, x[0].shape);
      const Moments moments(x[0], own, is_row);
      const Real normal = (x[0][own] - moments.mean) / std::sqrt(moments.variance + epsilon);
      const Real scale = x[1][under(index, x[1].shape)], offset = x[2][under(index, x[2].shape)];
      y.at[static_cast<std::size_t>(i)] = scale * normal + offset;
      y.scale.push_back(std::abs(scale) * (8 + 8 * std::abs(moments.mean)) + std::abs(offset));
    }
    return y;
  };
}
Value given_norm(const Values& x) {
  Indices shape;
  for (const Value& v : x) shape = broadcast(shape, v.shape);
  Value y = Value::from(shape, [](const Indices&) { return 0; });
  for (std::int64_t i = 0; i < y.size(); ++i) {
    const Indices index = y.index(i);
    const auto of = [&](std::size_t k) { return x[k][under(index, x[k].shape)]; };
    const Real deviation = std::sqrt(of(2) + epsilon);
    y.at[static_cast<std::size_t>(i)] = of(3) * (of(0) - of(1)) / deviation + of(4);
    y.scale.push_back(4 *
                      (std::abs(of(3)) * (std::abs(of(0)) + std::abs(of(1))) + std::abs(of(4))));
  }
  return y;
}
Value unit_rows(const Values& x) {
  return Value::from(x[0].shape, [&](const Indices& index) {
    Real sum = 0;
    for (std::int64_t i = 0; i < x[0].shape.back(); ++i) {
      Indices other = index;
      other.back() = i;
      sum += x[0][other] * x[0][other];
    }
    return x[0][index] / std::sqrt(std::max(sum, 1e-12L));
  });
}
// The mean along the last axis of f(a - b), which may lie n roundings away.
Oracle error_oracle(Real (*f)(Real)) {
  return [f](const Values& x) {
    const Value errors = Value::from(broadcast(x[0].shape, x[1].shape), [&](const Indices& index) {
      return f(x[0][under(index, x[0].shape)] - x[1][under(index, x[1].shape)]);
    });
    Value y = over_rows(errors, -1, [](const std::vector<Real>& row, const Indices&) {
      Real sum = 0;
      for (Real v : row) sum += v;
      return sum / static_cast<Real>(row.size());
    });
    for (Real v : y.at) y.scale.push_back(8 + 8 * std::abs(v));
    return y;
  };
}
Tensor layer_normed(const Tensors& x) {
  return layer_norm(x[0], x[1], x[2], static_cast<double>(epsilon));
}
Tensor batch_normed(const Tensors& x) {
  if (x[0].rank() == 0) throw ShapeError("batch_norm: a scalar has no channels");
  return batch_norm(x[0], x[1], x[2], static_cast<double>(epsilon)).y;
}

const std::vector<std::vector<Shape>> normed_shapes{
    {{2, 3}, {3}, {3}},         {{1, 5}, {5}, {}},     {{4}, {4}, {4}},
    {{40, 33}, {33}, {33}},     {{2, 2, 3}, {3}, {3}}, {{0, 3}, {3}, {3}},
    {{2, 1, 3, 1, 2}, {2}, {2}}};
const std::vector<std::vector<Shape>> pair_shapes{
    {{3}, {3}},       {{2, 3}, {2, 3}},     {{2, 3}, {3}},
    {{0, 3}, {0, 3}}, {{40, 33}, {40, 33}}, {{2, 1, 3, 1, 2}, {2, 1, 3, 1, 2}}};
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
      {.composite = &l2_normalize_composite,
       .call = [](const Tensors& x) { return l2_normalize(x[0], -1); },
       .oracle = Oracle(unit_rows),
       .operands = {{}},
       .shapes = rows_of_shapes,
       .units = 16},
      {.composite = &layer_norm_composite,
       .call = layer_normed,
       .oracle = norm_oracle(true),
       .operands = {{}, {}, {}},
       .shapes = normed_shapes},
      {.composite = &batch_norm_composite,
       .call = batch_normed,
       .oracle = norm_oracle(false),
       .operands = {{}, {}, {}},
       .shapes = normed_shapes},
      {.composite = &batch_norm_inference_composite,
       .call =
           [](const Tensors& x) {
             return batch_norm_inference(x[0], x[1], x[2], x[3], x[4],
                                         static_cast<double>(epsilon));
           },
       .oracle = Oracle(given_norm),
       .operands = {{}, {}, {.low = 0.2, .high = 3}, {}, {}},
       .shapes = {{{2, 3}, {3}, {3}, {3}, {3}},
                  {{0, 3}, {3}, {3}, {3}, {3}},
                  {{}, {}, {}, {}, {}},
                  {{2, 2, 2}, {2}, {2}, {}, {2}}}},
      {.composite = &mean_squared_error_composite,
       .call = of(mean_squared_error),
       .oracle = error_oracle([](Real e) { return e * e; }),
       .operands = {{}, {}},
       .shapes = pair_shapes},
      {.composite = &huber_composite,
       .call = [](const Tensors& x) { return huber(x[0], x[1], 1.5); },
       .oracle = error_oracle([](Real e) {
         const Real size = std::abs(e);
         return size <= 1.5L ? size * size / 2 : 1.5L * (size - 0.75L);
       }),
       .operands = {{.low = 0, .high = 0.7}, {.low = 0, .high = 0.7}},
       .shapes = pair_shapes},
      {.composite = &huber_composite,
       .name = "huber_of_large_errors",
       .call = [](const Tensors& x) { return huber(x[0], x[1], 1.5); },
       .oracle = error_oracle([](Real e) {
         const Real size = std::abs(e);
         return size <= 1.5L ? size * size / 2 : 1.5L * (size - 0.75L);
       }),
       .operands = {{.low = 0, .high = 0.7}, {.low = 2.5, .high = 3.5}},
       .shapes = pair_shapes},
  };
}

}  // namespace gradus::proof
