#include <gradus/plan_report.h>

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <gradus/op/records.h>
#include <gradus/text.h>

#include "compiler/compile.h"
#include "compiler/program/fused_ops.h"
#include "core/memory.h"
#include "ops/shape/add_into_slice.h"

namespace gradus {
namespace {

class Reporting {
 public:
  Reporting(const Draft& draft, const Plan& plan, const CompileContext& context)
      : draft_(draft),
        program_(draft.program),
        plan_(plan),
        context_(context),
        named_(named_copy(draft.program, context.graph)) {}

  PlanReport run() {
    PlanReport report;
    for (const PlanStage& stage : plan_.stages) {
      for (std::uint32_t i = stage.first; i < stage.first + stage.count; ++i)
        report.steps.push_back(step(i, report.stages.size()));
      report.stages.push_back(
          {.rows = stage.rows, .chunks = chunks_of(stage), .threads = parts_of(stage)});
    }
    report.threads = context_.threads.threads();
    report.arena_bytes = plan_.arena_bytes;
    report.scratch_bytes = plan_.all_scratch_bytes;
    for (std::size_t i = 0; i < plan_.results.size(); ++i) {
      const Result& result = plan_.results[i];
      if (result.data == nullptr && result.slot == plan_.key.placeholders.size() + i) continue;
      report.copied_bytes +=
          static_cast<std::size_t>(result.shape.element_count()) * size_of(result.dtype);
    }
    for (const Assignment& assignment : plan_.assignments)
      report.copied_bytes += assignment.byte_count;
    return report;
  }

 private:
  PlanReport::Step step(std::uint32_t number, std::size_t stage) const {
    const ScheduledStep& scheduled = draft_.schedule.steps[number];
    const auto nodes = draft_.schedule.nodes_of(scheduled);
    PlanReport::Step step{.kernel = scheduled.kind == StepKind::product ? "product"
                                    : scheduled.kind == StepKind::loop
                                        ? "loop"
                                        : std::string(program_.op(nodes[0]).name),
                          .stage = stage,
                          .parts = parts(plan_.steps[number], plan_.stages[stage]),
                          .bytes = bytes(scheduled)};
    for (NodeId id : nodes) step.values.push_back(value(id));
    if (scheduled.kind == StepKind::product)
      step.flops = 2 * plan_.products[plan_.steps[number].number].multiply_adds();
    else if (scheduled.kind == StepKind::loop)
      for (NodeId id : nodes) step.flops += flops_in_loop(id);
    return step;
  }

  PlanReport::Value value(NodeId id) const {
    const Draft::Place& place = draft_.place(id);
    PlanReport::Value value{.name = named_->name(id),
                            .formula = call_text(named_->tensor(id)),
                            .dtype = program_.dtype(id),
                            .shape = program_.shape(id)};
    if (place.home == Draft::Home::arena) {
      value.place = PlanReport::Value::Place::arena;
      value.offset = place.at;
    } else if (place.home == Draft::Home::variable) {
      value.place = PlanReport::Value::Place::variable;
      value.variable = context_.graph.name(program_.origin(place.node()));
    } else if (place.home == Draft::Home::result) {
      value.place = PlanReport::Value::Place::result;
    }
    return value;
  }

  int parts(const PlanStep& step, const PlanStage& stage) const {
    if (step.kind == StepKind::general) return 1;
    const int most = parts_of(stage);
    if (stage.rows != 0) return most;
    const std::int64_t parts = step.kind == StepKind::loop
                                   ? plan_.loops[step.number].granules.count
                                   : plan_.products[step.number].block_count(most);
    return static_cast<int>(std::clamp<std::int64_t>(parts, 1, most));
  }

  static std::int64_t chunks_of(const PlanStage& stage) {
    if (stage.rows == 0) return 1;
    std::int64_t chunks = 0;
    const std::int64_t parts = parts_of(stage), count = stage.granules.count;
    for (std::int64_t i = 0; i < parts; ++i)
      chunks += (count * (i + 1) / parts - count * i / parts + stage.chunk - 1) / stage.chunk;
    return chunks;
  }
  std::int64_t flops_in_loop(NodeId id) const {
    const std::int64_t each = operations_of(program_.op(id));
    const LoopForm form = draft_.schedule.form(id);
    if (form == LoopForm::formula) return each * program_.size(id);
    return is_sum(form) ? each * program_.size(program_.operands(id)[0]) : 0;
  }

  // Whether a slice of an array is all that is read and written of it.
  bool is_in_place(NodeId id) const {
    const auto operands = program_.operands(id);
    return &program_.op(id) == &add_into_slice_op && draft_.place(id).home == Draft::Home::arena &&
           draft_.place(operands[0]).home == Draft::Home::arena &&
           draft_.place(id).at == draft_.place(operands[0]).at;
  }

  // Numbers that the user wrote are part of the code.
  std::int64_t bytes(const ScheduledStep& step) const {
    const auto nodes = draft_.schedule.nodes_of(step);
    if (is_in_place(nodes[0]))
      return static_cast<std::int64_t>(3 * program_.byte_count(program_.operands(nodes[0])[1]));
    std::vector<NodeId> read;
    std::size_t bytes = 0;
    for (NodeId id : nodes) {
      if (draft_.place(id).home != Draft::Home::loop) bytes += program_.byte_count(id);
      const auto operands = program_.operands(id);
      const bool is_copy = &program_.op(id) == &assign_op;
      for (std::size_t k = is_copy ? 1 : 0; k < operands.size(); ++k)
        if (!program_.op(id).reads_shape_alone(k) &&
            program_.graph->literal(operands[k]) == nullptr &&
            draft_.schedule.step_of_storage(operands[k]) !=
                draft_.schedule.step_of[index(nodes[0])])
          read.push_back(draft_.schedule.storage(operands[k]));
    }
    std::ranges::sort(read);
    read.erase(std::unique(read.begin(), read.end()), read.end());
    for (NodeId id : read) bytes += program_.byte_count(id);
    return static_cast<std::int64_t>(bytes);
  }

  const Draft& draft_;
  const Program& program_;
  const Plan& plan_;
  const CompileContext& context_;
  const std::shared_ptr<GraphState> named_;
};

// "600 FLOP", "62.72 MFLOP".
std::string flops_text(std::int64_t flops) {
  constexpr const char* units[] = {"", "k", "M", "G", "T", "P", "E"};
  if (flops < 10'000) return fmt::format("{} FLOP", flops);
  auto amount = static_cast<double>(flops);
  std::size_t unit = 0;
  for (; amount >= 999.95 && unit + 1 < std::size(units); ++unit) amount /= 1000;
  return fmt::format("{:.4g} {}FLOP", amount, units[unit]);
}

std::string traffic_text(std::int64_t bytes) { return bytes_text(static_cast<std::size_t>(bytes)); }

std::string count_text(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// "1000 rows in 6 chunks, "
std::string rows_text(const PlanReport::Stage& stage) {
  if (stage.rows == 0) return "";
  const std::string chunks =
      stage.chunks > stage.threads ? fmt::format(" in {} chunks", stage.chunks) : "";
  return fmt::format("{} rows{}, ", stage.rows, chunks);
}

std::string place_text(const PlanReport::Value& value) {
  switch (value.place) {
    case PlanReport::Value::Place::arena:
      return fmt::format("  arena {}", value.offset);
    case PlanReport::Value::Place::variable:
      return fmt::format("  variable {}", value.variable);
    case PlanReport::Value::Place::result:
      return "  result";
    case PlanReport::Value::Place::loop:
      break;
  }
  return "";
}

}  // namespace

PlanReport report_plan(const Draft& draft, const Plan& plan, const CompileContext& context) {
  return Reporting(draft, plan, context).run();
}

std::string PlanReport::Step::name() const {
  return values.size() == 1 ? values[0].name
                            : fmt::format("{} (+{})", values.back().name, values.size() - 1);
}

std::int64_t PlanReport::flops() const {
  std::int64_t sum = 0;
  for (const Step& step : steps) sum += step.flops;
  return sum;
}
std::int64_t PlanReport::bytes() const {
  std::int64_t sum = 0;
  for (const Step& step : steps) sum += step.bytes;
  return sum;
}

std::string PlanReport::to_text() const {
  std::string text = fmt::format(
      "{} in {}, {}: {}, {} read and written\n"
      "arena {}, scratch {}, copied at the end {}\n",
      count_text(steps.size(), "step"), count_text(stages.size(), "stage"),
      count_text(static_cast<std::size_t>(threads), "thread"), flops_text(flops()),
      traffic_text(bytes()), bytes_text(arena_bytes), bytes_text(scratch_bytes),
      bytes_text(copied_bytes));
  std::size_t stage = stages.size();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (step.stage != stage) {
      stage = step.stage;
      text += fmt::format("\nstage {}: {}{}\n", stage + 1, rows_text(stages[stage]),
                          count_text(static_cast<std::size_t>(stages[stage].threads), "thread"));
    }
    text +=
        fmt::format("{:3}. {}: {}{}{}\n", i + 1, step.kernel,
                    step.flops == 0 ? "" : flops_text(step.flops) + ", ", traffic_text(step.bytes),
                    step.parts == 1 ? "" : fmt::format(", {} parts", step.parts));
    for (const Value& value : step.values)
      text += fmt::format("       {} = {}  {} {}{}\n", value.name, value.formula,
                          gradus::to_text(value.dtype), gradus::to_text(value.shape),
                          place_text(value));
  }
  return text;
}

}  // namespace gradus
