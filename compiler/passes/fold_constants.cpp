#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <gradus/op/records.h>
#include <gradus/op/thread_pool.h>
#include <gradus/state.h>

#include "compiler/plan/product_step.h"
#include "memo_per_kind.h"
#include "passes.h"

namespace gradus {
namespace {

const Array* constant_of(const GraphState& graph, NodeId id) {
  if (graph.kind(id).op != &constant_op) return nullptr;
  return &std::get<Array>(graph.attributes(id)[0].value);
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
  Array scratch;
  const auto make_scratch = [&](std::size_t bytes) {
    scratch = Array({static_cast<std::int64_t>(bytes / 8 + 1)}, float64);
    call.scratch = scratch.mutable_data();
  };
  if (std::holds_alternative<IsProduct>(node.op->kernel)) {
    ProductStep step = product_step(program, id, set);
    step.result = call.result;
    step.terms[0].a.data = inputs[0].data;
    step.terms[0].b.data = inputs[1].data;
    make_scratch(step.scratch_bytes);
    multiply_part(step, 0, 1, set, call.scratch);
    return result;
  }
  const auto& general = std::get<GeneralKernel>(node.op->kernel);
  if (general.scratch_bytes != nullptr) make_scratch(general.scratch_bytes(call));
  try {
    general.run(call);
  } catch (const RuleFailure&) {
    return {};
  }
  return result;
}

// A constant takes the place of a node: what is around it stays where it is.
class Folding {
 public:
  Folding(Program program, InstructionSet set) : program_(std::move(program)), set_(set) {
    program_.moved = {};
    program_.rewritings.clear();
  }

  Program run() && {
    for (NodeId id : program_.nodes())
      if (is_foldable(id) && has_constant_operands(id)) fold(id);
    if (own_ != nullptr) program_.moved = drop_unread(*own_, program_.results, program_.origins);
    return std::move(program_);
  }

 private:
  bool is_foldable(NodeId id) const {
    const Op& op = program_.op(id);
    return !op.is_random && &op != &assign_op && &op != &group_op &&
           (std::holds_alternative<ElementwiseKernel>(op.kernel) ||
            std::holds_alternative<GeneralKernel>(op.kernel) || &op == &matmul_op) &&
           !program_.operands(id).empty();
  }

  const Array* constant_operand(NodeId id, std::size_t k) const {
    return constant_of(*program_.graph, program_.operands(id)[k]);
  }
  bool has_constant_operands(NodeId id) const {
    const auto operands = program_.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (&program_.op(operands[k]) != &constant_op && !program_.op(id).reads_shape_alone(k))
        return false;
    return true;
  }

  void fold(NodeId id) {
    std::vector<ArrayView> inputs;
    std::size_t operand_bytes = 0;
    const auto operands = program_.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const bool is_shape = program_.op(id).reads_shape_alone(k);
      const Array* const value = is_shape ? nullptr : constant_operand(id, k);
      inputs.push_back({is_shape ? nullptr : value->data(), program_.shape(operands[k]),
                        program_.dtype(operands[k])});
      if (!is_shape) operand_bytes += value->byte_count();
    }
    // What is repeated is worth more as a number: a constant has no more elements than before.
    if (program_.size(id) != 1 && program_.byte_count(id) > operand_bytes) return;
    const std::optional<Array> value = evaluate(program_, id, inputs, set_);
    if (!value) return;
    own_graph().make_constant(id, *value);
    program_.rewritings.push_back({id, "a value of constants"});
  }

  // The program's graph, or a copy of one that others have, too.
  GraphState& own_graph() {
    if (own_ != nullptr) return *own_;
    if (program_.graph.use_count() == 1) {
      own_ = std::const_pointer_cast<GraphState>(program_.graph);
    } else {
      own_ = GraphState::with_tables_of(*program_.graph);
      own_->append_copies(*program_.graph, static_cast<std::size_t>(program_.graph->node_count()));
      program_.graph = own_;
    }
    if (program_.origins.empty())
      for (NodeId id : program_.nodes()) program_.origins.push_back(id);
    return *own_;
  }

  Program program_;
  const InstructionSet set_;
  std::shared_ptr<GraphState> own_;
};

}  // namespace

Program fold(Program program, InstructionSet set) { return Folding(std::move(program), set).run(); }

}  // namespace gradus
