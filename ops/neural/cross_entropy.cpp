#include <gradus/cross_entropy.h>

#include <algorithm>

#include <fmt/format.h>

#include <gradus/activations.h>
#include <gradus/arithmetic.h>
#include <gradus/no_nan.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/reductions.h>
#include <gradus/shapes.h>
#include <gradus/softmax.h>

#include "ops/kernels/reduce.h"
#include "ops/kernels/softmax_rows.h"

namespace gradus {
namespace {

// The common shape, `any_size` where neither is known.
Shape matched(const Call& f, const Shape& labels, const Shape& logits, const char* what) {
  if (!may_equal(labels, logits))
    f.fail(fmt::format("labels {} do not fit {} {}", to_text(labels), what, to_text(logits)));
  std::vector<std::int64_t> both;
  for (std::int64_t i = 0; i < labels.rank(); ++i) both.push_back(std::max(labels[i], logits[i]));
  return both;
}
Shape without_classes(const Call& f, const Shape& logits) {
  if (logits.rank() == 0) f.fail("logits need an axis of classes, got a scalar");
  return reduced_shape(f, logits, -1, false);
}
constexpr auto labelled_shape = [](const Call& f, Shape labels, Shape logits) {
  return matched(f, labels, without_classes(f, logits), "rows");
};
constexpr auto labelled_dtype = [](const Call& f, DType labels, DType logits) {
  if (!is_integer(labels))
    f.fail_dtype(fmt::format("labels must be int32 or int64, got {}", to_text(labels)));
  return rules::same_float(f, {&logits, 1});
};

AroundAxis rows_of(const ArrayView& x) { return AroundAxis(x.shape, x.shape.rank() - 1); }

// All of x, and two numbers per row.
std::size_t sums_bytes(const KernelCall& call) {
  const ArrayView& x = call.inputs[1];
  return static_cast<std::size_t>(x.shape.element_count() + 2 * rows_of(x).rows()) *
         size_of(x.dtype);
}
// f(part, log_softmax) for parts of the rows of logits.
template <class F>
void for_log_softmax_parts(const KernelCall& call, F f) {
  const ArrayView& x = call.inputs[1];
  void* const numbers = static_cast<std::byte*>(call.scratch) +
                        static_cast<std::size_t>(x.shape.element_count()) * size_of(x.dtype);
  for_row_parts(call, x, rows_of(x), numbers, [&](const RowPart& part) {
    void* const y = part.of(call.scratch);
    part.exponentiate(y);
    part.subtract_logarithm(y);
    f(part, y);
  });
}

constexpr ElementwiseKernel terms = elementwise<2>([](auto label, auto log_softmax) {
  return where(label == 0, 0 * label, -label * log_softmax);
});

void sum_cross_entropies(const KernelCall& call) {
  const DType dtype = call.output.dtype;
  for_log_softmax_parts(call, [&](const RowPart& part, void* y) {
    const void* const inputs[] = {part.of(call.inputs[0].data), y};
    terms.tile(dtype, call.set)(inputs, y, part.count * part.n);
    sum_kernel.reduce(dtype, call.set)(y, part.number_of(call.result), part.count, part.n, 1);
  });
}

std::int64_t label_at(const ArrayView& labels, std::int64_t row) {
  return labels.dtype == int32 ? labels.as<std::int32_t>()[row] : labels.as<std::int64_t>()[row];
}
void check_labels(const KernelCall& call, std::int64_t rows, std::int64_t classes) {
  for (std::int64_t row = 0; row < rows; ++row)
    if (const std::int64_t label = label_at(call.inputs[0], row); label < 0 || label >= classes)
      call.f.fail_value(
          fmt::format("label {} of row {} is none of {} classes", label, row, classes));
}

void pick_cross_entropies(const KernelCall& call) {
  check_labels(call, rows_of(call.inputs[1]).outer, rows_of(call.inputs[1]).n);
  visit_float(call.output.dtype, [&]<class T>(T) {
    for_log_softmax_parts(call, [&](const RowPart& part, const void* log_softmax) {
      for (std::int64_t r = 0; r < part.count; ++r)
        static_cast<T*>(call.result)[part.first + r] = -static_cast<const T*>(
            log_softmax)[r * part.n + label_at(call.inputs[0], part.first + r)];
    });
  });
}

void set_labels(const KernelCall& call) {
  const AroundAxis rows = rows_of(call.output);
  check_labels(call, rows.outer, rows.n);
  visit(call.output.dtype, [&]<class T>(T) {
    T* const y = static_cast<T*>(call.result);
    std::fill(y, y + rows.outer * rows.n, T(0));
    for (std::int64_t row = 0; row < rows.outer; ++row)
      y[row * rows.n + label_at(call.inputs[0], row)] = T(1);
  });
}

}  // namespace

// y = -sum of z log_softmax(x);  dy/dx = softmax(x) sum of z - z,  dy/dz = -log_softmax(x)
extern constexpr Op softmax_cross_entropy_with_logits_op{
    .name = "softmax_cross_entropy_with_logits",
    .doc =
        "Cross entropy of labels and softmax(logits) along the last axis: y = -sum of labels "
        "log_softmax(logits). A label of 0 adds 0; rows are NaN where log_softmax is.",
    .operands = {"labels", "logits"},
    .text = "cross_entropy({labels}, softmax({logits}))",
    .latex = {R"(H({labels}, \operatorname{softmax} {logits}))", Precedence::call,
              Precedence::product},
    .shape = [](const Call& f, Shape labels, Shape logits) -> Shape {
      return without_classes(f, matched(f, labels, logits, "logits"));
    },
    .kernel = GeneralKernel{sum_cross_entropies, sums_bytes},
    .gradient = {[](Tensor dy, Tensor, Tensor logits) {
                   const Tensor rows = expand_like(dy, logits, -1, false);
                   const Tensor slope = -log_softmax(logits);
                   return multiply_no_nan(slope, rows);
                 },
                 [](Tensor dy, Tensor labels, Tensor logits) {
                   const Tensor sum = reduce_sum(labels, -1, true);
                   const Tensor slope = softmax(logits) * sum - labels;
                   return multiply_no_nan(slope, expand_like(dy, logits, -1, false));
                 }},
    .gradient_text = {"dlabels = -dy log_softmax(logits); 0 where dy = 0",
                      "dlogits = dy (softmax(logits) sum of labels - labels); 0 where dy = 0"},
    .examples = {{softmax_cross_entropy_with_logits,
                  {{0, 1}, {0.5, 0.5}},
                  {{1, 3}, {0, 0}},
                  "[0.126928, 0.6931472]"}},
};

// y = -log_softmax(x)[label];  dy/dx = softmax(x) - (1 at the label)
extern constexpr Op sparse_softmax_cross_entropy_with_logits_op{
    .name = "sparse_softmax_cross_entropy_with_logits",
    .doc =
        "Cross entropy of a class and softmax(logits) along the last axis: y = "
        "-log_softmax(logits)[label]. A label that is no class is refused in the run.",
    .operands = {"labels", "logits"},
    .text = "cross_entropy({labels}, softmax({logits}))",
    .latex = {R"(-\log \operatorname{softmax}({logits})_{{labels}})", Precedence::sum},
    .shape = labelled_shape,
    .dtype = labelled_dtype,
    .kernel = GeneralKernel{pick_cross_entropies, sums_bytes},
    .gradient = {{},
                 [](Tensor dy, Tensor labels, Tensor logits) {
                   const Tensor probabilities = softmax(logits);
                   const Tensor slope = probabilities - one_hot_like(labels, logits);
                   return multiply_no_nan(slope, expand_like(dy, logits, -1, false));
                 }},
    .gradient_text = {"", "dlogits = dy (softmax(logits) - one_hot(labels)); 0 where dy = 0"},
    .examples = {{[](Graph& g) {
                    return sparse_softmax_cross_entropy_with_logits(g.constant({1, 0}, int32),
                                                                    g.constant({{1, 3}, {0, 0}}));
                  },
                  "[0.126928, 0.6931472]"}},
};

// y = max(x, 0) - x z + log(1 + e^-|x|);  dy/dx = sigmoid(x) - z,  dy/dz = -x
extern constexpr Op sigmoid_cross_entropy_with_logits_op{
    .name = "sigmoid_cross_entropy_with_logits",
    .doc =
        "Cross entropy of a label and sigmoid(logit): y = max(x, 0) - x z + log(1 + e^-|x|) for "
        "label z and logit x.",
    .operands = {"labels", "logits"},
    .text = "cross_entropy({labels}, sigmoid({logits}))",
    .latex = {R"(H({labels}, \operatorname{sigmoid} {logits}))", Precedence::call,
              Precedence::product},
    .kernel = elementwise<2>(
        [](auto z, auto x) { return maximum(x, decltype(x)(0)) - x * z + log1p(exp(-abs(x))); }),
    .gradient = {[](Tensor dy, Tensor, Tensor x) { return -dy * x; },
                 [](Tensor dy, Tensor z, Tensor x) { return dy * (sigmoid(x) - z); }},
    .gradient_text = {"dlabels = -dy logits", "dlogits = dy (sigmoid(logits) - labels)"},
    .examples = {{sigmoid_cross_entropy_with_logits, {1, 0}, {0, -2}, "[0.6931472, 0.126928]"}},
};

// y[row, j] = 1 if j is the row's label, 0 elsewhere
extern constexpr Op one_hot_like_op{
    .name = "one_hot_like",
    .doc =
        "1 at each row's label along the last axis, 0 elsewhere, in the shape and dtype of model. "
        "A label that is no class is refused in the run.",
    .operands = {"labels", "model"},
    .text = "one_hot({labels})",
    .latex = {R"(\operatorname{onehot} {labels})", Precedence::prefix},
    .shape = [](const Call& f, Shape labels, Shape model) -> Shape {
      labelled_shape(f, labels, model);
      return model;
    },
    .dtype = labelled_dtype,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{set_labels},
    .gradient = {{}, {}},
    .gradient_text = {"", ""},
    .examples = {{[](Graph& g) {
                    return one_hot_like(g.constant({1, 0}, int64), g.constant({{5, 5}, {5, 5}}));
                  },
                  "[[0, 1], [1, 0]]"}},
};

Tensor softmax_cross_entropy_with_logits(Operand labels, Operand logits) {
  return add_node(softmax_cross_entropy_with_logits_op, {&labels, &logits});
}
Tensor sparse_softmax_cross_entropy_with_logits(Operand labels, Operand logits) {
  return add_node(sparse_softmax_cross_entropy_with_logits_op, {&labels, &logits});
}
Tensor sigmoid_cross_entropy_with_logits(Operand labels, Operand logits) {
  return add_elementwise(sigmoid_cross_entropy_with_logits_op, {&labels, &logits});
}
Tensor one_hot_like(Operand labels, Operand model) {
  return add_node(one_hot_like_op, {&labels, &model});
}

}  // namespace gradus
