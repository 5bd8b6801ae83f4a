#include <gradus/softmax.h>

#include <gradus/arithmetic.h>
#include <gradus/exponential.h>
#include <gradus/no_nan.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/reductions.h>

#include "ops/kernels/softmax_rows.h"

namespace gradus {
namespace {

using attributes::axis;

constexpr auto with_axis = [](const Call& f, Shape x) {
  chosen_axis(f, f[axis], x.rank());
  return x;
};

constexpr RowKernel quotients([](auto e, auto, auto sum) { return e / sum; });

AroundAxis rows_of(const KernelCall& call) {
  const Shape& x = call.inputs[0].shape;
  return AroundAxis(x, chosen_axis(call.f, call.f[axis], x.rank()));
}
std::size_t largest_and_sum_bytes(const KernelCall& call) {
  return 2 * static_cast<std::size_t>(rows_of(call).rows()) * size_of(call.output.dtype);
}

void divide_exponentials(const KernelCall& call) {
  for_row_parts(call, call.inputs[0], rows_of(call), call.scratch, [&](const RowPart& part) {
    void* const y = part.of(call.result);
    part.exponentiate(y);
    quotients.loop(call.output.dtype, call.set)(y, part.sum, part.sum, y, part.count, part.n,
                                                part.inner);
  });
}
void subtract_logarithm(const KernelCall& call) {
  for_row_parts(call, call.inputs[0], rows_of(call), call.scratch, [&](const RowPart& part) {
    void* const y = part.of(call.result);
    part.exponentiate(y);
    part.subtract_logarithm(y);
  });
}

}  // namespace

// y = e^x / sum of e^x;  dx = y (dy - sum of dy y)
extern constexpr Op softmax_op{
    .name = "softmax",
    .doc =
        "Probabilities along an axis: y = e^x / sum of e^x. A row that holds NaN or inf, or only "
        "-inf, gives NaN.",
    .operands = {"x"},
    .attributes = {&axis},
    .latex = {R"(\operatorname{softmax} {x})", Precedence::prefix},
    .shape = with_axis,
    .kernel = GeneralKernel{divide_exponentials, largest_and_sum_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      const Tensor mean = reduce_sum(multiply_no_nan(f.y(), dy), f[axis], true);
      return multiply_no_nan(f.y(), dy - mean);
    }},
    .gradient_text = {"dx = y (dy - sum of dy y); 0 in rows where dy = 0"},
    .examples = {{[](Operand x) { return softmax(x); },
                  {{0, 0}, {1, 3}},
                  "[[0.5, 0.5], [0.1192029, 0.8807971]]"},
                 {[](Operand x) { return softmax(x, 0); },
                  {{0, 1}, {0, 3}},
                  "[[0.5, 0.1192029], [0.5, 0.8807971]]"}},
};

// y = x - log(sum of e^x);  dx = dy - e^y sum of dy
extern constexpr Op log_softmax_op{
    .name = "log_softmax",
    .doc =
        "Logarithm of softmax along an axis: y = x - log(sum of e^x). A row that holds NaN or inf, "
        "or only -inf, gives NaN.",
    .operands = {"x"},
    .attributes = {&axis},
    .latex = {R"(\log \operatorname{softmax} {x})", Precedence::prefix},
    .shape = with_axis,
    .kernel = GeneralKernel{subtract_logarithm, largest_and_sum_bytes},
    .gradient = {[](const Call& f, Tensor dy, Tensor) {
      const Tensor sum = reduce_sum(dy, f[axis], true);
      return dy - multiply_no_nan(exp(f.y()), sum);
    }},
    .gradient_text = {"dx = dy - e^y sum of dy; dy where that sum is 0"},
    .examples = {{[](Operand x) { return log_softmax(x); }, {0, 1000}, "[-1000, 0]"}},
};

Tensor softmax(Operand x, std::int64_t along) { return add_node(softmax_op, {&x}, {axis = along}); }
Tensor log_softmax(Operand x, std::int64_t along) {
  return add_node(log_softmax_op, {&x}, {axis = along});
}

}  // namespace gradus
