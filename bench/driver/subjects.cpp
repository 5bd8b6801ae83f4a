#include "subjects.h"

#include <fmt/format.h>

#include "../machine_work.h"
#include "../numbers.h"
#include "contestants.h"

namespace bench {
namespace {

constexpr double micro = 1e6, milli = 1e3;

std::string threads_text(int threads) {
  return threads == 1 ? "1 thread" : fmt::format("{} threads", threads);
}

// The pair of numbers of a row that depends on the batch; B = 10, 100, 1000.
struct Bound {
  double must, aim;
};
struct Bounds {
  Bound limit, hand, pytorch, libtorch;
};

const std::vector<std::int64_t> batches{10, 100, 1000};

std::optional<Bound> limit_of(int threads, std::size_t batch) {
  constexpr Bound one[] = {{1.45, 1.26}, {1.22, 1.12}, {1.22, 1.13}};
  constexpr Bound two[] = {{2.0, 1.35}, {1.30, 1.16}, {1.25, 1.15}};
  if (threads == 1) return one[batch];
  if (threads == 2) return two[batch];
  return {};
}
constexpr Bound over_pytorch[] = {{6, 7}, {1.65, 1.8}, {1.2, 1.33}};
constexpr Bound over_libtorch[] = {{2.7, 3.3}, {1.45, 1.57}, {1.15, 1.24}};

Goal with(Goal goal, const std::optional<Bound>& bound) {
  if (bound) goal.must = bound->must, goal.aim = bound->aim;
  return goal;
}

// time / (FLOPs / peak): the peak does machine_flops per thread in a step of its own.
double limit_scale(std::int64_t batch, int threads) {
  return machine_flops * threads / ae_step_flops(batch);
}

std::string ae_id(const std::string& name, std::int64_t batch, int threads) {
  return fmt::format("{}-{}-{}", name, batch, threads);
}

Experiment ae_experiment(const Plan& plan, const std::string& name, std::int64_t batch,
                         int threads) {
  const bool is_double = name == "ae64";
  const Words arguments{fmt::format("batch={}", batch),
                        fmt::format("dtype={}", is_double ? "float64" : "float32")};
  Experiment e{.id = ae_id(name, batch, threads)};
  e.contestants = {
      hand_program(plan, peak, "machine", {is_double ? "what=flops64" : "what=flops32"}, threads),
      gradus_program(plan, "ae_step", arguments, threads),
      hand_program(plan, by_hand, "hand_step", arguments, threads)};
  if (!is_double && batch == 10) {
    Words adam = arguments;
    adam.emplace_back("optimizer=adam");
    e.contestants.push_back(gradus_program(plan, "ae_step", adam, threads));
    e.contestants.back().name = "Gradus, Adam";
    e.contestants.back().agrees = false;
  }
  // A quick run leaves out what no goal needs.
  if (!plan.has_peers || (plan.is_quick && (threads != 1 || is_double))) return e;
  for (const Setting& setting : settings(threads)) {
    if (setting.keeps_memory || !plan.is_quick)
      e.contestants.push_back(libtorch_program(plan, "torch_step", setting, arguments, threads));
    if (!setting.keeps_memory || !plan.is_quick)
      e.contestants.push_back(pytorch_program(plan, "torch_step.py", setting, arguments, threads));
  }
  return e;
}

void add_ae_goals(Subject& s, const std::string& name, std::size_t b, int threads) {
  const std::int64_t batch = batches[b];
  const std::string id = ae_id(name, batch, threads);
  const std::string where = fmt::format("B = {}, {}", batch, threads_text(threads));
  const bool is_double = name == "ae64";
  s.goals.push_back(with({.what = where + ": time over the FLOP limit",
                          .experiment = id,
                          .of = {gradus},
                          .over = peak,
                          .scale = limit_scale(batch, threads)},
                         is_double ? std::nullopt : limit_of(threads, b)));
  s.goals.push_back(with({.what = where + ": time over the hand-written step",
                          .experiment = id,
                          .of = {gradus},
                          .over = by_hand},
                         is_double ? std::nullopt : std::optional<Bound>({1.05, 1.00})));
  if (is_double || threads != 1) return;
  s.goals.push_back(with({.what = where + ": times as fast as PyTorch as shipped",
                          .experiment = id,
                          .of = {"PyTorch, as shipped"},
                          .over = gradus,
                          .is_to_be_large = true},
                         over_pytorch[b]));
  s.goals.push_back(with({.what = where + ": times as fast as the best-tuned libtorch",
                          .experiment = id,
                          .of = {"libtorch, tuned", "libtorch, tuned, BLIS"},
                          .over = gradus,
                          .is_to_be_large = true},
                         over_libtorch[b]));
}

Subject ae_subject(const Plan& plan, const std::string& name) {
  Subject s{.name = name};
  s.title = name == "ae64" ? "The same step in float64" : "A training step of the auto-encoder";
  s.text =
      name == "ae64"
          ? "Half as many numbers fit into a vector, so the limit is twice the time."
          : "784-256-64-256-784, tied weights, ELU, L2 term, plain SGD, float32; B is the "
            "batch. The FLOP limit is the step's 2,203,648 floating-point operations per "
            "image at the machine's peak of the same round. The step by hand multiplies up to "
            "32 rows of a thread itself; for more it calls Gradus' product, so there the ratio "
            "to it is what the framework adds, and the one to the limit tells of the product.";
  for (const int threads : plan.threads) {
    Table table{.title = threads_text(threads)};
    for (std::size_t b = 0; b < batches.size(); ++b) {
      s.experiments.push_back(ae_experiment(plan, name, batches[b], threads));
      table.columns.push_back({.label = fmt::format("B = {}", batches[b]),
                               .experiment = s.experiments.back().id,
                               .scale = micro,
                               .unit = "µs",
                               .over = peak,
                               .over_scale = limit_scale(batches[b], threads)});
      add_ae_goals(s, name, b, threads);
    }
    s.tables.push_back(table);
  }
  if (name == "ae64") return s;
  for (const int threads : plan.threads)
    s.goals.push_back(with({.what = fmt::format("B = 10, {}: Adam over SGD", threads_text(threads)),
                            .experiment = ae_id(name, 10, threads),
                            .of = {"Gradus, Adam"},
                            .over = gradus},
                           threads == 1 ? std::optional<Bound>({1.6, 1.3}) : std::nullopt));
  s.goals.push_back(with({.what = "B = 1000: peak memory",
                          .experiment = ae_id(name, 1000, plan.threads.front()),
                          .of = {gradus},
                          .scale = 1e-6,
                          .unit = "MB",
                          .quantity = Quantity::memory},
                         Bound{35, 25}));
  return s;
}

Subject elementwise_subject(const Plan& plan) {
  Subject s{.name = "elementwise",
            .title = "Element-wise work",
            .text =
                "sum(elu(a b + c) d - e) and its five gradients, vectors of 10,000,000 "
                "float32. By hand it is one loop, at the limit of the memory."};
  for (const int threads : plan.threads) {
    const std::string id = fmt::format("elementwise-{}", threads);
    Experiment e{.id = id};
    e.contestants = {gradus_program(plan, "elementwise", {}, threads),
                     hand_program(plan, by_hand, "hand_elementwise", {}, threads)};
    if (plan.has_peers && !plan.is_quick)
      for (const Setting& setting : {settings(1)[0], settings(1)[1]})
        e.contestants.push_back(libtorch_program(plan, "torch_elementwise", setting, {}, threads));
    if (plan.is_quick) e.slice = 0.25;
    s.experiments.push_back(e);
    s.tables.push_back({threads_text(threads),
                        {{.label = "value and gradients",
                          .experiment = id,
                          .scale = milli,
                          .unit = "ms",
                          .over = by_hand}}});
    s.goals.push_back(with({.what = threads_text(threads) + ": time over the hand-fused loop",
                            .experiment = id,
                            .of = {gradus},
                            .over = by_hand},
                           Bound{1.2, 1.1}));
  }
  return s;
}

Subject chain_subject(const Plan& plan) {
  Subject s{.name = "chain",
            .title = "A deep graph",
            .text =
                "A chain of pairs of (add a number, elu) on one element: built, "
                "differentiated, compiled and run once, in a process of its own. DyNet, the "
                "fastest peer here, takes 0.75 s and 566 MB for 1,000,000 pairs."};
  for (const std::int64_t pairs : {1'000'000, 10'000'000}) {
    if (pairs > 1'000'000 && plan.is_quick) break;
    const std::string id = fmt::format("chain-{}", pairs);
    Experiment e{.id = id, .is_cold = true, .rounds = plan.is_quick || pairs > 1'000'000 ? 1 : 3};
    e.contestants = {gradus_program(plan, "chain", {fmt::format("pairs={}", pairs)}, 1)};
    s.experiments.push_back(e);
    s.tables.push_back(
        {fmt::format("{} pairs", pairs),
         {{.label = "all of it", .experiment = id, .scale = 1, .unit = "s", .over = {}}}});
    const bool is_long = pairs > 1'000'000;
    const Goal time{.what = fmt::format("{} pairs: time", pairs),
                    .experiment = id,
                    .of = {gradus},
                    .unit = "s"};
    Goal memory{.what = fmt::format("{} pairs: peak memory", pairs),
                .experiment = id,
                .of = {gradus},
                .scale = 1e-6,
                .unit = "MB",
                .quantity = Quantity::memory};
    s.goals.push_back(with(time, is_long ? std::optional<Bound>() : Bound{0.75, 0.25}));
    s.goals.push_back(with(memory, is_long ? std::optional<Bound>() : Bound{570, 250}));
    if (is_long) s.goals[2].aim = 2.75, s.goals[3].aim = 2750;  // linear, within a tenth
  }
  return s;
}

Subject small_subject(const Plan& plan) {
  Subject s{.name = "small",
            .title = "Small ops",
            .text =
                "3,000 ops on scalars, in a run that is repeated; and a run of three, which is "
                "little but a run."};
  constexpr double count = 3000;
  s.experiments = {{.id = "small-1"}, {.id = "small-run"}};
  s.experiments[0].contestants = {gradus_program(plan, "small_ops", {"count=3000"}, 1)};
  s.experiments[1].contestants = {gradus_program(plan, "small_ops", {"count=3"}, 1)};
  s.tables.push_back({"1 thread",
                      {{.label = "one op",
                        .experiment = "small-1",
                        .scale = 1e9 / count,
                        .unit = "ns",
                        .over = {}},
                       {.label = "a run of three ops",
                        .experiment = "small-run",
                        .scale = 1e9,
                        .unit = "ns",
                        .over = {}}}});
  s.goals.push_back(with({.what = "time per op",
                          .experiment = "small-1",
                          .of = {gradus},
                          .scale = 1e9 / count,
                          .unit = "ns"},
                         Bound{30, 15}));
  s.goals.push_back({.what = "time of a run of three ops",
                     .experiment = "small-run",
                     .of = {gradus},
                     .scale = 1e9,
                     .unit = "ns",
                     .must = 1000});
  return s;
}

Subject epoch_subject(const Plan& plan) {
  Subject s{.name = "epoch",
            .title = "An epoch on MNIST",
            .text =
                "55,000 images, batch 10: the files are read, the images shuffled, and every "
                "batch is a step of SGD. "};
  s.text += plan.mnist.empty() ? "The digits are drawn ones, in files of MNIST's format."
                               : "The digits are MNIST's.";
  for (const int threads : plan.threads) {
    const std::string id = fmt::format("epoch-{}", threads);
    Words arguments{"drawn=" + plan.drawn.string()};
    if (!plan.mnist.empty()) arguments.push_back("mnist=" + plan.mnist);
    Experiment e{.id = id, .rounds = plan.is_quick ? 1 : 5, .slice = 0.001};
    e.contestants = {gradus_program(plan, "epoch", arguments, threads)};
    s.experiments.push_back(e);
    s.tables.push_back(
        {threads_text(threads),
         {{.label = "epoch", .experiment = id, .scale = 1, .unit = "s", .over = {}}}});
    s.goals.push_back(with(
        {.what = threads_text(threads) + ": time", .experiment = id, .of = {gradus}, .unit = "s"},
        threads == 1   ? std::optional<Bound>({1.9, 1.5})
        : threads == 2 ? std::optional<Bound>({1.3, 0.85})
                       : std::nullopt));
  }
  return s;
}

Subject start_subject(const Plan& plan) {
  Subject s{.name = "start",
            .title = "From the start of the process to the end of the first step",
            .text =
                "The auto-encoder's step at B = 10 on one thread; a process is started, does "
                "one step and ends."};
  const Words arguments{"batch=10", "first=1"};
  Experiment e{.id = "start-1", .is_cold = true, .rounds = plan.is_quick ? 5 : 15};
  e.contestants = {gradus_program(plan, "ae_step", arguments, 1),
                   hand_program(plan, by_hand, "hand_step", arguments, 1)};
  if (plan.has_peers && !plan.is_quick) {
    e.contestants.push_back(libtorch_program(plan, "torch_step", settings(1)[0], arguments, 1));
    e.contestants.push_back(pytorch_program(plan, "torch_step.py", settings(1)[0], arguments, 1));
  }
  for (Contestant& c : e.contestants) c.agrees = false;
  s.experiments.push_back(e);
  s.tables.push_back({"1 thread",
                      {{.label = "whole process",
                        .experiment = "start-1",
                        .scale = milli,
                        .unit = "ms",
                        .over = by_hand}}});
  s.goals.push_back(with({.what = "whole process",
                          .experiment = "start-1",
                          .of = {gradus},
                          .scale = milli,
                          .unit = "ms"},
                         Bound{25, 10}));
  return s;
}

Subject machine_subject(const Plan& plan) {
  Subject s{.name = "machine",
            .title = "The machine",
            .text =
                "Multiply-adds in registers, and memory that no cache holds: read; a = b + c "
                "/ 2 (three arrays counted); a = c a (read and written)."};
  const auto add = [&](const std::string& what, const std::string& name, int threads) {
    const std::string id = fmt::format("machine-{}-{}", what, threads);
    Experiment e{.id = id};
    e.contestants = {hand_program(plan, name, "machine", {"what=" + what}, threads)};
    e.contestants.back().agrees = false;
    s.experiments.push_back(e);
  };
  for (const int threads : plan.threads)
    for (const char* what : {"flops32", "flops64", "read", "triad", "update"})
      add(what, what, threads);
  return s;
}

}  // namespace

std::vector<Subject> subjects(const Plan& plan) {
  return {machine_subject(plan),     ae_subject(plan, "ae"), ae_subject(plan, "ae64"),
          elementwise_subject(plan), chain_subject(plan),    small_subject(plan),
          epoch_subject(plan),       start_subject(plan)};
}

}  // namespace bench
