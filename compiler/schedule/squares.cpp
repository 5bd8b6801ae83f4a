#include "squares.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include <gradus/op/records.h>
#include <gradus/ops.h>
#include "kernels/products/product.h"

#include "compiler/passes/passes.h"
#include "stages.h"

namespace gradus {
namespace {

bool is_loop_of_its_own(const Schedule& schedule, NodeId sum) {
  const ScheduledStep& step =
      schedule.steps[static_cast<std::size_t>(schedule.step_of[index(sum)])];
  return step.kind == StepKind::loop && step.count == 1 && schedule.form(sum) == LoopForm::total;
}

bool can_sum_squares(const Program& program, NodeId product) {
  if (&program.op(product) != &matmul_op) return false;
  const Call f(program.op(product), program.graph->attributes(product));
  const Shape& b = program.shape(program.operands(product)[1]);
  const Shape& c = program.shape(product);
  if (b.rank() != 2 || !f[attributes::transpose_b] || c.element_count() == 0) return false;
  const ProductTerm term{{nullptr, f[attributes::transpose_a]}, {nullptr, true}, b[1]};
  const std::int64_t columns = b[0], rows = c.element_count() / columns;
  // Rows that threads share take so long that another pass over the weight is nothing: so a product
  // with squares is in no stage of rows.
  return rows < least_shared_rows &&
         sums_squares({.rows = rows, .columns = columns, .terms = {&term, 1}},
                      program.dtype(product));
}

}  // namespace

void join_squares(const Program& program, std::span<const NodeId> sums,
                  std::span<const NodeId> products, Schedule& schedule) {
  if (sums.empty()) return;
  std::unordered_map<NodeId, NodeId> readers;  // of a matrix: the first product
  for (const NodeId product : products)
    if (can_sum_squares(program, product))
      readers.try_emplace(schedule.storage(program.operands(product)[1]), product);
  if (readers.empty()) return;

  constexpr std::int32_t none = std::numeric_limits<std::int32_t>::max();
  std::unordered_map<NodeId, std::int32_t> first_steps;  // that read a sum
  for (const NodeId sum : sums) first_steps[sum] = none;
  for (const NodeId id : program.nodes())
    for (const NodeId operand : program.operands(id))
      if (const auto found = first_steps.find(schedule.storage(operand));
          found != first_steps.end() && schedule.step_of[index(id)] >= 0)
        found->second = std::min(found->second, schedule.step_of[index(id)]);

  for (const NodeId sum : sums) {
    const auto reader = readers.find(schedule.storage(program.operands(sum)[0]));
    if (reader == readers.end() || !is_loop_of_its_own(schedule, sum)) continue;
    const std::int32_t step = schedule.step_of[index(reader->second)];
    if (first_steps[sum] <= step) continue;
    std::int32_t& own = schedule.step_of[index(sum)];
    --schedule.steps[static_cast<std::size_t>(own)].count;
    ++schedule.steps[static_cast<std::size_t>(step)].count;
    own = step;
    readers.erase(reader);  // each has room for one
  }
}

}  // namespace gradus
