#include <gradus/normalization.h>

#include <fmt/format.h>

#include <gradus/arithmetic.h>
#include <gradus/at.h>
#include <gradus/error.h>
#include <gradus/op/op.h>
#include <gradus/reductions.h>

#include "ops/record/composite.h"

namespace gradus {
namespace {

void check_epsilon(const char* function, double epsilon, const Operand& x) {
  check_setting(
      function, "epsilon", epsilon, x, [](double e) { return e >= 0; }, "finite and 0 or more");
}

// scale centered / sqrt(variance + epsilon) + offset
Tensor rescaled(const Tensor& centered, const Tensor& variance, const Operand& scale,
                const Operand& offset, double epsilon) {
  const Tensor deviation = sqrt(variance + epsilon);
  const Tensor normal = centered / deviation;
  return normal * scale + offset;
}

}  // namespace

extern constexpr Composite l2_normalize_composite{
    .name = "l2_normalize",
    .doc =
        "Rows of length 1: x divided by the root of its sum of squares over axes, all by "
        "default; a sum below epsilon counts as epsilon.",
    .formula = "y = x / sqrt(max(sum of x^2, epsilon))",
    .latex = R"(\frac{x}{\sqrt{\max(\sum x^2, \epsilon)}})",
    .examples = {{[](Operand x) { return l2_normalize(x, 1); },
                  {{3, 4}, {0, 0}},
                  "[[0.6, 0.8], [0, 0]]"}},
};

extern constexpr Composite layer_norm_composite{
    .name = "layer_norm",
    .doc = "Rows along the last axis with mean 0 and variance 1, then scaled and moved.",
    .formula = "y = scale (x - mean) / sqrt(variance + epsilon) + offset",
    .latex = R"(s \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b)",
    .examples = {{[](Operand x) { return layer_norm(x, 2, 1, 0); },
                  {{1, 3}, {5, 9}},
                  "[[-1, 3], [-1, 3]]"}},
};

extern constexpr Composite batch_norm_composite{
    .name = "batch_norm",
    .doc =
        "Channels (the last axis) with mean 0 and variance 1 over the batch, then scaled and "
        "moved; gives the batch's mean and variance, too. For training.",
    .formula = "y = scale (x - mean) / sqrt(variance + epsilon) + offset",
    .latex = R"(s \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b)",
    .examples = {{[](Operand x) { return batch_norm(x, 1, 0, 0).y; },
                  {{1, 2}, {3, 8}},
                  "[[-1, -1], [1, 1]]"}},
};

extern constexpr Composite batch_norm_inference_composite{
    .name = "batch_norm_inference",
    .doc = "Batch normalization with given mean and variance: the moving averages of training.",
    .formula = "y = scale (x - mean) / sqrt(variance + epsilon) + offset",
    .latex = R"(s \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + b)",
    .examples = {{[](Graph& g) {
                    return batch_norm_inference(g.constant({{1, 2}, {3, 8}}), g.constant({1, 2}),
                                                g.constant({4, 9}), 1, 0, 0);
                  },
                  "[[0, 0], [1, 2]]"}},
};

Tensor l2_normalize(Operand x, Axes axes, double epsilon) {
  check_float_tensor("l2_normalize", "x", x);
  check_epsilon("l2_normalize", epsilon, x);
  const At at(x);
  const Tensor sum = reduce_sum(square(x), axes, true);
  return x / sqrt(maximum(sum, epsilon));
}

Tensor layer_norm(Operand x, Operand scale, Operand offset, double epsilon) {
  check_float_tensor("layer_norm", "x", x);
  check_epsilon("layer_norm", epsilon, x);
  const At at(x);
  const Tensor centered = x - reduce_mean(x, -1, true);
  const Tensor variance = reduce_mean(square(centered), -1, true);
  return rescaled(centered, variance, scale, offset, epsilon);
}

BatchNormResult batch_norm(Operand x, Operand scale, Operand offset, double epsilon) {
  check_float_tensor("batch_norm", "x", x);
  check_epsilon("batch_norm", epsilon, x);
  const At at(x);
  if (x.tensor().rank() == 0)
    throw ShapeError(at_line("batch_norm: a scalar has no channels", x.where()));
  std::vector<std::int64_t> batch;
  for (std::int64_t axis = 0; axis + 1 < x.tensor().rank(); ++axis) batch.push_back(axis);
  const Tensor mean = reduce_mean(x, Axes(batch));
  const Tensor centered = x - mean;
  const Tensor variance = reduce_mean(square(centered), Axes(batch));
  return {rescaled(centered, variance, scale, offset, epsilon), mean, variance};
}

Tensor batch_norm_inference(Operand x, Operand mean, Operand variance, Operand scale,
                            Operand offset, double epsilon) {
  check_float_tensor("batch_norm_inference", "x", x);
  check_epsilon("batch_norm_inference", epsilon, x);
  const At at(x);
  const Tensor deviation = sqrt(variance + epsilon);
  const Tensor normal = (x - mean) / deviation;
  return normal * scale + offset;
}

}  // namespace gradus
