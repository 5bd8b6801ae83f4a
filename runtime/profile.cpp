#include <gradus/profile.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "recorder.h"

namespace gradus {
namespace {

double seconds_of(const Profile::Event& event) {
  return 1e-9 * static_cast<double>(event.end - event.begin);
}

// Of an even number of values the mean of the two in the middle.
double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double rate(std::int64_t amount, double seconds) {
  return seconds > 0 ? 1e-9 * static_cast<double>(amount) / seconds : 0;
}

std::string rate_text(double rate) { return rate > 0 ? fmt::format("{:.1f}", rate) : "-"; }

double sum_of(const std::vector<Profile::Step>& steps) {
  double sum = 0;
  for (const Profile::Step& step : steps) sum += step.seconds;
  return sum;
}

}  // namespace

Profile make_profile(PlanReport plan, std::int64_t runs, std::vector<Profile::Event> events) {
  Profile profile;
  profile.plan = std::move(plan);
  profile.runs = runs;
  profile.events = std::move(events);
  std::vector<double> of_runs(static_cast<std::size_t>(runs));
  std::vector<std::vector<double>> of_steps(profile.plan.steps.size(), of_runs);
  for (const Profile::Event& event : profile.events) {
    const auto run = static_cast<std::size_t>(event.run);
    if (event.kind == Profile::Event::Kind::run)
      of_runs[run] = seconds_of(event);
    else if (event.kind != Profile::Event::Kind::stage)
      of_steps[event.number][run] += seconds_of(event);
  }
  profile.seconds = median(of_runs);
  profile.shortest = std::ranges::min(of_runs);
  for (const std::vector<double>& of_step : of_steps)
    profile.steps.push_back({.seconds = median(of_step), .shortest = std::ranges::min(of_step)});
  const double sum = sum_of(profile.steps);
  for (std::size_t i = 0; i < profile.steps.size(); ++i) {
    Profile::Step& step = profile.steps[i];
    step.share = sum > 0 ? step.seconds / sum : 0;
    step.gflops_per_second = rate(profile.plan.steps[i].flops, step.seconds);
    step.gigabytes_per_second = rate(profile.plan.steps[i].bytes, step.seconds);
  }
  return profile;
}

std::string Profile::to_text() const {
  const double sum = sum_of(steps);
  std::string text = fmt::format(
      "{} run{} on {} thread{}: {:.2f} us each, the shortest {:.2f} us; the steps take {:.2f} "
      "us\n\n"
      "step   time us  shortest   share  GFLOP/s    GB/s  kernel\n",
      runs, runs == 1 ? "" : "s", plan.threads, plan.threads == 1 ? "" : "s", 1e6 * seconds,
      1e6 * shortest, 1e6 * sum);
  for (std::size_t i = 0; i < steps.size(); ++i)
    text += fmt::format(
        "{:4} {:9.2f} {:9.2f} {:5.1f} % {:>8} {:>7}  {}: {}\n", i + 1, 1e6 * steps[i].seconds,
        1e6 * steps[i].shortest, 100 * steps[i].share, rate_text(steps[i].gflops_per_second),
        rate_text(steps[i].gigabytes_per_second), plan.steps[i].kernel, plan.steps[i].name());
  return text;
}

}  // namespace gradus
