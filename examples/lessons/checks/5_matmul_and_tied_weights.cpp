#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

std::vector<Tensor> layer_gradients(const Tensor& x, const Tensor& W, const Tensor& dy);
Tensor tied_gradient(const Tensor& x, const Tensor& W);

namespace {

const Array points({{1, 2, -1}, {0.5, -1, 2}, {0, 1, 1}, {-2, 0.25, 1}});

std::string fault_of_layer() {
  Graph g;
  const Tensor x = g.constant(points), W = g.constant({{1, 0, 2}, {0.5, -1, 1}});
  const Tensor dy = g.constant({{1, 2}, {0, 1}, {-1, 1}, {3, 0}});
  const std::vector<Tensor> got = layer_gradients(x, W, dy);
  if (got.size() != 2) return "it returns " + std::to_string(got.size()) + " gradients, not 2";
  const std::vector<Tensor> wanted =
      gradients({matmul(x, W, {.transpose_b = true})}, {x, W}, {.grad_ys = {dy}});
  const auto all = Session(g).run({got[0], got[1], wanted[0], wanted[1]});
  return first_fault({difference("dx", all[0], all[2]), difference("dW", all[1], all[3])});
}

std::string fault_of_tied() {
  for (const std::int64_t units : {1, 2, 4}) {
    Graph g;
    const Tensor x = g.constant(points);
    const Variable W = g.variable("W", glorot_uniform({units, 3}));
    const Tensor loss = reduce_sum(square(matmul(matmul(x, W, {.transpose_b = true}), W) - x));
    const auto both = Session(g, {.seed = 5}).run({tied_gradient(x, W), gradient(loss, W)});
    const std::string of = "dW of " + std::to_string(units) + " units";
    const std::string fault = difference(of, both[0], both[1], 1e-4);
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"layer_gradients",
        "Write down the three shapes: which product of two of them has the third?", fault_of_layer},
       {"tied_gradient",
        "Name the two products' results. Go back from the loss: W gets a part at each "
        "product.",
        fault_of_tied}});
}
