// scripts/prove: runs all proofs and counts.
#include <fstream>
#include <iostream>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "proof/counts.h"

namespace gradus::proof {
namespace {

struct Options {
  std::uint64_t seed = 0;
  std::int64_t graphs = 2000;
  std::string json;
};

void print(const Count& count) {
  std::cout << to_text(count);
  const std::vector<std::string>& failures = count.report.failures;
  constexpr std::size_t shown = 10;
  for (std::size_t i = 0; i < failures.size() && i < shown; ++i)
    std::cout << "          " << failures[i] << "\n";
  if (failures.size() > shown)
    std::cout << "          ... and " << failures.size() - shown << " more\n";
  std::cout.flush();
}

int prove(const Options& options) {
  const std::vector<Count> counts = prove_all(options.seed, options.graphs, print);
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
  app.add_option("--seed", options.seed, "of the first random graph")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 62))
      ->capture_default_str();
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
