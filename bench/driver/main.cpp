// The driver of the benchmarks: bench/run builds and starts it.
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/file.h"
#include "measure.h"
#include "report.h"

namespace {

struct Settings {
  bench::Plan plan;
  bench::Effort effort;
  std::string only, out, json;
  std::vector<std::string> notes;
  bool no_peers = false;
};

void add_options(CLI::App& app, Settings& s) {
  s.plan.drawn = "build/digits";
  app.add_flag("--quick", s.plan.is_quick, "under a minute: few rounds, and only what goals need");
  app.add_option("--only", s.only,
                 "a subject (machine, ae, ae64, elementwise, chain, small, epoch, start), or the "
                 "beginning of an experiment's name (ae-10)");
  app.add_option("--threads", s.plan.threads, "numbers of threads: 1,2")
      ->delimiter(',')
      ->check(CLI::Range(1, 1024));
  app.add_option("--rounds", s.effort.rounds, "how often the contestants take turns")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--slice", s.effort.slice, "seconds of a turn")->check(CLI::Range(0.001, 60.0));
  app.add_flag("--no-peers", s.no_peers, "without libtorch and PyTorch");
  app.add_option("--out", s.out, "the page that is written (Markdown)");
  app.add_option("--json", s.json, "the same as JSON");
  app.add_option("--mnist", s.plan.mnist, "the folder of the MNIST files")
      ->envname("GRADUS_MNIST_DIR");
  app.add_option("--note", s.notes, "a fact NAME=VALUE for the page");
  app.add_option("--programs", s.plan.programs, "the folder of the built contestants")->required();
  app.add_option("--sources", s.plan.sources, "the folder of the Python contestants")->required();
  app.add_option("--drawn", s.plan.drawn, "the folder of the drawn digits")->capture_default_str();
}

// --only ae means the subject, not ae64's experiments too. In a hurry the step in float64, for
// which nothing must be reached, is left out unless it is named.
bool is_wanted(const Settings& s, const bench::Subject& subject, const bench::Experiment& e) {
  if (s.only.empty()) return !s.plan.is_quick || subject.name != "ae64";
  return s.only == subject.name || s.only == e.id || e.id.starts_with(s.only + "-");
}

constexpr double tolerance = 1e-4;

int measure(Settings& s, bool is_rounds_given, bool is_slice_given) {
  if (s.plan.is_quick && !is_rounds_given) s.effort.rounds = 3;
  if (s.plan.is_quick && !is_slice_given) s.effort.slice = 0.12;
  s.plan.has_peers = !s.no_peers;
  bench::Run run{.facts = bench::system_facts(),
                 .subjects = bench::subjects(s.plan),
                 .rounds = s.effort.rounds,
                 .slice = s.effort.slice,
                 .is_quick = s.plan.is_quick};
  for (const std::string& note : s.notes)
    run.facts.emplace_back(note.substr(0, note.find('=')), note.substr(note.find('=') + 1));
  bool is_right = true;
  for (const bench::Subject& subject : run.subjects)
    for (const bench::Experiment& experiment : subject.experiments) {
      if (!is_wanted(s, subject, experiment)) continue;
      fmt::print(stderr, "{}\n", experiment.id);
      const bench::Outcome outcome = bench::measure(experiment, s.effort);
      for (const bench::Contestant& c : experiment.contestants)
        if (c.package.empty() && !outcome.at(c.name).is_there()) {
          fmt::print(stderr, "{}: {} failed\n", experiment.id, c.name);
          is_right = false;
        }
      const double difference = bench::disagreement(experiment, outcome);
      if (!(difference <= tolerance)) {
        fmt::print(stderr, "{}: the contestants' values differ by {:.1e}:\n", experiment.id,
                   difference);
        for (const auto& [name, one] : outcome)
          fmt::print(stderr, "  {:<24} {:.9g}\n", name, one.value);
        is_right = false;
      }
      run.results[experiment.id] = outcome;
    }
  if (run.results.empty()) {
    fmt::print(stderr, "driver: nothing is named {}\n", s.only);
    return 2;
  }
  fmt::print("{}", bench::terminal_text(run));
  if (!s.out.empty()) gradus::write_file(s.out, bench::markdown(run));
  if (!s.json.empty()) gradus::write_file(s.json, bench::json(run));
  return is_right ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App app("Measures Gradus, a hand-written step and the peers that are installed.",
               "bench/run");
  Settings settings;
  add_options(app, settings);
  try {
    app.parse(argc, argv);
    return measure(settings, app.count("--rounds") > 0, app.count("--slice") > 0);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench/run: {}\n", error.what());
    return 2;
  }
}
