#include <gradus/plan_report.h>

#include <iterator>

#include <fmt/format.h>

#include "core/memory.h"

namespace gradus {
namespace {

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
