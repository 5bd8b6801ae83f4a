// sum(elu(a b + c) d - e) and its five gradients over long vectors.
//
//   elementwise count=10000000 threads=1 seconds=1
#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "contestant.h"
#include "numbers.h"

using namespace gradus;

namespace {

int measure(const bench::Arguments& arguments) {
  const std::int64_t count = arguments.number("count", 10'000'000);
  Graph g;
  std::vector<Tensor> p;
  for (std::uint64_t i = 0; i < 5; ++i)
    p.emplace_back(g.variable(std::string(1, static_cast<char>('a' + i)),
                              Array({count}, bench::numbers<float>(i, count, -0.5F, 0.5F))));
  Tensor y = reduce_sum(elu(p[0] * p[1] + p[2]) * p[3] - p[4]);
  std::vector<Tensor> fetches{y};
  for (const Tensor& dy : gradients(y, p)) fetches.push_back(dy);
  Session session(g, {.threads = static_cast<int>(arguments.number("threads", 1))});
  std::vector<Array> results;
  return bench::serve(arguments, 2, [&] {
    results = session.run(fetches);
    return results[0].item<double>();
  });
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
