// Computes what depends on nothing but constants, each node by its own kernel: see evaluate.h.
#include <memory>
#include <utility>
#include <vector>

#include <gradus/op/records.h>
#include <gradus/op/thread_pool.h>

#include "compiler/pipeline.h"
#include "compiler/program/evaluate.h"

namespace gradus {
namespace {

const Array* constant_of(const GraphState& graph, NodeId id) {
  if (graph.kind(id).op != &constant_op) return nullptr;
  return &std::get<Array>(graph.attributes(id)[0].value);
}

// A constant takes the place of a node: what is around it stays where it is.
class Folding {
 public:
  Folding(Program program, InstructionSet set) : program_(std::move(program)), set_(set) {}

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
    // Do not store what is larger than its operands: a repeated number is better kept as a number.
    if (program_.size(id) != 1 && program_.byte_count(id) > operand_bytes) return;
    try {
      const RunContext context{
          .graph = *program_.graph, .set = set_, .threads = alone_, .seed = 0, .run = 0};
      const Array value = evaluate(program_, id, inputs, context);
      own_graph().make_constant(id, value);
      program_.rewritings.push_back({id, "a value of constants"});
    } catch (const RuleFailure&) {
      // The run will refuse it, too, at the user's line.
    }
  }

  // The program's graph, or a copy of one that others have, too.
  GraphState& own_graph() {
    if (own_ != nullptr) return *own_;
    if (program_.graph.use_count() == 1) {
      own_ = std::const_pointer_cast<GraphState>(program_.graph);
    } else {
      own_ = GraphState::copy_of_first(static_cast<std::size_t>(program_.graph->node_count()),
                                       *program_.graph);
      program_.graph = own_;
    }
    if (program_.origins.empty())
      for (NodeId id : program_.nodes()) program_.origins.push_back(id);
    return *own_;
  }

  Program program_;
  const InstructionSet set_;
  ThreadPool alone_{1};
  std::shared_ptr<GraphState> own_;
};

}  // namespace

Program fold_constants(Program program, const CompileContext& context) {
  return Folding(std::move(program), context.set).run();
}

}  // namespace gradus
