#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor swapped(const Variable& u, const Variable& v);
Tensor descent(const Tensor& loss, const std::vector<Variable>& variables, double learning_rate);

namespace {

std::string fault_of_swap() {
  Graph g;
  const Variable u = g.variable("u", Array({1, 2})), v = g.variable("v", Array({3, 4}));
  const Tensor node = swapped(u, v);
  Session session(g);
  session.run(node);
  return first_fault({difference("u after a run", session.value(u), Array({3, 4})),
                      difference("v after a run", session.value(v), Array({1, 2}))});
}

// Hundred steps on the lesson's points, by both.
std::string fault_of_descent() {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const models::BasicAE ae(g, {3, 2});
  const Tensor loss = reconstruction_error(ae(x), x);
  const Tensor by_hand = descent(loss, ae.variables(), 0.2);
  const Tensor by_optimizer = SGD{.learning_rate = 0.2}.minimize(loss);
  const std::vector<Feed> feeds{{x, noisy_sheet(100, 42).points}};
  Session one(g, {.seed = 42}), other(g, {.seed = 42});
  for (int i = 0; i < 100; ++i) {
    one.run(by_hand, feeds);
    other.run(by_optimizer, feeds);
    if (i != 0 && i != 99) continue;
    for (const Variable& v : ae.variables()) {
      const std::string of = v.local_name() + " after step " + std::to_string(i + 1);
      const std::string fault = difference(of, one.value(v), other.value(v));
      if (!fault.empty()) return fault;
    }
  }
  return "";
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"swapped", "When does a run read variables, and when does it assign them?", fault_of_swap},
       {"descent", "One assign() for each variable, and all of them in one group().",
        fault_of_descent}});
}
