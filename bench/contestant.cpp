#include "contestant.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace bench {
namespace {

// The first step after a pause finds cold caches and sleeping threads.
double median_of_steps(const std::function<double()>& step, double seconds) {
  std::vector<double> times;
  const double start = now();
  for (double before = start; times.empty() || before - start < seconds;) {
    step();
    const double after = now();
    times.push_back(after - before);
    before = after;
  }
  if (times.size() > 2) times.erase(times.begin());
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

Arguments::Arguments(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos)
      throw std::invalid_argument("not of the form name=value: " + word);
    values_[word.substr(0, equals)] = word.substr(equals + 1);
  }
}

std::string Arguments::text(const std::string& name, const std::string& by_default) const {
  const auto found = values_.find(name);
  return found == values_.end() ? by_default : found->second;
}

std::int64_t Arguments::number(const std::string& name, std::int64_t by_default) const {
  const auto found = values_.find(name);
  return found == values_.end() ? by_default : std::stoll(found->second);
}

double Arguments::real(const std::string& name, double by_default) const {
  const auto found = values_.find(name);
  return found == values_.end() ? by_default : std::stod(found->second);
}

int run(int argc, char** argv, int (*program)(const Arguments&)) {
  try {
    return program(Arguments(argc, argv));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 2;
  }
}

int serve(const Arguments& arguments, int warm_up, const std::function<double()>& step) {
  if (arguments.number("first", 0) != 0) {
    step();
    return 0;
  }
  for (int i = 0; i < warm_up; ++i) step();
  std::printf("ready %.9g\n", step());
  std::fflush(stdout);
  const double once = arguments.real("seconds", 0);
  if (once > 0) {
    std::printf("time %.9g\n", median_of_steps(step, once));
  } else {
    for (std::string line; std::getline(std::cin, line);) {
      std::istringstream words(line);
      std::string word;
      double seconds = 0;
      if (!(words >> word >> seconds) || word != "slice") break;
      std::printf("time %.9g\n", median_of_steps(step, seconds));
      std::fflush(stdout);
    }
  }
  std::printf("memory %lld\n", static_cast<long long>(peak_memory()));
  return 0;
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
  return 0;
}

}  // namespace bench
