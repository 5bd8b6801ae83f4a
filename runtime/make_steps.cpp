#include <algorithm>
#include <cstring>
#include <new>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/memory.h>
#include <gradus/op.h>
#include <gradus/state.h>

#include "draft.h"

namespace gradus {
namespace {

std::shared_ptr<std::byte[]> allocate(std::size_t bytes) {
  constexpr std::align_val_t alignment{64};
  void* memory = ::operator new(std::max<std::size_t>(bytes, 1), alignment, std::nothrow);
  if (memory == nullptr) throw MemoryError(fmt::format("run: no memory for {}", bytes_text(bytes)));
  return {static_cast<std::byte*>(memory), [](std::byte* p) { ::operator delete(p, alignment); }};
}

void copy_whole(const KernelCall& call) {
  const std::size_t bytes =
      static_cast<std::size_t>(call.output.shape.element_count()) * size_of(call.output.dtype);
  if (bytes != 0) std::memcpy(call.result, call.inputs[0].data, bytes);
}

// Turns the nodes of a draft into steps, one after the other.
class StepMaker {
 public:
  StepMaker(const Draft& draft, Plan& plan) : draft_(draft), plan_(plan) {
    // Step inputs are pointed at by feed slots: the lists must not move while they grow.
    std::size_t pointers = 0, formulas = 0;
    for (NodeId id : draft.order)
      if (const Op& op = *draft.node(id).op; std::holds_alternative<ElementwiseKernel>(op.kernel)) {
        pointers += op.operands.size() + op.parameters.size();
        ++formulas;
      }
    plan.pointers.reserve(pointers);
    plan.elementwise.reserve(formulas);
    plan.arena = allocate(draft.arena_bytes);
  }

  void add(NodeId id) {
    const Kernel& kernel = draft_.node(id).op->kernel;
    if (const auto* formula = std::get_if<ElementwiseKernel>(&kernel))
      add_formula(id, *formula);
    else if (const auto* general = std::get_if<GeneralKernel>(&kernel))
      add_general(id, *general);
    else if (draft_.node(id).op == &assign_op && draft_.storage[index(id)] == id)
      add_copy(id);
    if (draft_.node(id).op == &assign_op) add_assignment(id);
    if (draft_.node(id).op == &variable_op || draft_.node(id).op == &assign_op)
      plan_.variables.push_back(
          draft_.node(id).op == &variable_op ? id : draft_.graph().operands(id)[0]);
  }

  void finish() {
    for (NodeId fetch : draft_.key.fetches) {
      const auto [data, feed] = place(fetch);
      plan_.results.push_back({data, feed, draft_.shape(fetch), draft_.node(fetch).dtype});
    }
    std::ranges::sort(plan_.variables);
    const auto doubled = std::unique(plan_.variables.begin(), plan_.variables.end());
    plan_.variables.erase(doubled, plan_.variables.end());

    std::size_t scratch = 0;
    for (const GeneralStep& step : plan_.general) scratch = std::max(scratch, step.scratch_bytes);
    if (scratch != 0) plan_.scratch = allocate(scratch);
  }

 private:
  struct Place {
    const void* data;
    std::size_t feed;
  };

  Place place(NodeId id) const {
    const NodeId storage = draft_.storage[index(id)];
    const Node& node = draft_.node(storage);
    if (node.op == &placeholder_op) return {nullptr, draft_.feed_of(storage)};
    if (node.op == &variable_op) return {draft_.context.place_of(storage), 0};
    if (node.op == &constant_op)
      return {std::get<Array>(draft_.graph().attributes(storage)[0].value).data(), 0};
    return {plan_.arena.get() + draft_.offsets[index(storage)], 0};
  }

  // Sets a step's pointer now, or in each run if it leads to a feed.
  void connect(const void*& pointer, NodeId id) {
    const auto [data, feed] = place(id);
    pointer = data;
    if (data == nullptr) plan_.feed_slots.push_back({feed, &pointer});
  }

  // A number repeated for a whole tile, once per plan and value.
  const void* splat(const Array& number) {
    for (const auto& [known, tile] : splats_)
      if (known == number) return tile;
    Array tile = Array::uninitialized({tile_length}, number.dtype());
    const std::size_t bytes = size_of(number.dtype());
    auto* out = static_cast<std::byte*>(tile.mutable_data());
    for (std::size_t i = 0; i < static_cast<std::size_t>(tile_length); ++i)
      std::memcpy(out + i * bytes, number.data(), bytes);
    plan_.splats.push_back(std::move(tile));
    splats_.emplace_back(number, plan_.splats.back().data());
    return plan_.splats.back().data();
  }

  void add_formula(NodeId id, const ElementwiseKernel& formula) {
    const Node& node = draft_.node(id);
    const auto operands = draft_.graph().operands(id);
    // Conditions are bool beside lanes of another type: the last operand has the lanes' type.
    const DType lanes = draft_.node(operands.back()).dtype;
    ElementwiseStep step{.tile = formula.tile(lanes, draft_.context.set),
                         .output = plan_.arena.get() + draft_.offsets[index(id)],
                         .n = draft_.shape(id).element_count(),
                         .first_input = static_cast<std::uint32_t>(plan_.pointers.size()),
                         .arity = static_cast<std::uint8_t>(formula.arity()),
                         .output_bytes = static_cast<std::uint8_t>(size_of(node.dtype)),
                         .input_bytes = {}};
    if (step.tile == nullptr)
      throw InternalError(
          fmt::format("run: {} has no kernel for {}", node.op->name, to_text(lanes)));
    std::size_t k = 0;
    for (NodeId operand : operands) {
      const bool is_number = draft_.shape(operand).rank() == 0 && draft_.shape(id).rank() != 0;
      plan_.pointers.push_back(nullptr);
      if (is_number)
        plan_.pointers.back() = splat(number_of(operand));
      else
        connect(plan_.pointers.back(), operand);
      step.input_bytes[k++] = is_number
                                  ? std::uint8_t{0}
                                  : static_cast<std::uint8_t>(size_of(draft_.node(operand).dtype));
    }
    const Call call(*node.op, draft_.graph().attributes(id));
    for (const Key<double>* parameter : node.op->parameters) {
      plan_.pointers.push_back(splat(full({}, call[*parameter], lanes)));
      step.input_bytes[k++] = 0;
    }
    plan_.steps.push_back({true, static_cast<std::uint32_t>(plan_.elementwise.size())});
    plan_.elementwise.push_back(step);
  }

  const Array& number_of(NodeId id) const {
    if (const Array* literal = draft_.graph().literal(id)) return *literal;
    throw InternalError(
        fmt::format("run: the scalar \"{}\" was not broadcast", draft_.graph().name(id)));
  }

  GeneralStep& add_step(NodeId id, const GeneralKernel& kernel, std::span<const NodeId> inputs) {
    const Node& node = draft_.node(id);
    plan_.steps.push_back({false, static_cast<std::uint32_t>(plan_.general.size())});
    GeneralStep& step = plan_.general.emplace_back(
        GeneralStep{.node = id,
                    .kernel = kernel,
                    .call = Call(*node.op, draft_.graph().attributes(id)),
                    .inputs = std::vector<ArrayView>(inputs.size()),
                    .output = {nullptr, draft_.shape(id), node.dtype},
                    .result = plan_.arena.get() + draft_.offsets[index(id)],
                    .scratch_bytes = 0});
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      ArrayView& view = step.inputs[k];
      view.shape = draft_.shape(inputs[k]);
      view.dtype = draft_.node(inputs[k]).dtype;
      if (!node.op->reads_shape_alone(k) || kernel.run == copy_whole) connect(view.data, inputs[k]);
    }
    if (kernel.scratch_bytes != nullptr)
      step.scratch_bytes = kernel.scratch_bytes({.f = step.call,
                                                 .inputs = step.inputs,
                                                 .output = step.output,
                                                 .result = step.result,
                                                 .scratch = nullptr,
                                                 .set = draft_.context.set,
                                                 .threads = draft_.context.threads});
    return step;
  }

  void add_general(NodeId id, const GeneralKernel& kernel) {
    add_step(id, kernel, draft_.graph().operands(id));
  }
  void add_copy(NodeId id) {
    add_step(id, GeneralKernel{copy_whole}, draft_.graph().operands(id).last(1));
  }

  void add_assignment(NodeId id) {
    const NodeId variable = draft_.graph().operands(id)[0];
    for (const Assignment& other : plan_.assignments)
      if (other.variable == variable)
        throw GraphError(at_line(
            fmt::format("run: variable \"{}\" is assigned twice", draft_.graph().name(variable)),
            draft_.context.where));
    const auto [data, feed] = place(id);
    plan_.assignments.push_back({variable, data, feed, draft_.byte_count(variable)});
  }

  const Draft& draft_;
  Plan& plan_;
  std::vector<std::pair<Array, const void*>> splats_;
};

}  // namespace

void make_steps(const Draft& draft, Plan& plan) {
  StepMaker maker(draft, plan);
  for (NodeId id : draft.order) maker.add(id);
  maker.finish();
}

}  // namespace gradus
