// scripts/prove: runs all proofs and counts.
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <gradus/op_table.h>

#include "proof/check_derivatives.h"
#include "proof/check_values.h"
#include "proof/faults.h"
#include "proof/random_graph.h"
#include "proof/special_values.h"

namespace gradus::proof {
namespace {

struct Options {
  std::uint64_t seed = 0;
  std::int64_t graphs = 2000;
  std::string json;
};

// One line of the result.
struct Count {
  std::string key, label;
  Report report;
};

Report of_all_proofs(Report (*check)(const Proof&)) {
  Report report;
  for (const Proof& proof : all_proofs()) report += check(proof);
  return report;
}

int prove(const Options& options) {
  std::vector<Count> counts;
  const auto count = [&](std::string key, std::string label, Report report) {
    std::cout << fmt::format("{:>8}  {}\n", report.checked, label);
    constexpr std::size_t shown = 10;
    for (std::size_t i = 0; i < report.failures.size() && i < shown; ++i)
      std::cout << "          " << report.failures[i] << "\n";
    if (report.failures.size() > shown)
      std::cout << "          ... and " << report.failures.size() - shown << " more\n";
    std::cout.flush();
    counts.push_back({std::move(key), std::move(label), std::move(report)});
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
        fmt::format("random graphs, seeds {} to {}", options.seed,
                    options.seed + static_cast<std::uint64_t>(options.graphs) - 1),
        check_random_graphs(options.seed, options.graphs));

  std::size_t failures = 0;
  nlohmann::ordered_json json;
  for (const Count& c : counts) {
    failures += c.report.failures.size();
    json[c.key] = c.report.checked;
  }
  json["failures"] = failures;
  if (!options.json.empty()) {
    std::ofstream file(options.json);
    file << json.dump(2) << "\n";
    if (!file.flush()) {
      std::cerr << "prove: cannot write " << options.json << "\n";
      return 2;
    }
  }
  std::cout << (failures == 0 ? "All hold.\n" : fmt::format("{} do not hold.\n", failures));
  return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gradus::proof

int main(int argc, char** argv) {
  gradus::proof::Options options;
  CLI::App app("Checks every op against what nobody derived from it, and counts what was checked.");
  app.add_option("--seed", options.seed, "of the first random graph")->capture_default_str();
  app.add_option("--graphs", options.graphs, "how many random graphs")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000'000}))
      ->capture_default_str();
  app.add_option("--json", options.json, "also write the counts into this file");
  try {
    app.parse(argc, argv);
    return gradus::proof::prove(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "prove: " << error.what() << "\n";
    return 1;
  }
}
