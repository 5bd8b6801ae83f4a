#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor jvp_by_step(const std::function<Tensor(const Tensor&)>& f, const Tensor& x, const Tensor& v,
                   double step);
Tensor softmax_vjp(const Tensor& p, const Tensor& u);

namespace {

std::string fault_of_step() {
  Graph g;
  const Tensor x = g.constant({0.5, -1, 2}, float64), v = g.constant({1, 2, -0.5}, float64);
  const auto f = [](const Tensor& t) { return square(t) * sin(t); };
  const auto both = Session(g).run({jvp_by_step(f, x, v, 1e-4), jvp({f(x)}, {x}, {v})[0]});
  return difference("J v of x^2 sin(x)", both[0], both[1], 1e-6);
}

std::string fault_of_softmax() {
  Graph g;
  const Tensor x = g.constant({1, -1, 0.5, 2}), u = g.constant({1, 0, -2, 10});
  const Tensor p = softmax(x), got = softmax_vjp(p, u);
  const auto both = Session(g).run({got, gradient(p, x, {.grad_ys = {u}})});
  // The table has 4 x 4 elements.
  const bool has_table = std::ranges::any_of(
      ancestors({got}), [&](NodeId id) { return Tensor(g.shared_state(), id).rank() > 1; });
  return first_fault({difference("u J", both[0], both[1]),
                      has_table ? "right, but by a table of all slopes" : ""});
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"jvp_by_step", "Where is x after a step along v, and where before one?", fault_of_step},
       {"softmax_vjp",
        "Write down element j of u J as a sum over i: which part of it is the same for all j?",
        fault_of_softmax}});
}
