#include "make_loop.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op/records.h>

#include "compiler/program/memo_per_kind.h"
#include "kernels/arrays/cast.h"
#include "ops/kernels/reduce.h"

namespace gradus {
namespace {

// What an element-wise node is in a loop: a kernel for lanes of this type, and where the numbers
// are that follow the operands.
struct LoopFormula {
  DType lanes = float32;
  TileNumber tile = 0;
  std::vector<const std::uint64_t*> parameters = {};
};

// Each node has a slot for its value, and may need one for each thing that it reads.
constexpr std::size_t max_slots =
    max_loop_nodes * (1 + std::tuple_size_v<decltype(LoopInstruction::inputs)>);
static_assert(max_slots - 1 <= std::numeric_limits<SlotNumber>::max());

class LoopMaker {
 public:
  explicit LoopMaker(PlanBuilder& builder)
      : builder_(builder),
        draft_(builder.draft),
        program_(builder.draft.program),
        plan_(builder.plan),
        set_(builder.context.set),
        formulas_(*program_.graph),
        slots_(static_cast<std::size_t>(program_.graph->node_count())) {}

  void make(const ScheduledStep& step, const Stage& stage) {
    begin(step, stage);
    choose_tile();
    for (NodeId id : nodes_) {
      add(id);
      for (SlotNumber slot : dying_) free_.push_back(slot);
      dying_.clear();
    }
    for (std::size_t k = first_sum_; k < plan_.sums.size(); ++k) reserve(plan_.sums[k]);
    loop_.buffers = buffers_;
    loop_.slots = std::span(plan_.slots).subspan(first_slot_);
    loop_.instructions = std::span(plan_.instructions).subspan(first_instruction_);
    loop_.sums = std::span(plan_.sums).subspan(first_sum_);
    plan_.loops.push_back(loop_);
  }

 private:
  // The slot of what is made elsewhere.
  struct Read {
    NodeId stored;
    SlotNumber slot;
  };
  struct NumberSlot {
    const std::uint64_t* number;
    SlotNumber slot;
  };

  void begin(const ScheduledStep& step, const Stage& stage) {
    nodes_ = draft_.schedule.nodes_of(step);
    number_ = draft_.schedule.step_of[index(nodes_[0])];
    first_slot_ = plan_.slots.size();
    first_instruction_ = plan_.instructions.size();
    first_sum_ = plan_.sums.size();
    reads_.clear();
    numbers_.clear();
    free_.clear();
    buffers_ = 0;
    loop_ = {};
    loop_.elements = step.domain.elements;
    loop_.columns = step.domain.columns;
    const bool splits_rows = stage.rows != 0 && loop_.elements % stage.rows == 0;
    if (splits_rows)
      loop_.granules = granules_of_rows(stage.rows, loop_.elements / stage.rows);
    else if (loop_.columns != 0)
      loop_.granules = granules_of_rows(loop_.elements / loop_.columns, loop_.columns);
    else
      loop_.granules = granules_of_elements(loop_.elements);
  }

  NodeId storage(NodeId id) const { return draft_.schedule.storage(id); }
  bool is_in_loop(NodeId id) const { return draft_.schedule.step_of[index(id)] == number_; }

  // Of what is read and written element by element.
  std::int64_t memory_bytes() {
    std::vector<NodeId> arrays;
    for (NodeId id : nodes_) {
      if (draft_.places[index(id)].home != Draft::Home::loop) arrays.push_back(id);
      for (NodeId operand : program_.operands(id))
        if (!is_in_loop(storage(operand))) arrays.push_back(storage(operand));
    }
    std::ranges::sort(arrays);
    arrays.erase(std::unique(arrays.begin(), arrays.end()), arrays.end());
    std::int64_t bytes = 0;
    for (NodeId id : arrays)
      if (program_.size(id) == loop_.elements)
        bytes += static_cast<std::int64_t>(program_.byte_count(id));
    return bytes;
  }

  bool has_sums_alone() const {
    return std::ranges::all_of(
        nodes_, [&](NodeId id) { return draft_.schedule.form(id) == LoopForm::total; });
  }

  // All tiles together fit the first cache; a tile has whole rows or is a part of one. Of arrays
  // that no cache holds, tiles are short: then the processor fetches the next lines of all of them
  // at once, which it does not while it goes far along each in turn.
  void choose_tile() {
    constexpr std::int64_t cache_bytes = 24 << 10, unit = 64, max_cached_bytes = 16 << 20;
    constexpr std::int64_t streamed_elements = 128, min_streamed = 1 << 16;
    std::int64_t bytes = 0;
    for (NodeId id : nodes_) bytes += static_cast<std::int64_t>(size_of(program_.dtype(id)));
    loop_.is_streamed = loop_.elements >= min_streamed && memory_bytes() > max_cached_bytes;
    const std::int64_t longest = loop_.is_streamed ? streamed_elements : max_tile_elements;
    const std::int64_t most =
        std::clamp(cache_bytes / std::max<std::int64_t>(bytes, 1) / unit * unit, unit, longest);
    // What is only added up is read once, from where it is: a longer tile costs the cache nothing.
    constexpr std::int64_t summed_elements = 1 << 14;
    loop_.tile_elements = has_sums_alone() ? summed_elements : most;
    if (loop_.columns > most) {
      const std::int64_t tiles = (loop_.columns + most - 1) / most;
      loop_.tile_elements = std::min(most, ((loop_.columns + tiles - 1) / tiles + 15) / 16 * 16);
    } else if (loop_.columns != 0) {
      loop_.tile_elements = most / loop_.columns * loop_.columns;
    }
    std::int64_t largest = 0;
    for (std::int64_t i = 0; i < loop_.granules.count; ++i)
      largest = std::max(largest, loop_.granules.begin(i + 1, loop_.elements) -
                                      loop_.granules.begin(i, loop_.elements));
    const std::int64_t tile = loop_.tile_elements;
    loop_.tiles_per_granule = loop_.columns > tile
                                  ? largest / loop_.columns * ((loop_.columns + tile - 1) / tile)
                                  : (largest + tile - 1) / tile;
  }

  SlotNumber add_slot(const LoopSlot& slot) {
    plan_.slots.push_back(slot);
    return static_cast<SlotNumber>(plan_.slots.size() - 1 - first_slot_);
  }
  // Of a value that no later node reads, or else a new one. Elements of another size need a slot of
  // their own, but no buffer.
  SlotNumber passing_slot(std::size_t bytes) {
    LoopSlot slot{.kind = LoopSlot::Kind::passing, .bytes = static_cast<std::uint8_t>(bytes)};
    if (free_.empty()) {
      slot.buffer = static_cast<std::uint16_t>(buffers_++);
      return add_slot(slot);
    }
    const SlotNumber free = free_.back();
    free_.pop_back();
    if (at(free).bytes == bytes) return free;
    slot.buffer = at(free).buffer;
    return add_slot(slot);
  }
  const LoopSlot& at(SlotNumber slot) const { return plan_.slots[first_slot_ + slot]; }

  // In memory, element by element or as `kind` says; the same memory has one slot.
  SlotNumber memory_slot(NodeId id, LoopSlot::Kind kind) {
    LoopSlot slot{.kind = kind, .bytes = static_cast<std::uint8_t>(size_of(program_.dtype(id)))};
    if (kind == LoopSlot::Kind::scalar || kind == LoopSlot::Kind::all_rows ||
        kind == LoopSlot::Kind::column)
      slot.buffer = static_cast<std::uint16_t>(buffers_++);  // filled before others pass through
    const SlotNumber number = add_slot(slot);
    builder_.connect(plan_.slots[first_slot_ + number].data, id);
    return number;
  }
  // Of a number that stands beside every element.
  SlotNumber number_slot(const std::uint64_t* number, DType dtype) {
    const auto known = std::ranges::find(numbers_, number, &NumberSlot::number);
    if (known != numbers_.end()) return known->slot;
    LoopSlot slot{.kind = LoopSlot::Kind::element,
                  .bytes = static_cast<std::uint8_t>(size_of(dtype)),
                  .data = number};
    if (loop_.elements != 1) {
      slot.kind = LoopSlot::Kind::scalar;
      slot.buffer = static_cast<std::uint16_t>(buffers_++);
    }
    numbers_.push_back({number, add_slot(slot)});
    return numbers_.back().slot;
  }

  // The slot of an operand of node `id`.
  SlotNumber input(NodeId operand, NodeId id) {
    const NodeId stored = storage(operand);
    if (is_in_loop(stored)) {
      const SlotNumber slot = slots_[index(stored)];
      const Draft::Place& place = draft_.places[index(stored)];
      if (place.home == Draft::Home::loop && place.node() == id &&
          at(slot).kind == LoopSlot::Kind::passing && std::ranges::count(dying_, slot) == 0)
        dying_.push_back(slot);
      return slot;
    }
    const auto known = std::ranges::find(reads_, stored, &Read::stored);
    if (known != reads_.end()) return known->slot;
    const bool is_array = program_.size(operand) == loop_.elements;
    reads_.push_back(
        {stored, memory_slot(stored, is_array ? LoopSlot::Kind::element : LoopSlot::Kind::scalar)});
    return reads_.back().slot;
  }

  // Where a node's tiles go: to its memory, or to a buffer of the loop.
  SlotNumber output(NodeId id) {
    const bool is_passed = draft_.places[index(id)].home == Draft::Home::loop;
    return slots_[index(id)] = is_passed ? passing_slot(size_of(program_.dtype(id)))
                                         : memory_slot(id, LoopSlot::Kind::element);
  }

  void add(NodeId id) {
    const LoopForm form = draft_.schedule.form(id);
    const auto operands = program_.operands(id);
    if (is_sum(form)) return add_sum(id, form, operands[0]);
    if (is_repeat(form)) return add_repeat(id, form, operands[0]);
    LoopInstruction instruction;
    if (form == LoopForm::cast) {
      instruction.inputs[0] = input(operands[0], id);
      instruction.tile =
          tile_number(cast_tile(program_.dtype(operands[0]), program_.dtype(id), set_));
    } else {
      add_formula(id, operands, instruction);
    }
    instruction.output = output(id);
    plan_.instructions.push_back(instruction);
  }

  // A TileNumber always suffices: there are fewer kernels than it has values.
  TileNumber tile_number(Tile tile) const {
    const auto found = std::ranges::find(plan_.tiles, tile);
    const auto number = static_cast<TileNumber>(found - plan_.tiles.begin());
    if (found == plan_.tiles.end()) plan_.tiles.push_back(tile);
    return number;
  }

  LoopFormula formula_of(NodeId id) const {
    const Op& op = program_.op(id);
    // Conditions are bool beside lanes of another type: the last operand has the lanes' type.
    const DType lanes = program_.dtype(program_.operands(id).back());
    const Tile tile = std::get<ElementwiseKernel>(op.kernel).tile(lanes, set_);
    if (tile == nullptr)
      throw InternalError(fmt::format("run: {} has no kernel for {}", op.name, to_text(lanes)));
    LoopFormula formula{.lanes = lanes, .tile = tile_number(tile)};
    const Call call(op, program_.graph->attributes(id));
    for (const Key<double>* parameter : op.parameters)
      visit(lanes, [&]<class T>(T) {
        const T number = static_cast<T>(call[*parameter]);
        std::memcpy(&plan_.numbers.emplace_back(), &number, sizeof(T));
        formula.parameters.push_back(&plan_.numbers.back());
      });
    return formula;
  }

  void add_formula(NodeId id, std::span<const NodeId> operands, LoopInstruction& instruction) {
    const LoopFormula& of_kind = formulas_.of(id, [&](NodeId first) { return formula_of(first); });
    // A comparison's kind does not tell what it compares.
    const bool fits = of_kind.lanes == program_.dtype(operands.back());
    const LoopFormula own = fits ? LoopFormula{} : formula_of(id);
    const LoopFormula& formula = fits ? of_kind : own;
    std::size_t k = 0;
    for (NodeId operand : operands) instruction.inputs[k++] = input(operand, id);
    for (const std::uint64_t* number : formula.parameters)
      instruction.inputs[k++] = number_slot(number, formula.lanes);
    instruction.tile = formula.tile;
  }

  void add_repeat(NodeId id, LoopForm form, NodeId x) {
    const SlotNumber slot =
        memory_slot(storage(x), form == LoopForm::scalar    ? LoopSlot::Kind::scalar
                                : form == LoopForm::column  ? LoopSlot::Kind::column
                                : loop_.rows_per_tile() > 0 ? LoopSlot::Kind::all_rows
                                                            : LoopSlot::Kind::row);
    if (draft_.places[index(id)].home == Draft::Home::loop) {
      slots_[index(id)] = slot;
      return;
    }
    LoopInstruction copy{.kind = LoopInstruction::Kind::copy};
    copy.inputs[0] = slot;
    copy.output = output(id);
    plan_.instructions.push_back(copy);
  }

  void add_sum(NodeId id, LoopForm form, NodeId x) {
    const DType dtype = program_.dtype(id);
    LoopInstruction instruction{.kind = LoopInstruction::Kind::sum};
    instruction.inputs[0] = input(x, id);
    instruction.output = static_cast<SlotNumber>(plan_.sums.size() - first_sum_);
    plan_.instructions.push_back(instruction);
    const ReductionKernel& kernel =
        &program_.op(id) == &reduce_sum_square_op ? sum_of_squares_kernel : sum_kernel;
    LoopSum sum{.kind = form == LoopForm::total         ? LoopSum::Kind::total
                        : form == LoopForm::sum_of_rows ? LoopSum::Kind::of_rows
                                                        : LoopSum::Kind::along_rows,
                .dtype = dtype,
                .reduce = kernel.reduce(dtype, set_),
                .fold = sum_kernel.reduce(dtype, set_),
                .add = std::get<ElementwiseKernel>(add_op.kernel).tile(dtype, set_)};
    sum.result = builder_.place(id).data;
    plan_.sums.push_back(sum);
  }

  void reserve(LoopSum& sum) {
    const std::int64_t each = sum.kind == LoopSum::Kind::total     ? loop_.tiles_per_granule
                              : sum.kind == LoopSum::Kind::of_rows ? loop_.columns
                                                                   : 0;
    const std::size_t offset = builder_.reserve_partials(
        static_cast<std::size_t>(loop_.granules.count * each) * size_of(sum.dtype));
    sum.partial = std::bit_cast<std::byte*>(offset);  // until the memory is there
  }

  PlanBuilder& builder_;
  const Draft& draft_;
  const Program& program_;
  Plan& plan_;
  const InstructionSet set_;
  MemoPerKind<LoopFormula> formulas_;
  // Of the loop that is being made; the lists keep their memory for the next.
  std::span<const NodeId> nodes_;
  std::int32_t number_ = 0;  // of the step
  std::size_t first_slot_ = 0, first_instruction_ = 0, first_sum_ = 0;
  Loop loop_;
  std::vector<SlotNumber> slots_;  // by node, of those of the loop
  std::vector<Read> reads_;
  std::vector<SlotNumber> dying_;  // of the node that is being added
  std::vector<NumberSlot> numbers_;
  std::vector<SlotNumber> free_;  // slots that pass nothing on any more
  std::uint32_t buffers_ = 0;
};

}  // namespace

void make_loops(PlanBuilder& builder) {
  LoopMaker maker(builder);
  for (const Stage& stage : builder.draft.stages.stages)
    for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i)
      if (const ScheduledStep& step = builder.draft.schedule.steps[i]; step.kind == StepKind::loop)
        maker.make(step, stage);
}

}  // namespace gradus
