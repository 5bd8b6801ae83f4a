#include <cmath>
#include <string>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

double largest_rate(double curvature);
Tensor momentum_step(const Tensor& loss, const Variable& w, const Variable& velocity, double rate,
                     double momentum);

namespace {

double after_steps(double curvature, double rate) {
  Graph g;
  const Variable x = g.variable("x", Array(1, float64));
  const Tensor step = SGD{.learning_rate = rate}.minimize(curvature / 2 * square(x));
  Session session(g);
  for (int i = 0; i < 50; ++i) session.run(step);
  return std::abs(session.value(x).item<double>());
}

std::string fault_of_rate() {
  for (const double curvature : {1.0, 10.0, 400.0}) {
    const double rate = largest_rate(curvature);
    const double below = after_steps(curvature, 0.99 * rate);
    const double above = after_steps(curvature, 1.01 * rate);
    if (!(below < 1 && above > 1))
      return fmt::format(
          "curvature {}: from x = 1, 50 steps with 0.99 times this rate lead to {:.3g}, with 1.01 "
          "times to {:.3g}; the first should be below 1, the second above",
          curvature, below, above);
  }
  return "";
}

std::string fault_of_momentum() {
  Graph g;
  const Variable w = g.variable("w", Array({1, -2})), v = g.variable("v", Array({0, 0}));
  const Variable z = g.variable("z", Array({1, -2}));
  const auto loss = [](const Tensor& t) { return reduce_sum(square(t) + square(square(t))); };
  const Tensor by_hand = momentum_step(loss(w), w, v, 0.01, 0.9);
  const Tensor wanted = SGD{.learning_rate = 0.01, .momentum = 0.9}.minimize(loss(z), {z});
  Session session(g);
  for (int i = 1; i <= 20; ++i) {
    session.run(by_hand);
    session.run(wanted);
    const std::string of = fmt::format("w after step {}", i);
    const std::string fault = difference(of, session.value(w), session.value(z));
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(argc, argv,
               {{"largest_rate", "What does one step make of x? When is that as far from 0 as x?",
                 fault_of_rate},
                {"momentum_step",
                 "A run reads variables as they were before it. Which tensor is the new velocity?",
                 fault_of_momentum}});
}
