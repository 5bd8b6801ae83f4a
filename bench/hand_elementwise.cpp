// sum(elu(a b + c) d - e) and its five gradients in one loop, written by hand.
//
//   hand_elementwise count=10000000 threads=1 seconds=1
#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <thread>
#include <vector>

#include "contestant.h"
#include "hand_math.h"
#include "numbers.h"

namespace {

using bench::lanes, bench::Vector;
using Vectors = std::array<std::vector<float>, 5>;

// Elements first .. last - 1, of which there are a multiple of the lanes.
double sweep(const Vectors& p, Vectors& dp, std::size_t first, std::size_t last) {
  constexpr std::size_t block = 8192;
  double total = 0;
  while (first < last) {
    const std::size_t end = std::min(last, first + block);
    Vector<float> sum{};
    for (; first < end; first += lanes<float>) {
      const auto at = [first](const std::vector<float>& v) { return bench::load(&v[first]); };
      const Vector<float> a = at(p[0]), b = at(p[1]), d = at(p[3]);
      const Vector<float> u = bench::elu<float>(a * b + at(p[2]));
      sum += u * d - at(p[4]);
      const Vector<float> dc = d * bench::elu_slope<float>(u);
      bench::store(&dp[0][first], dc * b);
      bench::store(&dp[1][first], dc * a);
      bench::store(&dp[2][first], dc);
      bench::store(&dp[3][first], u);
      bench::store(&dp[4][first], bench::broadcast(-1.0F));
    }
    total += double{bench::sum<float>(sum)};
  }
  return total;
}

int measure(const bench::Arguments& arguments) {
  const std::int64_t count = arguments.number("count", 10'000'000);
  const auto threads = static_cast<std::size_t>(arguments.number("threads", 1));
  const auto size = static_cast<std::size_t>(count);
  Vectors p, dp;
  for (std::size_t i = 0; i < p.size(); ++i) {
    p[i] = bench::numbers<float>(i, count, -0.5F, 0.5F);
    p[i].resize((size + lanes<float> - 1) / lanes<float> * lanes<float>);  // with 0
    dp[i].resize(p[i].size());
  }
  std::vector<double> sums(threads);
  return bench::serve(arguments, 2, [&] {
    const std::size_t part = p[0].size() / threads / lanes<float> * lanes<float>;
    const auto work = [&](std::size_t t) {
      sums[t] = sweep(p, dp, t * part, t + 1 == threads ? p[0].size() : (t + 1) * part);
    };
    std::vector<std::thread> others;
    for (std::size_t t = 1; t < threads; ++t) others.emplace_back(work, t);
    work(0);
    for (std::thread& other : others) other.join();
    return std::accumulate(sums.begin(), sums.end(), 0.0);
  });
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
