#include "proof/counts.h"

#include <fmt/format.h>

#include <gradus/op/table.h>

#include "proof/check_derivatives.h"
#include "proof/check_values.h"
#include "proof/faults.h"
#include "proof/random_graph.h"
#include "proof/special_values.h"

namespace gradus::proof {
namespace {

Report of_all_proofs(Report (*check)(const Proof&)) {
  Report report;
  for (const Proof& proof : all_proofs()) report += check(proof);
  return report;
}

}  // namespace

std::string to_text(const Count& count) {
  return fmt::format("{:>8}  {}\n", count.report.checked, count.label);
}

std::vector<Count> prove_all(std::uint64_t first_seed, std::int64_t graphs,
                             const std::function<void(const Count&)>& tell) {
  std::vector<Count> counts;
  const auto count = [&](std::string key, std::string label, Report report) {
    counts.push_back({std::move(key), std::move(label), std::move(report)});
    tell(counts.back());
  };
  count("ops", "ops in the table", {.checked = std::ssize(all_ops()), .failures = {}});
  count("composites", "functions written over ops",
        {.checked = std::ssize(all_composites()), .failures = {}});
  count("values", "cases of values against the oracles", of_all_proofs(check_values));
  count("derivatives", "Jacobians of first and second order against differences",
        of_all_proofs(check_derivatives));
  count("special_values", "special values at positions 0 to 16",
        of_all_proofs(check_special_values));
  count("faults", "faults planted into gradient rules and noticed", of_all_proofs(plant_faults));
  count("random_graphs",
        fmt::format("random graphs, seeds {} to {}", first_seed,
                    first_seed + static_cast<std::uint64_t>(graphs) - 1),
        check_random_graphs(first_seed, graphs));
  return counts;
}

}  // namespace gradus::proof
