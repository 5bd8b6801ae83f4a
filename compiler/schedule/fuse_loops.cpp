// Neighbours become one loop: a bias, an activation, a loss, its gradient and the bias' gradient
// are one sweep over an array.
//
// A node joins the loop of its latest operand, if the loop goes over as many elements: so every
// operand is there before its reader, and no loop waits for itself. Then what only a later loop
// reads moves there, if it is made from what is stored anyway; and a loop becomes part of the first
// that reads it, so that it makes no difference which side of a difference was built first.
// Numbers that follow from numbers alone, such as the rate of a step, come before all else, so
// that no loop waits for them.
#include <algorithm>
#include <limits>
#include <utility>

#include <gradus/op/records.h>

#include "compiler/pipeline.h"
#include "compiler/program/memo_per_kind.h"
#include "graph/node_flags.h"
#include "merge_loops.h"
#include "schedule.h"

namespace gradus {
namespace {

class Fusing {
 public:
  Fusing(const Program& program, bool fuses) : program_(program), fuses_(fuses) {
    const auto n = static_cast<std::size_t>(program.graph->node_count());
    schedule_.step_of.assign(n, Schedule::none);
    schedule_.forms.assign(n, LoopForm::none);
  }

  Schedule run() {
    const NodeFlags is_early = add_numbers_alone();
    for (NodeId id : program_.nodes())
      if (!is_early[index(id)]) add(id);
    if (fuses_) {
      sink();
      merge_loops(program_, schedule_);
    }
    list_nodes();
    return std::move(schedule_);
  }

 private:
  std::int32_t& step_of(NodeId id) { return schedule_.step_of[index(id)]; }
  std::int32_t step_of(NodeId id) const { return schedule_.step_of[index(id)]; }
  ScheduledStep& step_at(std::int32_t i) { return schedule_.steps[static_cast<std::size_t>(i)]; }
  const ScheduledStep& step_at(std::int32_t i) const {
    return schedule_.steps[static_cast<std::size_t>(i)];
  }
  NodeId storage(NodeId id) const { return schedule_.storage(id); }
  std::int32_t stored_in(NodeId id) const { return schedule_.step_of_storage(id); }

  // Those nodes that have one element, and nothing larger after them.
  NodeFlags add_numbers_alone() {
    NodeFlags is_early(schedule_.step_of.size());
    const auto is_early_too = [&](NodeId operand) { return is_early[index(operand)] != 0; };
    for (NodeId id : program_.nodes()) {
      if (program_.size(id) != 1 || !std::ranges::all_of(program_.operands(id), is_early_too))
        continue;
      is_early[index(id)] = true;
      add(id);
    }
    return is_early;
  }

  void add(NodeId id) {
    const Op& op = program_.op(id);
    if (const auto* view = std::get_if<IsView>(&op.kernel)) {
      const NodeId seen = storage(program_.operands(id)[view->operand]);
      // But an assignment of one variable's value to another keeps a copy: the first may be
      // assigned, too.
      if (&op == &assign_op && &program_.op(seen) == &variable_op)
        return open(id, StepKind::general, {});
      return look_at(id, seen);
    }
    if (std::holds_alternative<IsSource>(op.kernel) || &op == &group_op) return;
    if (std::holds_alternative<IsMatmul>(op.kernel)) return open(id, StepKind::product, {});
    add_to_loop(id, loop_node(program_, id));
  }

  void look_at(NodeId view, NodeId seen) {
    if (schedule_.storages.empty())
      for (NodeId id : program_.nodes()) schedule_.storages.push_back(id);
    schedule_.storages[index(view)] = seen;
  }

  void add_to_loop(NodeId id, const LoopNode& node) {
    schedule_.forms[index(id)] = node.form;
    const bool is_loop = fuses_ ? node.form != LoopForm::none : node.form == LoopForm::formula;
    if (!is_loop) return open(id, StepKind::general, {});
    if (fuses_) {
      const Latest latest = latest_operands(id, node);
      if (latest.with_moves < latest.without && can_join_with_moves(id, node, latest.with_moves)) {
        move_operands(id, latest.with_moves);
        return join(id, node, latest.with_moves);
      }
      if (latest.are_at_hand && has_room(latest.without, node.domain))
        return join(id, node, latest.without);
    }
    open(id, StepKind::loop, node.domain);
  }

  // The latest step among the operands: as things stand, and after moving those that can move.
  struct Latest {
    std::int32_t without = Schedule::none, with_moves = Schedule::none;
    bool are_at_hand = true;  // all operands of step `without`
  };
  Latest latest_operands(NodeId id, const LoopNode& node) const {
    Latest latest;
    for (NodeId operand : program_.operands(id)) {
      const std::int32_t step = stored_in(operand);
      if (step > latest.without) {
        latest.without = step;
        latest.are_at_hand = is_at_hand(operand, node);
      } else if (step == latest.without) {
        latest.are_at_hand &= is_at_hand(operand, node);
      }
      if (!is_movable(operand))
        latest.with_moves = std::max(latest.with_moves, step);
      else
        for (NodeId repeated : program_.operands(operand))
          latest.with_moves = std::max(latest.with_moves, stored_in(repeated));
    }
    return latest;
  }

  // A repeated number or row that is alone in its loop can move to any loop that wants it.
  bool is_movable(NodeId id) const {
    if (!is_repeat(schedule_.form(id)) || step_of(id) < 0) return false;
    const ScheduledStep& step = step_at(step_of(id));
    return step.kind == StepKind::loop && step.count == 1;
  }
  void move_operands(NodeId id, std::int32_t step) {
    for (NodeId operand : program_.operands(id)) {
      if (stored_in(operand) <= step) continue;
      --step_at(step_of(operand)).count;
      join(operand, loop_node(program_, operand), step);
    }
  }

  bool is_at_hand(NodeId operand, const LoopNode& reader) const {
    return schedule_.is_at_hand(program_, operand, reader);
  }
  bool has_room(std::int32_t step, const LoopDomain& domain) const {
    if (step < 0) return false;
    const ScheduledStep& loop = step_at(step);
    return loop.kind == StepKind::loop && loop.count < max_loop_nodes && loop.domain.fits(domain);
  }
  // Whether a node fits into an earlier step than that of its latest operands, which could move.
  bool can_join_with_moves(NodeId id, const LoopNode& node, std::int32_t step) const {
    if (!has_room(step, node.domain)) return false;
    LoopDomain domain = step_at(step).domain;
    std::uint32_t count = step_at(step).count + 1;
    for (NodeId operand : program_.operands(id)) {
      if (stored_in(operand) < step) continue;
      if (!is_at_hand(operand, node)) return false;
      if (stored_in(operand) == step) continue;
      const LoopDomain moved = loop_node(program_, operand).domain;
      const auto is_there = [&](NodeId repeated) { return stored_in(repeated) < step; };
      if (!domain.fits(moved) || !std::ranges::all_of(program_.operands(operand), is_there))
        return false;
      domain = domain.with(moved);
      ++count;
    }
    return count <= max_loop_nodes && domain.fits(node.domain);
  }

  void join(NodeId id, const LoopNode& node, std::int32_t step) {
    ScheduledStep& loop = step_at(step);
    loop.domain = loop.domain.with(node.domain);
    ++loop.count;
    step_of(id) = step;
  }
  void open(NodeId id, StepKind kind, const LoopDomain& domain) {
    step_of(id) = static_cast<std::int32_t>(schedule_.steps.size());
    schedule_.steps.push_back({kind, domain, 0, 1});
  }

  // Of the readers of each storage, as far as they are known.
  struct Readers {
    std::vector<std::int32_t> first_steps;
    NodeFlags are_later;  // whether one of them is in a later step than what they read

    static constexpr std::int32_t none = std::numeric_limits<std::int32_t>::max(), stays = -1;
    void keep(NodeId stored) {
      first_steps[index(stored)] = stays;
      are_later[index(stored)] = true;
    }
  };

  void sink() {
    const auto n = schedule_.step_of.size();
    Readers readers{std::vector<std::int32_t>(n, Readers::none), NodeFlags(n)};
    for (NodeId result : program_.results) readers.keep(storage(result));
    for (std::size_t i = n; i-- > 0;) {
      const NodeId id{static_cast<std::int32_t>(i)};
      if (step_of(id) < 0) {
        // Who reads a view reads what it looks at; but an assignment is a reader of its own.
        if (&program_.op(id) == &assign_op) readers.keep(storage(id));
        continue;
      }
      try_to_sink(id, readers);
      const std::int32_t own = step_of(id);
      for (NodeId operand : program_.operands(id)) {
        const NodeId stored = storage(operand);
        std::int32_t& first = readers.first_steps[index(stored)];
        first = std::min(first, own);
        if (own > step_of(stored)) readers.are_later[index(stored)] = true;
      }
    }
  }

  void try_to_sink(NodeId id, const Readers& readers) {
    const std::int32_t own = step_of(id), later = readers.first_steps[index(id)];
    if (later <= own || later == Readers::none) return;
    const LoopNode node = loop_node(program_, id);
    ScheduledStep &from = step_at(own), &to = step_at(later);
    if (from.kind != StepKind::loop || to.kind != StepKind::loop || is_sum(node.form) ||
        to.count >= max_loop_nodes || !to.domain.fits(node.domain))
      return;
    // Its operands must be in memory by then.
    for (NodeId operand : program_.operands(id))
      if (stored_in(operand) == own && !readers.are_later[index(storage(operand))]) return;
    --from.count;
    join(id, node, later);
  }

  // Steps that lost all their nodes are gone; each other gets its nodes in order.
  void list_nodes() {
    std::vector<std::int32_t> number(schedule_.steps.size(), Schedule::none);
    std::vector<ScheduledStep> steps;
    std::uint32_t first = 0;
    for (std::size_t i = 0; i < schedule_.steps.size(); ++i) {
      if (schedule_.steps[i].count == 0) continue;
      number[i] = static_cast<std::int32_t>(steps.size());
      steps.push_back(schedule_.steps[i]);
      steps.back().first = first;
      first += steps.back().count;
      steps.back().count = 0;
    }
    schedule_.nodes.resize(first);
    for (NodeId id : program_.nodes()) {
      if (step_of(id) < 0) continue;
      step_of(id) = number[static_cast<std::size_t>(step_of(id))];
      ScheduledStep& step = steps[static_cast<std::size_t>(step_of(id))];
      schedule_.nodes[step.first + step.count++] = id;
    }
    schedule_.steps = std::move(steps);
  }

  const Program& program_;
  const bool fuses_;
  Schedule schedule_;
};

}  // namespace

Schedule schedule(const Program& program, bool fuses) { return Fusing(program, fuses).run(); }

void fuse_loops(Draft& draft, const CompileContext& context) {
  draft.schedule = schedule(draft.program, context.passes.fuse_loops);
}

}  // namespace gradus
