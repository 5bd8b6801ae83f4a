// GFLOP/s of matrix products: Gradus beside other libraries, measured in turn.
//
//   products --only "NT 10 x" --seconds 1
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <gradus/array.h>
#include <gradus/op/thread_pool.h>
#include <gradus/random.h>

#include "kernels/products/matmul.h"
#include "peers.h"

namespace gradus::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Arguments {
  int threads = 1;
  std::string only;
  std::string type;
  double seconds = 0.3;  // for each product
};

struct Case {
  std::string name;
  Problem problem;
};

// What an auto-encoder 784-256-64 with tied weights does in one step for a batch of b, and more.
std::vector<Case> cases() {
  std::vector<Case> all;
  const auto add = [&all](std::string_view kind, std::int64_t rows, std::int64_t columns,
                          std::int64_t depth) {
    const bool ta = kind[0] == 'T', tb = kind[1] == 'T';
    const Problem problem{{rows, columns, depth, ta, tb}, ta ? -1e-3 : 1, ta ? 0.999 : 0};
    all.push_back({fmt::format("{} {} x {} x {}", kind, rows, columns, depth), problem});
  };
  for (const std::int64_t b : {10, 100, 1000}) {
    add("NT", b, 256, 784);
    add("NN", b, 784, 256);
    add("TN", 256, 784, 2 * b);
    add("NT", b, 64, 256);
    add("NN", b, 256, 64);
    add("TN", 64, 256, 2 * b);
  }
  for (const std::int64_t rows : {1, 2}) {
    add("NT", rows, 256, 784);
    add("NN", rows, 784, 256);
  }
  add("TN", 256, 784, 1);
  add("NN", 784, 1, 256);
  add("TN", 256, 1, 784);
  for (const std::int64_t n : {4, 8, 16, 32, 64}) add("NN", n, n, n);
  for (const std::int64_t n : {128, 256, 512, 2048}) add("NN", n, n, n);
  add("NT", 512, 512, 512);
  add("TN", 512, 512, 512);
  return all;
}

template <class T>
class Gradus {
 public:
  Gradus(const Problem& problem, ThreadPool& pool)
      : problem_(problem),
        pool_(pool),
        blocks_(matmul_blocks(problem.shape, pool.threads())),
        slice_((matmul_scratch_bytes(problem.shape, dtype_of<T>(), set_) + 63) / 64 * 64),
        scratch_(Array::zeros({static_cast<std::int64_t>(slice_) * pool.threads() / 4 + 16})) {}

  void multiply(const T* a, const T* b, T* c) {
    const MatmulShape& s = problem_.shape;
    const MatmulTerm term{{a, s.transpose_a}, {b, s.transpose_b}, s.depth};
    const MatmulSum sum{s.rows, s.columns, {&term, 1}, problem_.alpha, problem_.beta};
    auto* const scratch = static_cast<std::byte*>(scratch_.mutable_data());
    pool_.parallel_for(blocks_.size(), [&](std::int64_t i) {
      product(sum, dtype_of<T>(), set_, c, blocks_[i],
              scratch + static_cast<std::size_t>(i) * slice_);
    });
  }

 private:
  InstructionSet set_ = best_instruction_set();
  Problem problem_;
  ThreadPool& pool_;
  MatmulBlocks blocks_;
  std::size_t slice_;
  Array scratch_;
};

template <class T>
Array random_values(std::int64_t count, std::string_view name) {
  Random random(7, name);
  Array x = Array::zeros({count}, dtype_of<T>());
  for (T& v : x.mutable_values<T>()) v = static_cast<T>(random.uniform(-1, 1));
  return x;
}

// What stands in one row of the table: seconds per call, the median of all rounds.
struct Contender {
  std::string name;
  std::function<void()> multiply;
  std::vector<double> seconds = {};

  double median() {
    const auto middle = seconds.begin() + std::ssize(seconds) / 2;
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
  }
};

// In turn, so that what disturbs the machine disturbs all.
void measure(std::vector<Contender>& contenders, double flops, double seconds) {
  const int calls = std::max(1, static_cast<int>(5e6 / flops));
  const Clock::time_point start = Clock::now();
  for (Contender& contender : contenders) contender.multiply();
  do
    for (Contender& contender : contenders) {
      const Clock::time_point begin = Clock::now();
      for (int i = 0; i < calls; ++i) contender.multiply();
      contender.seconds.push_back(seconds_since(begin) / calls);
    }
  while (seconds_since(start) < seconds || contenders[0].seconds.size() < 5);
}

template <class T>
void print_case(const Case& c, const Arguments& arguments, ThreadPool& pool, double peak) {
  const MatmulShape& s = c.problem.shape;
  const Array a = random_values<T>(s.rows * s.depth, "a");
  const Array b = random_values<T>(s.depth * s.columns, "b");
  const T *const from = a.values<T>().data(), *const and_from = b.values<T>().data();
  Gradus<T> gradus(c.problem, pool);
  std::vector<Array> results(1, Array::zeros({s.rows * s.columns}, dtype_of<T>()));
  const std::vector<Peer<T>> others = peers<T>();
  results.resize(1 + others.size(), results[0]);
  std::vector<Contender> contenders;
  contenders.push_back({"Gradus", [&, to = results[0].template mutable_values<T>().data()] {
                          gradus.multiply(from, and_from, to);
                        }});
  for (std::size_t n = 0; n < others.size(); ++n)
    contenders.push_back(
        {others[n].name, [&, n, to = results[n + 1].template mutable_values<T>().data()] {
           others[n].multiply(c.problem, from, and_from, to);
         }});
  const double flops = 2 * static_cast<double>(s.rows) * static_cast<double>(s.columns) *
                       static_cast<double>(s.depth);
  measure(contenders, flops, arguments.seconds);
  fmt::print("{:24}", c.name);
  double best = 0;
  for (Contender& contender : contenders) {
    const double speed = flops / contender.median() / 1e9;
    fmt::print("{:9.1f}", speed);
    if (&contender != &contenders[0]) best = std::max(best, speed);
  }
  const double own = flops / contenders[0].median() / 1e9;
  fmt::print("{:9.2f}{:9.2f}\n", own / best, own / peak);
  std::fflush(stdout);
}

template <class T>
void print_table(const Arguments& arguments, ThreadPool& pool) {
  const double peak = for_best_set<T>().peak_flops_per_second() / 1e9 * arguments.threads;
  fmt::print("{}, GFLOP/s, {} thread{}; peak {:.1f}\n", to_text(dtype_of<T>()), arguments.threads,
             arguments.threads == 1 ? "" : "s", peak);
  fmt::print("{:24}{:>9}", "rows x columns x depth", "Gradus");
  for (const Peer<T>& peer : peers<T>()) fmt::print("{:>9}", peer.name);
  fmt::print("{:>9}{:>9}\n", "of best", "of peak");
  for (const Case& c : cases())
    if (c.name.find(arguments.only) != std::string::npos) print_case<T>(c, arguments, pool, peak);
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "GFLOP/s of matrix products: Gradus beside Eigen, and OpenBLAS and oneDNN where they are "
      "installed.\n"
      "NT means: the second operand is stored transposed.");
  app.add_option("--threads", arguments.threads, "threads of each library")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--only", arguments.only, "products whose name contains this text: \"NT 10 x\"");
  app.add_option("--seconds", arguments.seconds, "time for each product")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--type", arguments.type, "float32 or float64; both by default")
      ->check(CLI::IsMember({"float32", "float64"}));
  CLI11_PARSE(app, argc, argv);
  ThreadPool pool(arguments.threads);
  set_peer_threads(arguments.threads);
  if (arguments.type != "float64") print_table<float>(arguments, pool);
  if (arguments.type != "float32") print_table<double>(arguments, pool);
  return 0;
}

}  // namespace
}  // namespace gradus::bench

int main(int argc, char** argv) { return gradus::bench::run(argc, argv); }
