// A deep graph: pairs of (add a number, elu) in a chain, built, differentiated, compiled and run
// once. Writes "time SECONDS" and "memory BYTES", of which it is the only user.
//
//   chain pairs=1000000
#include <cstdio>

#include <gradus/gradus.h>

#include "contestant.h"

using namespace gradus;

namespace {

int measure(const bench::Arguments& arguments) {
  const double start = bench::now();
  Graph g;
  Variable x = g.variable("x", Array({0.5}));
  Tensor y = x;
  for (std::int64_t i = arguments.number("pairs", 1'000'000); i > 0; --i) y = elu(y + 1e-7);
  Tensor dx = gradient(reduce_sum(y), x);
  Session session(g, {.threads = static_cast<int>(arguments.number("threads", 1))});
  const double slope = session.run(dx).item<double>();
  const double end = bench::now();
  std::printf("ready %.9g\ntime %.9g\nmemory %lld\n", slope, end - start,
              static_cast<long long>(bench::peak_memory()));
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
