// Many small ops on scalars: what an op costs in a run that is repeated, beside its arithmetic.
//
//   small_ops count=3000 threads=1 seconds=1

#include <gradus/gradus.h>

#include "contestant.h"

using namespace gradus;

namespace {

int measure(const bench::Arguments& arguments) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  Variable a = g.variable("a", Array(0.75)), b = g.variable("b", Array(0.5));
  Tensor y = x;
  for (std::int64_t ops = arguments.number("count", 3000); ops > 0; ops -= 3)
    y = maximum(y * a + b, x);
  Session session(g, {.threads = static_cast<int>(arguments.number("threads", 1))});
  const Array one(1.0);
  return bench::serve(arguments, 20, [&] { return session.run(y, {{x, one}}).item<double>(); });
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
