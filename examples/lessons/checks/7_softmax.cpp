#include <string>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor stable_softmax(const Tensor& x);
Tensor log_sum_exp(const Tensor& x);
Tensor mean_cross_entropy_gradient(const Tensor& labels, const Tensor& x);

namespace {

// In this order a row may not be shifted by another row's largest.
const Array rows({{1, 2, 3}, {1001, 1002, 1003}, {-1000, -1001, -1000}, {0, 500, 90}});

std::string fault_of_rows(Tensor (*answer)(const Tensor&), Tensor (*wanted)(const Tensor&)) {
  for (std::int64_t i = 0; i < 4; ++i) {
    Graph g;
    const Tensor x = g.constant(rows.rows(i, i + 1));
    const auto both = Session(g).run({answer(x), wanted(x)});
    const std::string fault = difference("of " + to_text(rows.rows(i, i + 1)), both[0], both[1]);
    if (!fault.empty()) return fault;
  }
  Graph g;
  const Tensor x = g.constant(rows);
  const auto both = Session(g).run({answer(x), wanted(x)});
  return difference("of all four rows at once", both[0], both[1]);
}

std::string fault_of_gradient() {
  Graph g;
  const Tensor labels = g.constant({{0, 1, 0}, {1, 0, 0}, {0, 0, 1}, {1, 0, 0}});
  const Tensor x = g.constant({{1, 2, 3}, {0, -1, 1}, {2, 2, 2}, {5, 0, 1}});
  const Tensor loss = reduce_mean(softmax_cross_entropy_with_logits(labels, x));
  const auto both = Session(g).run({mean_cross_entropy_gradient(labels, x), gradient(loss, x)});
  return difference("the gradient", both[0], both[1]);
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"stable_softmax",
        "What may be taken away from each row without changing its softmax? Keep its axis.",
        [] { return fault_of_rows(stable_softmax, [](const Tensor& x) { return softmax(x); }); }},
       {"log_sum_exp", "Write e^x as e^m e^(x - m): which part of the logarithm leaves the sum?",
        [] {
          return fault_of_rows(log_sum_exp, [](const Tensor& x) { return reduce_logsumexp(x, 1); });
        }},
       {"mean_cross_entropy_gradient",
        "Part 4 of the lesson has it for one row. What does a mean hand to each row?",
        fault_of_gradient}});
}
