#include <algorithm>
#include <optional>
#include <vector>

#include <gradus/state.h>
#include <gradus/thread_pool.h>

#include "passes.h"

namespace gradus {
namespace {

const Array* constant_of(const GraphState& graph, NodeId id) {
  if (graph.node(id).op != &constant_op) return nullptr;
  return &std::get<Array>(graph.attributes(id)[0].value);
}

bool is_foldable(const Program& program, NodeId id) {
  const Op& op = program.op(id);
  return !op.is_random && &op != &assign_op && &op != &group_op &&
         (std::holds_alternative<ElementwiseKernel>(op.kernel) ||
          std::holds_alternative<GeneralKernel>(op.kernel)) &&
         !program.operands(id).empty();
}

// One formula over whole arrays; a number stands beside every element.
void apply(const ElementwiseKernel& formula, const KernelCall& call) {
  const DType lanes = call.inputs.back().dtype;
  std::vector<Array> inputs;
  for (const ArrayView& input : call.inputs) {
    Array all = Array::uninitialized(call.output.shape, input.dtype);
    const std::size_t bytes = size_of(input.dtype);
    const bool is_number = input.shape.element_count() == 1;
    auto* out = static_cast<std::byte*>(all.mutable_data());
    for (std::size_t i = 0; i < all.byte_count(); i += bytes)
      std::copy_n(static_cast<const std::byte*>(input.data) + (is_number ? 0 : i), bytes, out + i);
    inputs.push_back(std::move(all));
  }
  for (const Key<double>* parameter : call.f.op().parameters)
    inputs.push_back(full(call.output.shape, call.f[*parameter], lanes));
  std::vector<const void*> at;
  for (const Array& input : inputs) at.push_back(input.data());
  formula.tile(lanes, call.set)(at.data(), call.result, call.output.shape.element_count());
}

// Nothing if the kernel refuses a value: then the run will, at the user's line.
std::optional<Array> evaluate(const Program& program, NodeId id, std::span<const ArrayView> inputs,
                              InstructionSet set) {
  const Node& node = program.node(id);
  Array result(program.shape(id), node.dtype);
  const Call f(*node.op, program.graph->attributes(id));
  ThreadPool alone(1);
  KernelCall call{.f = f,
                  .inputs = inputs,
                  .output = {nullptr, program.shape(id), node.dtype},
                  .result = result.mutable_data(),
                  .scratch = nullptr,
                  .set = set,
                  .threads = alone};
  if (const auto* formula = std::get_if<ElementwiseKernel>(&node.op->kernel)) {
    if (result.size() != 0) apply(*formula, call);
    return result;
  }
  const auto& general = std::get<GeneralKernel>(node.op->kernel);
  Array scratch;
  if (general.scratch_bytes != nullptr) {
    scratch = Array({static_cast<std::int64_t>(general.scratch_bytes(call) / 8 + 1)}, float64);
    call.scratch = scratch.mutable_data();
  }
  try {
    general.run(call);
  } catch (const RuleFailure&) {
    return {};
  }
  return result;
}

}  // namespace

Program fold(const Program& program, InstructionSet set) {
  Rewriter next(program);
  std::vector<ArrayView> inputs;
  for (NodeId id : program.nodes()) {
    bool is_constant = is_foldable(program, id);
    std::size_t operand_bytes = 0;
    inputs.clear();
    const auto operands = next.operands(id);
    for (std::size_t k = 0; is_constant && k < operands.size(); ++k) {
      const bool is_shape = program.op(id).reads_shape_alone(k);
      const Array* value = constant_of(next.graph(), operands[k]);
      is_constant = is_shape || value != nullptr;
      if (!is_constant) break;
      inputs.push_back({is_shape ? nullptr : value->data(), next.graph().shape(operands[k]),
                        next.graph().node(operands[k]).dtype});
      if (!is_shape) operand_bytes += value->byte_count();
    }
    std::optional<Array> value;
    // What is repeated is worth more as a number: a constant has no more elements than before.
    if (is_constant && (program.size(id) == 1 || program.byte_count(id) <= operand_bytes))
      value = evaluate(program, id, inputs, set);
    if (!value) {
      next.keep(id);
      continue;
    }
    const Attribute attribute = attributes::value = *value;
    const NodeId constant = next.writable()->append(constant_op, {}, {&attribute, 1},
                                                    value->shape(), value->dtype(), {});
    next.replace(id, constant, "a value of constants");
  }
  return std::move(next).finish();
}

}  // namespace gradus
