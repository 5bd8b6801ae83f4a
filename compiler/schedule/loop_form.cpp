#include "loop_form.h"

#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/op/rules.h>

namespace gradus {
namespace {

// More columns would make the partial sums of each large.
constexpr std::int64_t max_columns = 1 << 16;

// The axes of a shape that are marked, those of size 1 aside: none, all, the first or the last.
enum class Marked : std::uint8_t { all, first, last, none, mixed };
struct Marking {
  Marked which = Marked::none;
  std::int64_t after = 1;  // elements of the last part: the columns

  // A node over the shape, of the form for what is marked.
  LoopNode node(const Shape& shape, const LoopForm (&forms)[3]) const {
    if (which > Marked::last) return {};
    return {forms[static_cast<std::size_t>(which)],
            {shape.element_count(), which == Marked::all ? 0 : after}};
  }
};
Marking marking_of(const Shape& shape, const AxisSet& marked) {
  int changes = 0;
  bool has_marked = false, has_other = false, last = false;
  Marking marking;
  for (std::int64_t i = 0; i < shape.rank(); ++i) {
    if (shape[i] == 1) continue;
    const bool is_marked = marked[static_cast<std::size_t>(i)];
    if ((has_marked || has_other) && is_marked != last) {
      ++changes;
      marking.after = 1;
    }
    marking.after *= shape[i];
    (is_marked ? has_marked : has_other) = true;
    last = is_marked;
  }
  if (changes > 1)
    marking.which = Marked::mixed;
  else if (!has_marked)
    marking.which = Marked::none;
  else if (!has_other)
    marking.which = Marked::all;
  else
    marking.which = last ? Marked::last : Marked::first;
  return marking;
}

LoopNode repeat_of(const Program& program, NodeId id) {
  const Shape& y = program.shape(id);
  const Shape& x = program.shape(program.operands(id)[0]);
  AxisSet repeated;
  for (std::int64_t i = 0; i < y.rank(); ++i) {
    const std::int64_t own = i - (y.rank() - x.rank());
    repeated[static_cast<std::size_t>(i)] = own < 0 || x[own] != y[i];
  }
  const Marking marking = marking_of(y, repeated);
  return marking.node(y, {LoopForm::scalar, LoopForm::row, LoopForm::column});
}

LoopNode sum_of(const Program& program, NodeId id) {
  const Shape& x = program.shape(program.operands(id)[0]);
  const Call f(program.op(id), program.graph->attributes(id));
  const Marking marking = marking_of(x, chosen_axes(f, f[attributes::axes], x.rank()));
  if (marking.which == Marked::first && marking.after > max_columns) return {};
  return marking.node(x, {LoopForm::total, LoopForm::sum_of_rows, LoopForm::row_sums});
}

}  // namespace

LoopNode loop_node(const Program& program, NodeId id) {
  const Op& op = program.op(id);
  if (std::holds_alternative<ElementwiseKernel>(op.kernel))
    return {LoopForm::formula, {program.size(id), 0}};
  if (&op == &cast_op) return {LoopForm::cast, {program.size(id), 0}};
  if (program.operands(id).empty() || program.size(program.operands(id)[0]) == 0) return {};
  if (&op == &broadcast_to_op) return repeat_of(program, id);
  if (&op == &reduce_sum_op || &op == &reduce_sum_square_op) return sum_of(program, id);
  return {};
}

}  // namespace gradus
