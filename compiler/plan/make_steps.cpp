#include "make_steps.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <gradus/op/records.h>

#include "compiler/program/matmul_step.h"
#include "make_loop.h"

namespace gradus {
namespace {

void copy_whole(const KernelCall& call) {
  const std::size_t bytes =
      static_cast<std::size_t>(call.output.shape.element_count()) * size_of(call.output.dtype);
  if (bytes != 0) std::memcpy(call.result, call.inputs[0].data, bytes);
}

class StepMaker {
 public:
  StepMaker(const Draft& draft, const CompileContext& context, Plan& plan)
      : draft_(draft),
        program_(draft.program),
        context_(context),
        plan_(plan),
        builder_(draft, context, plan) {}

  void run() {
    make_loops(builder_);
    for (const Stage& stage : draft_.stages.stages) add_stage(stage);
    builder_.place_partials();
    for (Loop& loop : plan_.loops) loop.tiles = plan_.tiles.data();
    for (NodeId id : program_.nodes()) note_variables(id);
    std::ranges::sort(plan_.variables);
    const auto doubled = std::unique(plan_.variables.begin(), plan_.variables.end());
    plan_.variables.erase(doubled, plan_.variables.end());
    for (NodeId fetch : program_.results) {
      const auto [data, slot] = builder_.place(fetch);
      plan_.results.push_back({data, slot, program_.shape(fetch), program_.dtype(fetch)});
    }
    measure_scratch();
  }

 private:
  void add_stage(const Stage& stage) {
    PlanStage made{.first = static_cast<std::uint32_t>(plan_.steps.size()),
                   .count = stage.count,
                   .rows = stage.rows,
                   .granules = granules_of_rows(stage.rows, 1),
                   .chunk = chunk_of(stage),
                   .parts = 1};
    double work = 0;
    for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i) {
      const ScheduledStep& step = draft_.schedule.steps[i];
      const NodeId node = draft_.schedule.nodes_of(step).back();
      std::size_t number = loops_;
      if (step.kind == StepKind::loop) {
        ++loops_;
      } else if (step.kind == StepKind::product) {
        number = plan_.products.size();
        add_product(node);
      } else {
        number = plan_.generals.size();
        add_general(node);
      }
      plan_.steps.push_back({step.kind, static_cast<std::uint32_t>(number), program_.origin(node)});
      work += nanoseconds(step);
    }
    constexpr double worth_sharing = 10'000;
    if (work > worth_sharing) made.parts = context_.threads.threads();
    plan_.stages.push_back(made);
  }
  // As many granules as make values that fill half of an L2 cache, but so many rows that to read
  // the other operand of a product once more costs little.
  std::int64_t chunk_of(const Stage& stage) const {
    const Granules granules = granules_of_rows(stage.rows, 1);
    if (stage.rows == 0 || stage.count == 1) return granules.count;
    constexpr double cache_bytes = 512 << 10, min_rows = 128;
    std::size_t bytes = 0;  // of all rows
    for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i)
      for (NodeId id : draft_.schedule.nodes_of(draft_.schedule.steps[i]))
        if (draft_.place(id).home != Draft::Home::loop) bytes += program_.byte_count(id);
    const double chunks = std::min(static_cast<double>(bytes) / cache_bytes,
                                   static_cast<double>(stage.rows) / min_rows);
    return static_cast<std::int64_t>(
        std::ceil(static_cast<double>(granules.count) / std::max(chunks, 1.0)));
  }
  // A rough guess, to know what is not worth a barrier.
  double nanoseconds(const ScheduledStep& step) const {
    if (step.kind == StepKind::loop)
      return 0.2 * static_cast<double>(step.domain.elements) * step.count;
    if (step.kind == StepKind::general) return 0;
    return 0.02 * static_cast<double>(plan_.products.back().multiply_adds());
  }

  void add_product(NodeId id) {
    MatmulStep& step = plan_.products.emplace_back(matmul_step(program_, id, context_.set));
    const auto operands = program_.operands(id);
    const auto factors = operands.last(2 * step.terms.size());
    builder_.connect(step.result, id);
    const bool has_start = factors.size() != operands.size();
    if (has_start && (step.result == nullptr || builder_.place(operands[0]).data != step.result))
      builder_.connect(step.start, operands[0]);
    for (std::size_t k = 0; k < step.terms.size(); ++k) {
      builder_.connect(step.terms[k].a.data, factors[2 * k]);
      builder_.connect(step.terms[k].b.data, factors[2 * k + 1]);
    }
  }

  void add_general(NodeId id) {
    const Node& node = program_.node(id);
    const bool is_copy = node.op == &assign_op;
    const auto operands = is_copy ? program_.operands(id).last(1) : program_.operands(id);
    const GeneralKernel kernel =
        is_copy ? GeneralKernel{copy_whole} : std::get<GeneralKernel>(node.op->kernel);
    GeneralStep& step = plan_.generals.emplace_back(
        GeneralStep{.node = program_.origin(id),
                    .kernel = kernel,
                    .call = Call(*node.op, program_.graph->attributes(id)),
                    .inputs = std::vector<ArrayView>(operands.size()),
                    .output = {nullptr, program_.shape(id), node.dtype},
                    .result = nullptr,
                    .scratch_bytes = 0});
    builder_.connect(step.result, id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      ArrayView& view = step.inputs[k];
      view.shape = program_.shape(operands[k]);
      view.dtype = program_.dtype(operands[k]);
      if (is_copy || !node.op->reads_shape_alone(k)) builder_.connect(view.data, operands[k]);
    }
    if (kernel.scratch_bytes != nullptr)
      step.scratch_bytes = kernel.scratch_bytes({.f = step.call,
                                                 .inputs = step.inputs,
                                                 .output = step.output,
                                                 .result = step.result,
                                                 .scratch = nullptr,
                                                 .set = context_.set,
                                                 .threads = context_.threads});
  }

  void note_variables(NodeId id) {
    const Op& op = program_.op(id);
    if (&op == &variable_op) plan_.variables.push_back(program_.origin(id));
    if (&op != &assign_op) return;
    const NodeId variable = program_.operands(id)[0];
    const NodeId of_user = program_.origin(variable);
    plan_.variables.push_back(of_user);
    const Draft::Place& at = draft_.place(id);
    if (at.home == Draft::Home::variable && at.node() == variable) return;
    const auto [data, slot] = builder_.place(id);
    plan_.assignments.push_back({of_user, data, slot, program_.byte_count(id)});
  }
  void measure_scratch() {
    const std::size_t parts = static_cast<std::size_t>(context_.threads.threads());
    std::size_t each = 0, shared = 0;
    for (const Loop& loop : plan_.loops) each = std::max(each, loop.scratch_bytes());
    for (const MatmulStep& product : plan_.products) each = std::max(each, product.scratch_bytes);
    for (const GeneralStep& general : plan_.generals)
      shared = std::max(shared, general.scratch_bytes);
    plan_.scratch_bytes = (each + 63) / 64 * 64;
    plan_.all_scratch_bytes = std::max(plan_.scratch_bytes * parts, shared);
  }

  const Draft& draft_;
  const Program& program_;
  const CompileContext& context_;
  Plan& plan_;
  PlanBuilder builder_;
  std::uint32_t loops_ = 0;  // so far
};

}  // namespace

void make_steps(const Draft& draft, const CompileContext& context, Plan& plan) {
  StepMaker(draft, context, plan).run();
}

}  // namespace gradus
