#include "evaluate.h"

#include <cstring>
#include <vector>

#include <gradus/op/op.h>

#include "matmul_step.h"

namespace gradus {
namespace {

// A formula reads one array for each input: a number is repeated for every element.
Array repeated(const ArrayView& number, const Shape& shape) {
  Array all = Array::uninitialized(shape, number.dtype);
  const std::size_t bytes = size_of(number.dtype);
  auto* const out = static_cast<std::byte*>(all.mutable_data());
  for (std::size_t i = 0; i < all.byte_count(); i += bytes)
    std::memcpy(out + i, number.data, bytes);
  return all;
}

void apply_formula(const ElementwiseKernel& formula, const KernelCall& call) {
  const Shape& shape = call.output.shape;
  const DType lanes = call.inputs.back().dtype;  // the first of `where` is bool
  std::vector<Array> numbers;
  std::vector<const void*> inputs;
  for (const ArrayView& input : call.inputs) {
    const bool is_number = input.shape.element_count() != shape.element_count();
    if (is_number) numbers.push_back(repeated(input, shape));
    inputs.push_back(is_number ? numbers.back().data() : input.data);
  }
  for (const Key<double>* parameter : call.f.op().parameters) {
    numbers.push_back(Array::full(shape, call.f[*parameter], lanes));
    inputs.push_back(numbers.back().data());
  }
  formula.tile(lanes, call.set)(inputs.data(), call.result, shape.element_count());
}

Array scratch_of(std::size_t bytes) {
  return Array::uninitialized({static_cast<std::int64_t>(bytes / 8 + 1)}, float64);
}

void call_function(const GeneralKernel& kernel, KernelCall call) {
  Array scratch = scratch_of(kernel.scratch_bytes != nullptr ? kernel.scratch_bytes(call) : 0);
  call.scratch = scratch.mutable_data();
  kernel.run(call);
}

void multiply_matrices(MatmulStep step, const KernelCall& call) {
  step.result = call.result;
  step.terms[0].a.data = call.inputs[0].data;
  step.terms[0].b.data = call.inputs[1].data;
  const std::int64_t parts = call.threads.threads();
  const std::size_t each = (step.scratch_bytes + 63) / 64 * 64;
  Array scratch = scratch_of(each * static_cast<std::size_t>(parts));
  auto* const of_first = static_cast<std::byte*>(scratch.mutable_data());
  call.threads.parallel_for(parts, [&](std::int64_t part) {
    multiply_part(step, part, parts, call.set, of_first + static_cast<std::size_t>(part) * each);
  });
}

}  // namespace

Array evaluate(const Program& program, NodeId id, std::span<const ArrayView> operands,
               const RunContext& context) {
  const Op& op = program.op(id);
  Array result = Array::uninitialized(program.shape(id), program.dtype(id));
  const Call f(op, program.graph->attributes(id));
  const KernelCall call{.f = f,
                        .inputs = operands,
                        .output = {nullptr, result.shape(), result.dtype()},
                        .result = result.mutable_data(),
                        .scratch = nullptr,
                        .set = context.set,
                        .threads = context.threads,
                        .seed = context.seed,
                        .run = context.run};
  if (const auto* formula = std::get_if<ElementwiseKernel>(&op.kernel))
    apply_formula(*formula, call);
  else if (const auto* function = std::get_if<GeneralKernel>(&op.kernel))
    call_function(*function, call);
  else
    multiply_matrices(matmul_step(program, id, context.set), call);
  return result;
}

}  // namespace gradus
