#include "interpret.h"

#include <algorithm>
#include <unordered_map>

#include <gradus/op/records.h>

#include "compiler/program/evaluate.h"
#include "compiler/program/prune.h"
#include "compiler/program/refusals.h"
#include "core/throw_at.h"

namespace gradus {
namespace {

class Interpreter {
 public:
  Interpreter(const Program& program, const ValueSource& source, const RunContext& context,
              std::size_t memory_limit, SourceLocation where, const ValueObserver& observe)
      : program_(program),
        source_(source),
        context_(context),
        memory_limit_(memory_limit),
        where_(where),
        observe_(observe),
        readers_(static_cast<std::size_t>(program.graph->node_count())) {}

  Interpretation run() {
    find_assignments();
    for (NodeId operand : program_.graph->all_operands()) ++readers_[index(operand)];
    for (NodeId result : program_.results) ++readers_[index(result)];
    for (NodeId assignment : assignments_) ++readers_[index(assignment)];
    check_memory();

    for (NodeId id : program_.nodes()) {
      if (&program_.op(id) == &shape_op) continue;
      const Array& made = values_.emplace(id, value(id)).first->second;
      if (observe_) observe_(id, {made.data(), made.shape(), made.dtype()}, operands(id));
      for (NodeId operand : program_.operands(id))
        if (--readers_[index(operand)] == 0) values_.erase(operand);
    }

    Interpretation done;
    for (NodeId result : program_.results) done.results.push_back(values_.at(result));
    for (NodeId id : assignments_) done.assignments.emplace_back(assigned_by(id), values_.at(id));
    return done;
  }

 private:
  NodeId assigned_by(NodeId assignment) const {
    return program_.origin(program_.operands(assignment)[0]);
  }
  void find_assignments() {
    for (NodeId id : program_.nodes())
      if (&program_.op(id) == &assign_op) assignments_.push_back(id);
  }

  Array value(NodeId id) {
    const Op& op = program_.op(id);
    if (&op == &constant_op) return std::get<Array>(program_.graph->attributes(id)[0].value);
    if (std::holds_alternative<IsSource>(op.kernel)) return source_(program_.origin(id));
    if (const auto* view = std::get_if<IsView>(&op.kernel))
      return values_.at(program_.operands(id)[view->operand]).reshaped(program_.shape(id));
    return computed(id);
  }
  std::vector<ArrayView> operands(NodeId id) const {
    std::vector<ArrayView> views;
    for (NodeId operand : program_.operands(id)) {
      const auto found = values_.find(operand);  // nothing where the shape alone is read
      views.push_back({found != values_.end() ? found->second.data() : nullptr,
                       program_.shape(operand), program_.dtype(operand)});
    }
    return views;
  }
  Array computed(NodeId id) {
    const std::vector<ArrayView> operands = this->operands(id);
    const NodeId of_user = program_.origin(id);
    const auto text = [&] {
      return amount_text(context_.graph.name(of_user), program_.dtype(id), program_.shape(id));
    };
    try {
      return with_memory_for(text, context_.graph.where(of_user),
                             [&] { return evaluate(program_, id, operands, context_); });
    } catch (const RuleFailure& failure) {
      refuse_value(failure, context_.graph, of_user, operands);
    }
  }

  bool is_computed(NodeId id) const {
    const Kernel& kernel = program_.op(id).kernel;
    return !std::holds_alternative<IsSource>(kernel) && !std::holds_alternative<IsView>(kernel);
  }
  std::size_t computed_bytes(NodeId id) const {
    return is_computed(id) ? program_.byte_count(id) : 0;
  }
  // Before anything runs: the values that are computed come and go as in run().
  void check_memory() const {
    std::vector<std::int32_t> readers = readers_;
    std::size_t bytes = 0;
    for (NodeId id : program_.nodes()) {
      bytes += computed_bytes(id);
      if (bytes > memory_limit_)
        refuse_memory(bytes, memory_limit_, program_, largest(), context_.graph, where_);
      for (NodeId operand : program_.operands(id))
        if (--readers[index(operand)] == 0) bytes -= computed_bytes(operand);
    }
  }
  NodeId largest() const {
    NodeId largest{0};
    for (NodeId id : program_.nodes())
      if (computed_bytes(id) > computed_bytes(largest)) largest = id;
    return largest;
  }

  const Program& program_;
  const ValueSource& source_;
  const RunContext& context_;
  const std::size_t memory_limit_;
  const SourceLocation where_;
  const ValueObserver& observe_;
  std::vector<NodeId> assignments_;
  std::vector<std::int32_t> readers_;         // that are still to come
  std::unordered_map<NodeId, Array> values_;  // that somebody still reads
};

}  // namespace

Interpretation interpret(const Program& program, const ValueSource& source,
                         const RunContext& context, std::size_t memory_limit, SourceLocation where,
                         const ValueObserver& observe) {
  return Interpreter(program, source, context, memory_limit, where, observe).run();
}

}  // namespace gradus
