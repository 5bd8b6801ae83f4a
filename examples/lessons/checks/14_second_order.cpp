#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor newton_step(const Tensor& loss, const Variable& w);
Tensor curvature_along(const Tensor& loss, const Variable& w, const Tensor& v);

namespace {

// e^w0 - 2 w0 + 3 w1^2 + w0 w1 / 10; its derivatives are written down by hand.
struct Bowl {
  Graph g;
  Variable w = g.variable("w", Array({0.5, -1}, float64));
  std::vector<Tensor> p = unstack(w);
  Tensor loss = exp(p[0]) - 2 * p[0] + 3 * square(p[1]) + p[0] * p[1] / 10;
};

std::string fault_of_newton() {
  Bowl bowl;
  const Tensor step = newton_step(bowl.loss, bowl.w);
  Session session(bowl.g);
  double a = 0.5, b = -1;
  for (int i = 1; i <= 4; ++i) {
    session.run(step);
    const double da = std::exp(a) - 2 + b / 10, db = 6 * b + a / 10;
    const double haa = std::exp(a), hab = 0.1, hbb = 6, det = haa * hbb - hab * hab;
    a -= (hbb * da - hab * db) / det;
    b -= (haa * db - hab * da) / det;
    const std::string fault =
        difference("w after step " + std::to_string(i) + " of e^w0 - 2 w0 + 3 w1^2 + w0 w1 / 10",
                   session.value(bowl.w), Array({a, b}, float64), 1e-9);
    if (!fault.empty()) return fault;
  }
  return "";
}

std::string fault_of_curvature() {
  Bowl bowl;
  const Tensor v = bowl.g.constant({1, 2}, float64);
  const Tensor got = curvature_along(bowl.loss, bowl.w, v);
  const double wanted = (std::exp(0.5) + 2 * 2 * 0.1 + 4 * 6) / 5;
  const bool has_table = std::ranges::any_of(
      ancestors({got}), [&](NodeId id) { return Tensor(bowl.g.shared_state(), id).rank() > 1; });
  return first_fault({difference("along (1, 2) at w = (0.5, -1)", Session(bowl.g).run(got),
                                 Array(wanted, float64), 1e-9),
                      has_table ? "right, but by the table H" : ""});
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(argc, argv,
               {{"newton_step", "solve(a, b) is the x with a x = b. Which x is wanted here?",
                 fault_of_newton},
                {"curvature_along", "The lesson has H v without H. What remains is two sums.",
                 fault_of_curvature}});
}
