// Splits the graph rather than each product: as many neighbouring steps as possible go over the
// same rows - those of a batch - and read nothing of other rows but what earlier stages made. If it
// is off, each step is a stage, whose own parts threads share.
#include <gradus/op/records.h>

#include "compiler/pipeline.h"
#include "compiler/program/fused_ops.h"
#include "compiler/program/matmul_step.h"
#include "stages.h"

namespace gradus {
namespace {

// Of fewer rows each thread would have about one register tile of a product, for which it would
// read the whole other operand: then threads share the columns of each product instead.
constexpr std::int64_t min_shared_rows = 16;

class Splitting {
 public:
  Splitting(const Program& program, const Schedule& schedule, bool splits)
      : program_(program), schedule_(schedule), splits_(splits) {}

  Stages run() {
    for (std::uint32_t i = 0; i < schedule_.steps.size(); ++i) {
      const ScheduledStep& step = schedule_.steps[i];
      const std::int64_t own_rows = splits_ ? rows_of(step) : 0;
      const std::int64_t rows = own_rows < min_shared_rows ? 0 : own_rows;
      if (!splits_ || !can_join(step, rows))
        stages_.stages.push_back({.first = i, .count = 0, .rows = rows});
      Stage& stage = stages_.stages.back();
      ++stage.count;
      stages_.stage_of.push_back(static_cast<std::uint32_t>(stages_.stages.size() - 1));
    }
    return std::move(stages_);
  }

 private:
  // The rows that a step may be cut into, 0 if there are none. A loop without columns of its own
  // can be cut anywhere, and follows the first axis.
  std::int64_t rows_of(const ScheduledStep& step) const {
    const NodeId id = schedule_.nodes_of(step)[0];
    if (step.kind == StepKind::product) return rows_of_product(id);
    if (step.kind == StepKind::general || step.domain.elements == 0) return 0;
    if (step.domain.columns != 0) return step.domain.elements / step.domain.columns;
    const Shape& shape = program_.shape(is_sum(schedule_.form(id)) ? program_.operands(id)[0] : id);
    return shape.rank() >= 2 && shape[0] > 1 ? shape[0] : 0;
  }

  std::int64_t rows_of_product(NodeId id) const {
    const Call f(program_.op(id), program_.graph->attributes(id));
    const Shape& c = program_.shape(id);
    if (c.element_count() == 0) return 0;
    if (&program_.op(id) == &matmul_op)
      return f[attributes::transpose_a] || !is_one_product(program_, id)
                 ? 0
                 : c.element_count() / c[c.rank() - 1];
    const auto& transposed = f[product_sum::transposed];
    for (std::size_t i = 0; i < transposed.size(); i += 2)
      if (transposed[i] != 0) return 0;
    return program_.operands(id).size() % 2 == 0 ? c[0] : 0;
  }

  bool can_join(const ScheduledStep& step, std::int64_t rows) const {
    if (stages_.stages.empty()) return false;
    const Stage& stage = stages_.stages.back();
    if (step.kind == StepKind::general || kind_of_last() == StepKind::general) return false;
    const bool is_flexible = step.kind == StepKind::loop && step.domain.columns == 0;
    if (stage.rows != 0) {
      const bool fits = rows == stage.rows || (is_flexible && step.domain.elements != 0 &&
                                               step.domain.elements % stage.rows == 0 &&
                                               step.domain.elements > stage.rows);
      return fits && reads_own_rows(step, stage.first);
    }
    return rows == 0 && !needs_stage(step, stage.first);
  }
  StepKind kind_of_last() const { return schedule_.steps[stages_.stage_of.size() - 1].kind; }

  // Whether a step reads, of what the stage makes, only the rows that it works on itself.
  bool reads_own_rows(const ScheduledStep& step, std::uint32_t stage) const {
    for (NodeId id : schedule_.nodes_of(step)) {
      const auto operands = program_.operands(id);
      const bool is_matmul = &program_.op(id) == &matmul_op;
      const LoopForm form = step.kind == StepKind::loop ? schedule_.form(id) : LoopForm::none;
      for (std::size_t k = 0; k < operands.size(); ++k) {
        if (!is_of_stage(operands[k], step, stage)) continue;
        const bool is_whole = step.kind == StepKind::product
                                  ? (is_matmul ? k == 1 : k % 2 == 1)
                                  : form == LoopForm::scalar || form == LoopForm::row ||
                                        program_.size(operands[k]) == 1;
        if (is_whole || is_shared_result(operands[k])) return false;
      }
    }
    return true;
  }
  // Whether an operand is made by an earlier step of the stage.
  bool is_of_stage(NodeId operand, const ScheduledStep& step, std::uint32_t stage) const {
    const std::int32_t made = schedule_.step_of_storage(operand);
    return made >= static_cast<std::int32_t>(stage) &&
           &schedule_.steps[static_cast<std::size_t>(made)] != &step;
  }
  // Sums to which all rows contribute are there when the stage ends.
  bool is_shared_result(NodeId id) const {
    const NodeId stored = schedule_.storage(id);
    const ScheduledStep& step =
        schedule_.steps[static_cast<std::size_t>(schedule_.step_of_storage(id))];
    if (step.kind != StepKind::loop) return false;
    const LoopForm form = schedule_.form(stored);
    return form == LoopForm::total || form == LoopForm::sum_of_rows;
  }

  bool needs_stage(const ScheduledStep& step, std::uint32_t stage) const {
    for (NodeId id : schedule_.nodes_of(step))
      for (NodeId operand : program_.operands(id))
        if (is_of_stage(operand, step, stage)) return true;
    return false;
  }

  const Program& program_;
  const Schedule& schedule_;
  const bool splits_;
  Stages stages_;
};

}  // namespace

void split_rows(Draft& draft, const CompileContext& context) {
  draft.stages = Splitting(draft.program, draft.schedule, context.passes.split_rows).run();
}

}  // namespace gradus
