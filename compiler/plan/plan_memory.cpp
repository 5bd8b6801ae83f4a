// Where each value lies: one arena for all, by their lifetimes. Step after step, a value gets
// memory when it is made and gives it back after its last reader; a loop's result may take the
// place of what the loop reads last, and a variable's new value that of the old one.
#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include <gradus/op/records.h>

#include "compiler/pipeline.h"
#include "compiler/program/refusals.h"
#include "graph/growing_array.h"
#include "ops/shape/add_into_slice.h"

namespace gradus {
namespace {

constexpr std::size_t overflow = std::numeric_limits<std::size_t>::max();

// A block of memory for a value: whole lines of the cache, or a power of two of bytes within one.
constexpr std::size_t line = 64;
constexpr std::size_t block_of(std::size_t bytes) {
  return bytes > line / 2 ? (bytes + line - 1) / line * line
                          : std::bit_ceil(std::max<std::size_t>(bytes, 8));
}

// Memory that values leave and others take. Blocks keep their size: a plan asks for few sizes.
class Arena {
 public:
  std::size_t take(std::size_t block) {
    // A free block of at most twice the size is good enough.
    if (const auto found = free_.lower_bound(block);
        found != free_.end() && found->first <= 2 * block) {
      const std::size_t left = found->second.size() - 1, offset = found->second[left];
      if (found->first != block) larger_[offset] = found->first;
      found->second.shrink(left);
      if (left == 0) free_.erase(found);
      return offset;
    }
    const std::size_t unit = std::min(block, line), offset = (size_ + unit - 1) / unit * unit;
    if (offset < size_ || __builtin_add_overflow(offset, block, &size_)) size_ = overflow;
    return offset;
  }
  // What was taken as a block of this size.
  void give_back(std::size_t block, std::size_t offset) {
    if (!larger_.empty())
      if (const auto found = larger_.find(offset); found != larger_.end()) {
        block = found->second;
        larger_.erase(found);
      }
    free_[block].push_back(offset);
  }
  std::size_t size() const { return size_; }

 private:
  std::size_t size_ = 0;
  std::map<std::size_t, GrowingArray<std::size_t>> free_;  // by size
  std::unordered_map<std::size_t, std::size_t> larger_;    // than was asked for, by offset
};

class MemoryPlanning {
 public:
  MemoryPlanning(Draft& draft, const CompileContext& context)
      : draft_(draft),
        program_(draft.program),
        schedule_(draft.schedule),
        context_(context),
        last_readers_(static_cast<std::size_t>(program_.graph->node_count()), no_node),
        uses_(last_readers_.size()) {
    draft.places.assign(uses_.size(), {});  // of Home::loop, as long as nothing else is decided
  }

  void run() {
    find_uses();
    find_writable_variables();
    find_results();
    for (std::size_t stage = 0; stage < draft_.stages.stages.size(); ++stage) place_stage(stage);
    check_limit();
    draft_.arena_bytes = arena_.size();
  }

 private:
  static constexpr std::int32_t for_ever = std::numeric_limits<std::int32_t>::max();

  // What is known of the readers of a storage, beside the last.
  struct Use {
    bool is_held : 1 = false;        // after the last step, too
    bool leaves_loop : 1 = false;    // somebody outside of its loop needs it
    bool is_whole_read : 1 = false;  // by the last step, not element by element
    // An earlier step of the same stage reads it, too, so another thread may still be reading while
    // the last reader overwrites it.
    bool is_shared_in_stage : 1 = false;
    bool is_dying : 1 = false;  // listed in dying_
  };
  static_assert(sizeof(Use) == 1);

  NodeId storage(NodeId id) const { return schedule_.storage(id); }
  // Of those in the last step that reads a storage; no_node if there is none.
  NodeId last_reader(NodeId stored) const { return last_readers_[index(stored)]; }
  // The last step that reads it; -1 for none.
  std::int32_t last_step(NodeId stored) const {
    return uses_[index(stored)].is_held ? for_ever : step_of_reader(last_reader(stored));
  }
  std::int32_t step_of_reader(NodeId reader) const {
    return reader == no_node ? -1 : schedule_.step_of[index(reader)];
  }
  bool is_read(NodeId stored) const {
    return uses_[index(stored)].is_held || last_reader(stored) != no_node;
  }
  Draft::Place& place(NodeId id) { return draft_.places[index(storage(id))]; }
  std::int32_t step_of(NodeId id) const { return schedule_.step_of_storage(id); }
  const ScheduledStep& step(std::int32_t number) const {
    return schedule_.steps[static_cast<std::size_t>(number)];
  }

  std::uint32_t stage_of(std::int32_t step) const {
    return draft_.stages.stage_of[static_cast<std::size_t>(step)];
  }

  // Steps, and the nodes of each, ascend: the reader seen last is the last reader.
  void find_uses() {
    for (std::size_t i = 0; i < schedule_.steps.size(); ++i)
      note_readers(static_cast<std::int32_t>(i));
    for (NodeId id : program_.nodes())
      if (schedule_.step_of[index(id)] < 0) note_unmade(id, program_.op(id));
    std::ranges::sort(assignments_);
    for (NodeId assignment : assignments_) hold(assignment);
    for (NodeId result : program_.results) hold(result);
  }
  void note_unmade(NodeId id, const Op& op) {
    if (&op == &group_op)
      draft_.places[index(id)].home = Draft::Home::arena;
    else if (std::holds_alternative<IsSource>(op.kernel))
      draft_.places[index(id)].home = Draft::Home::source;
    else if (&op == &assign_op)
      assignments_.push_back(id);
  }
  void note_readers(std::int32_t reader) {
    const ScheduledStep& own_step = step(reader);
    if (own_step.kind == StepKind::loop) return note_readers_of_loop(reader, own_step);
    for (NodeId id : schedule_.nodes_of(own_step)) {
      const Op& op = program_.op(id);
      if (&op == &assign_op) assignments_.push_back(id);
      const auto operands = program_.operands(id);
      for (std::size_t k = 0; k < operands.size(); ++k)
        if (!op.reads_shape_alone(k)) note_reader(id, reader, storage(operands[k]), true);
    }
  }
  // A loop reads values, never a shape alone.
  void note_readers_of_loop(std::int32_t reader, const ScheduledStep& loop) {
    const std::int64_t elements = loop.domain.elements;
    for (NodeId id : schedule_.nodes_of(loop)) {
      const bool is_repeated = is_repeat(schedule_.form(id));
      for (NodeId operand : program_.operands(id))
        note_reader(id, reader, storage(operand),
                    is_repeated || program_.size(operand) != elements);
    }
  }
  void note_reader(NodeId id, std::int32_t reader, NodeId stored, bool is_whole) {
    const NodeId before = std::exchange(last_readers_[index(stored)], id);
    const bool is_own = schedule_.step_of[index(stored)] == reader;
    if (is_own && !is_whole) return;  // as it is with most
    Use& used = uses_[index(stored)];
    used.leaves_loop |= !is_own;
    const std::int32_t last = step_of_reader(before);
    if (reader > last) {
      used.is_whole_read = false;
      used.is_shared_in_stage = last >= 0 && stage_of(last) == stage_of(reader);
    }
    used.is_whole_read |= is_whole;
  }
  void hold(NodeId id) {
    Use& used = uses_[index(storage(id))];
    used.is_held = true;
    used.leaves_loop = true;
  }

  // Where a value is wanted by the user, it is made in the user's array. What is only looked at in
  // another shape is made there, too.
  void find_results() {
    for (std::size_t k = 0; k < program_.results.size(); ++k) {
      const NodeId stored = storage(program_.results[k]);
      Draft::Place& at = draft_.places[index(stored)];
      if (at.home != Draft::Home::loop || schedule_.step_of[index(stored)] < 0) continue;
      const bool is_sum_of_loop =
          step(step_of(stored)).kind == StepKind::loop && is_sum(schedule_.form(stored));
      if (!is_sum_of_loop) at = {Draft::Home::result, k};
    }
  }

  // A variable takes its new value in place if the old one is not read any more, and if no step
  // after it can fail: a run that fails changes nothing.
  void find_writable_variables() {
    if (!context_.assigns_in_place) return;
    std::int32_t last_general = -1;
    for (std::size_t i = 0; i < schedule_.steps.size(); ++i)
      if (schedule_.steps[i].kind == StepKind::general) last_general = static_cast<std::int32_t>(i);
    for (NodeId assignment : assignments_) {
      const NodeId variable = program_.operands(assignment)[0];
      const NodeId value = storage(program_.operands(assignment)[1]);
      const std::int32_t made = schedule_.step_of[index(value)];
      if (made <= last_general || place(value).home != Draft::Home::loop) continue;
      if (can_overwrite(variable, value, made)) {
        place(value) = {Draft::Home::variable, index(variable)};
      }
    }
  }
  bool can_overwrite(NodeId variable, NodeId value, std::int32_t made) {
    const ScheduledStep& maker = step(made);
    if (maker.kind == StepKind::loop && is_sum(schedule_.form(value))) return false;
    const NodeId stored = storage(variable);
    const Use& old = uses_[index(stored)];
    const std::int32_t last = last_step(stored);
    if (last < 0) return true;
    if (last == for_ever) return false;
    if (last < made) return stage_of(last) < stage_of(made);
    if (last > made || old.is_shared_in_stage) return false;
    if (maker.kind == StepKind::loop) return !old.is_whole_read && last_reader(stored) <= value;
    // The sum starts from the variable, and no factor is the variable or a view of it.
    const auto operands = program_.operands(value);
    return operands.size() % 2 == 1 && operands[0] == variable &&
           std::ranges::count(operands, stored, [&](NodeId id) { return storage(id); }) == 1;
  }
  std::size_t block(NodeId id) const { return block_of(program_.byte_count(id)); }

  // Whatever dies in a stage of rows leaves its memory to the stage's own values of the same size
  // at once: their rows lie in the same places, and each thread keeps to its rows.
  void place_stage(std::size_t number) {
    const Stage& stage = draft_.stages.stages[number];
    of_rows_.clear();
    gone_.clear();
    for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i)
      place_step(static_cast<std::int32_t>(i), stage);
    for (const Block& gone : gone_) arena_.give_back(gone.bytes, gone.offset);
    for (const Block& gone : of_rows_) arena_.give_back(block_of(gone.bytes), gone.offset);
  }
  void place_step(std::int32_t at, const Stage& stage) {
    const auto nodes = schedule_.nodes_of(step(at));
    const bool is_loop = step(at).kind == StepKind::loop;
    dying_.clear();
    for (NodeId id : nodes)
      for (NodeId operand : program_.operands(id)) note_dying(storage(operand), id, at);
    for (NodeId id : nodes) {
      Draft::Place& own = draft_.places[index(id)];
      if (own.home != Draft::Home::loop || (is_loop && is_passed_on(id))) {
        largest_ = std::max(largest_, program_.byte_count(id));
        if (own.home == Draft::Home::loop) own = {Draft::Home::loop, index(last_reader(id))};
        continue;
      }
      if (!take_over(id, at))
        own = {Draft::Home::arena, take(program_.byte_count(id), has_rows(id, stage))};
      if (!is_read(id)) gone_.push_back({block(id), own.at});
    }
    for (NodeId id : dying_) {
      const bool is_of_stage = step_of(id) >= static_cast<std::int32_t>(stage.first);
      if (is_of_stage && has_rows(id, stage))
        of_rows_.push_back({program_.byte_count(id), place(id).at});
      else
        gone_.push_back({block(id), place(id).at});
    }
  }
  // From tile to tile, to readers in the loop alone.
  bool is_passed_on(NodeId id) const {
    return !uses_[index(id)].leaves_loop && is_read(id) && !is_sum(schedule_.form(id));
  }
  std::size_t take(std::size_t bytes, bool has_rows) {
    const auto left = has_rows ? std::ranges::find(of_rows_, bytes, &Block::bytes) : of_rows_.end();
    if (left == of_rows_.end()) return arena_.take(block_of(bytes));
    const std::size_t offset = left->offset;
    of_rows_.erase(left);
    return offset;
  }
  // Reader `id` of step `at` may be the last.
  void note_dying(NodeId stored, NodeId id, std::int32_t at) {
    if (last_reader(stored) != id || draft_.places[index(stored)].home != Draft::Home::arena)
      return;
    Use& used = uses_[index(stored)];
    if (used.is_held || used.is_dying || schedule_.step_of[index(stored)] == at) return;
    used.is_dying = true;
    dying_.push_back(stored);
  }
  // Whether a value has rows of its own for each row of the stage.
  bool has_rows(NodeId id, const Stage& stage) const {
    if (stage.rows == 0 || program_.size(id) % stage.rows != 0) return false;
    const NodeId stored = storage(id);
    if (step(step_of(id)).kind != StepKind::loop) return true;
    const LoopForm form = schedule_.form(stored);
    return form != LoopForm::total && form != LoopForm::sum_of_rows;
  }
  // A loop writes over what it reads for the last time, element by element; a slice is added into
  // what is read for the last time.
  bool take_over(NodeId id, std::int32_t at) {
    if (step(at).kind == StepKind::loop && is_sum(schedule_.form(id))) return false;
    const auto found = std::ranges::find_if(dying_, [&](NodeId old) {
      return step(at).kind == StepKind::loop ? can_write_over(old, id) : can_add_into(old, id);
    });
    if (found == dying_.end()) return false;
    place(id) = place(*found);
    dying_.erase(found);
    return true;
  }

  bool can_write_over(NodeId old, NodeId id) const {
    const Use& used = uses_[index(old)];
    return !used.is_whole_read && !used.is_shared_in_stage && last_reader(old) <= id &&
           program_.byte_count(old) == program_.byte_count(id) &&
           size_of(program_.dtype(old)) == size_of(program_.dtype(id));
  }
  bool can_add_into(NodeId old, NodeId id) const {
    const auto operands = program_.operands(id);
    return &program_.op(id) == &add_into_slice_op && storage(operands[0]) == old &&
           storage(operands[1]) != old;
  }

  // Values that stay inside a loop count, too: one larger than memory would take too long to
  // compute.
  void check_limit() const {
    const std::size_t needed = std::max(arena_.size(), largest_);
    if (needed <= context_.memory_limit) return;
    const NodeId largest = *std::ranges::max_element(
        schedule_.nodes, {}, [&](NodeId id) { return program_.byte_count(id); });
    refuse_memory(needed, context_.memory_limit, program_, largest, context_.graph, context_.where);
  }

  Draft& draft_;
  const Program& program_;
  const Schedule& schedule_;
  const CompileContext& context_;
  std::vector<NodeId> last_readers_;  // by storage
  std::vector<Use> uses_;             // by storage
  std::vector<NodeId> assignments_;
  // For the current stage: values that die in a step; memory left by the stage's own row-wise
  // values, for reuse at exactly that size; blocks freed when it ends.
  struct Block {
    std::size_t bytes, offset;
  };
  std::vector<NodeId> dying_;
  std::vector<Block> of_rows_;
  std::vector<Block> gone_;
  Arena arena_;
  std::size_t largest_ = 0;  // of the values that are not in the arena
};

}  // namespace

void plan_memory(Draft& draft, const CompileContext& context) {
  MemoryPlanning(draft, context).run();
}

}  // namespace gradus
