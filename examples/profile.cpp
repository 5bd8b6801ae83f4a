// Prints the plan of one training step of the basic auto-encoder, and how long each part of it
// takes; writes a trace for Perfetto.
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "program.h"

using namespace gradus;

namespace {

struct Settings {
  std::string out = "trace.json";
  std::int64_t points = 1000, runs = 100;
  int threads = 1;
};

int run(const Settings& s) {
  const Array points = noisy_sheet(s.points, 42).points;
  // [profile]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor loss = named(reconstruction_error(ae(x), x), "loss");
  Tensor step = SGD{.learning_rate = 0.2}.minimize(loss);

  Session session(g, {.seed = 42, .threads = s.threads});
  PlanReport plan = session.plan({loss, step}, {{x, points}});
  fmt::print("{}\n", plan.to_text());

  Profile profile = session.profile({loss, step}, {{x, points}}, s.runs);
  fmt::print("{}", profile.to_text());
  profile.write_trace(s.out);
  // [profile]
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  example::Program program(
      "profile", "The plan of one training step of the basic auto-encoder, and its profile.");
  program.option("--out", settings.out, "file of the trace");
  program.option("--points", settings.points, "rows of the batch", 10, 1'000'000);
  program.option("--runs", settings.runs, "training steps that are measured", 1, 100'000);
  program.option("--threads", settings.threads, "0: one per core", 0, 1024);
  return program.run(argc, argv, [&] { return run(settings); });
}
