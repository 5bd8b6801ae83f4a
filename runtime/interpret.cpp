#include "interpret.h"

#include <algorithm>
#include <unordered_map>

#include <gradus/op/records.h>

#include "compiler/program/evaluate.h"
#include "compiler/program/prune.h"
#include "compiler/program/refusals.h"

namespace gradus {
namespace {

class Interpreter {
 public:
  Interpreter(const Program& program, const std::function<Array(NodeId)>& source,
              const RunContext& context, std::size_t memory_limit, SourceLocation where)
      : program_(program),
        source_(source),
        context_(context),
        memory_limit_(memory_limit),
        where_(where),
        readers_(static_cast<std::size_t>(program.graph->node_count())) {}

  Interpretation run() {
    find_assignments();
    for (NodeId operand : program_.graph->all_operands()) ++readers_[index(operand)];
    for (NodeId result : program_.results) ++readers_[index(result)];
    for (NodeId assignment : assignments_) ++readers_[index(assignment)];

    for (NodeId id : program_.nodes()) {
      if (&program_.op(id) == &shape_op) continue;
      values_.emplace(id, value(id));
      for (NodeId operand : program_.operands(id))
        if (--readers_[index(operand)] == 0) drop(operand);
    }

    Interpretation made;
    for (NodeId result : program_.results) made.results.push_back(values_.at(result));
    for (NodeId id : assignments_) made.assignments.emplace_back(assigned_by(id), values_.at(id));
    return made;
  }

 private:
  NodeId assigned_by(NodeId assignment) const {
    return program_.origin(program_.operands(assignment)[0]);
  }
  void find_assignments() {
    for (NodeId id : program_.nodes()) {
      if (&program_.op(id) != &assign_op) continue;
      const auto is_same = [&](NodeId other) { return assigned_by(other) == assigned_by(id); };
      if (std::ranges::any_of(assignments_, is_same))
        refuse_second_assignment(context_.graph, assigned_by(id), where_);
      assignments_.push_back(id);
    }
  }

  Array value(NodeId id) {
    const Op& op = program_.op(id);
    if (&op == &constant_op) return std::get<Array>(program_.graph->attributes(id)[0].value);
    if (std::holds_alternative<IsSource>(op.kernel)) return source_(program_.origin(id));
    if (const auto* view = std::get_if<IsView>(&op.kernel))
      return values_.at(program_.operands(id)[view->operand]).reshaped(program_.shape(id));
    return computed(id);
  }
  Array computed(NodeId id) {
    bytes_ += program_.byte_count(id);
    if (bytes_ > memory_limit_) refuse_memory_of_values();
    std::vector<ArrayView> operands;
    for (NodeId operand : program_.operands(id)) {
      const auto found = values_.find(operand);  // nothing where the shape alone is read
      operands.push_back({found != values_.end() ? found->second.data() : nullptr,
                          program_.shape(operand), program_.dtype(operand)});
    }
    try {
      return evaluate(program_, id, operands, context_);
    } catch (const RuleFailure& failure) {
      refuse_value(failure, context_.graph, program_.origin(id), operands);
    }
  }

  bool is_computed(NodeId id) const {
    const Kernel& kernel = program_.op(id).kernel;
    return !std::holds_alternative<IsSource>(kernel) && !std::holds_alternative<IsView>(kernel);
  }
  void drop(NodeId id) {
    if (is_computed(id)) bytes_ -= program_.byte_count(id);
    values_.erase(id);
  }
  [[noreturn]] void refuse_memory_of_values() const {
    NodeId largest = no_node;
    for (NodeId id : program_.nodes())
      if (is_computed(id) &&
          (largest == no_node || program_.byte_count(id) > program_.byte_count(largest)))
        largest = id;
    refuse_memory(bytes_, memory_limit_, program_, largest, context_.graph, where_);
  }

  const Program& program_;
  const std::function<Array(NodeId)>& source_;
  const RunContext& context_;
  const std::size_t memory_limit_;
  const SourceLocation where_;
  std::vector<NodeId> assignments_;
  std::vector<std::int32_t> readers_;         // that are still to come
  std::unordered_map<NodeId, Array> values_;  // that somebody still reads
  std::size_t bytes_ = 0;                     // of those that were computed
};

}  // namespace

Interpretation interpret(const Program& program, const std::function<Array(NodeId)>& source,
                         const RunContext& context, std::size_t memory_limit,
                         SourceLocation where) {
  return Interpreter(program, source, context, memory_limit, where).run();
}

}  // namespace gradus
