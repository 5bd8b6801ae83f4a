// Prints the formulas of the basic auto-encoder's loss and of its gradient, and explains the
// backward pass of one run: every step, every number, and the two contributions to the tied matrix.
#include <iostream>

#include <gradus/gradus.h>

using namespace gradus;

namespace {

// Whether the explanation of W's gradient holds: two contributions, checked by differences.
bool is_explained(const Explanation& explanation) {
  const ExplainedVariable& W = explanation.variables[0];
  return W.contributions.size() == 2 && W.check.ok();
}

}  // namespace

int main() {
  // [explain]
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const models::BasicAE ae(g, {3, 2});
  const Tensor loss = reconstruction_error(ae(x), x);
  std::cout << to_text(loss) << "\n\n" << to_text(gradient(loss, ae.W())) << "\n\n";

  Session session(g, {.seed = 1});
  const Array points({{0.5, -1, 2}, {1, 0.25, -0.5}});
  const Explanation explanation = explain(session, loss, {ae.W(), ae.b1()}, {{x, points}});
  std::cout << to_text(explanation);
  // [explain]
  std::cout << "\n";
  // [variables only]
  std::cout << to_text(
      explain(session, loss, {ae.W(), ae.b1()}, {{x, points}}, {.variables_only = true}));
  // [variables only]
  return is_explained(explanation) ? 0 : 1;
}
