#include <string>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor bias_gradient(const Tensor& dh);
Tensor centered_gradient(const Tensor& dy);

namespace {

std::string fault_of_bias() {
  Graph g;
  const Tensor dh = g.placeholder("dh", {any_size, any_size});
  const Tensor db = bias_gradient(dh);
  return difference("db of dh = [[1, 2], [10, 20], [100, 200]]",
                    Session(g).run(db, {{dh, Array({{1, 2}, {10, 20}, {100, 200}})}}),
                    Array({111, 222}));
}

std::string fault_of_centered() {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, any_size});
  const Tensor dy = g.placeholder("dy", {any_size, any_size});
  const Tensor y = x - reduce_mean(x, 1, true);
  const Tensor wanted = gradient(y, x, {.grad_ys = {dy}}), got = centered_gradient(dy);
  Session session(g);
  for (const Array& values :
       {Array({{1, 0, 0, 0}, {2, -1, 0.5, 2.5}}), Array({{3, 1}, {-6, 0}, {1, 1}})}) {
    const auto both = session.run({got, wanted}, {{x, Array::zeros(values.shape())}, {dy, values}});
    const std::string fault = difference("dx of dy = " + to_text(values), both[0], both[1]);
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(argc, argv,
               {{"bias_gradient", "b is read once for each row: what comes from all of them?",
                 fault_of_bias},
                {"centered_gradient",
                 "x is read twice: by the difference, and by the mean. What does each send back?",
                 fault_of_centered}});
}
