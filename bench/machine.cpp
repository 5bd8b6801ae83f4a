// What the machine can do: multiply-adds in registers, bytes to and from memory, and a cache line
// that goes from core to core. In a step each thread does `work` of it: floating-point operations,
// bytes or round trips.
//
//   machine what=flops32 work=2e9 threads=1 seconds=1
//
// flops32, flops64, read, triad, update, roundtrip
#include <sched.h>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "contestant.h"
#include "hand_math.h"

namespace {

using bench::lanes;
using bench::Vector;

// Twelve sums hide the latency of two multiply-adds per cycle.
template <class T>
double multiply_add(double flops) {
  constexpr int sums = 12;
  Vector<T> sum[sums];
  for (int i = 0; i < sums; ++i)
    sum[i] = bench::broadcast(static_cast<T>(i + 2));  // all different, and none at rest
  Vector<T> factor = bench::broadcast<T>(T(0.999)), term = bench::broadcast<T>(T(0.001));
  const auto rounds = static_cast<std::int64_t>(flops / (2.0 * sums * lanes<T>));
  for (std::int64_t i = 0; i < rounds; ++i)
    for (Vector<T>& s : sum) s = s * factor + term;
  double total = 0;
  for (const Vector<T>& s : sum) total += s[0];
  return total;
}

using Floats = std::vector<float>;

double read(Floats& a) {
  Vector<float> s[4] = {};
  constexpr std::size_t step = 4 * lanes<float>;
  for (std::size_t i = 0; i + step <= a.size(); i += step)
    for (std::size_t k = 0; k < 4; ++k) s[k] += bench::load(&a[i + k * lanes<float>]);
  return bench::sum<float>(s[0] + s[1] + s[2] + s[3]);
}

// a = b + c / 2 of thirds of the memory.
double triad(Floats& a) {
  const std::size_t third = a.size() / 3 / lanes<float> * lanes<float>;
  float *b = &a[third], *c = b + third;
  for (std::size_t i = 0; i < third; i += lanes<float>)
    bench::store(&a[i], bench::load(b + i) + bench::load(c + i) * 0.5F);
  return a[0];
}

double update(Floats& a) {
  for (std::size_t i = 0; i + lanes<float> <= a.size(); i += lanes<float>)
    bench::store(&a[i], bench::load(&a[i]) * 0.999F);
  return a[0];
}

// The cores that this process may use, in order.
std::vector<int> allowed_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(static_cast<std::size_t>(core), &set)) cores.push_back(core);
  return cores;
}

alignas(64) std::atomic<int> turn = 0;  // the thread that has it gives it to the next

// Bound to its core: two threads on one would wait for the scheduler.
double round_trips(std::int64_t count, int thread, int threads, int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<std::size_t>(core), &set);
  sched_setaffinity(0, sizeof set, &set);
  for (std::int64_t i = 0; i < count; ++i) {
    while (turn.load(std::memory_order_acquire) != thread) continue;
    turn.store((thread + 1) % threads, std::memory_order_release);
  }
  return static_cast<double>(count);
}

// The work of one thread.
std::function<double()> work_of(const std::string& what, double work, int thread, int threads) {
  if (what == "flops32") return [=] { return multiply_add<float>(work); };
  if (what == "flops64") return [=] { return multiply_add<double>(work); };
  if (what == "roundtrip") {
    const std::vector<int> cores = allowed_cores();
    if (std::ssize(cores) < threads) throw std::invalid_argument("more threads than cores");
    const int core = cores[static_cast<std::size_t>(thread)];
    return [=] { return round_trips(static_cast<std::int64_t>(work), thread, threads, core); };
  }
  const double bytes = what == "update" ? work / 2 : work;  // each is read and written
  const auto memory =
      std::make_shared<Floats>(static_cast<std::size_t>(bytes) / sizeof(float), 1e-3F);
  if (what == "read") return [memory] { return read(*memory); };
  if (what == "triad") return [memory] { return triad(*memory); };
  if (what == "update") return [memory] { return update(*memory); };
  throw std::invalid_argument("no such work: " + what);
}

int measure(const bench::Arguments& arguments) {
  const int threads = static_cast<int>(arguments.number("threads", 1));
  std::vector<std::function<double()>> works;
  for (int t = 0; t < threads; ++t)
    works.push_back(
        work_of(arguments.text("what", "flops32"), arguments.real("work", 1e6), t, threads));
  std::vector<double> results(works.size());
  return bench::serve(arguments, 1, [&] {
    std::vector<std::thread> others;
    for (std::size_t t = 1; t < works.size(); ++t)
      others.emplace_back([&, t] { results[t] = works[t](); });
    results[0] = works[0]();
    for (std::thread& other : others) other.join();
    return results[0];
  });
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
