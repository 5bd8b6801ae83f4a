#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor attention(const Tensor& Q, const Tensor& K, const Tensor& V);
Tensor causal_attention(const Tensor& Q, const Tensor& K, const Tensor& V, const Tensor& visible);

namespace {

const Array Q({{1, 0, 2}, {0, -1, 1}, {3, 1, 0}}), K({{1, 1, 0}, {0, 2, 1}, {-1, 0, 1}}),
    V({{10, 0}, {20, 1}, {30, 5}});

// Number by number; `seen` is how many keys each query may look at.
Array by_loops(const std::vector<std::size_t>& seen) {
  const auto q = Q.values<float>(), k = K.values<float>(), v = V.values<float>();
  std::vector<double> y;
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0, first = 0, second = 0;
    for (std::size_t j = 0; j < seen[i]; ++j) {
      double score = 0;
      for (std::size_t d = 0; d < 3; ++d) score += double{q[3 * i + d]} * k[3 * j + d];
      const double weight = std::exp(score / std::sqrt(3.0));
      sum += weight;
      first += weight * v[2 * j];
      second += weight * v[2 * j + 1];
    }
    y.push_back(first / sum);
    y.push_back(second / sum);
  }
  return Array({3, 2}, y);
}

std::string fault_of_all() {
  Graph g;
  const Tensor y = attention(g.constant(Q), g.constant(K), g.constant(V));
  return difference("y of three queries and keys", Session(g).run(y), by_loops({3, 3, 3}), 1e-4);
}

std::string fault_of_causal() {
  Graph g;
  const Tensor visible = g.constant({{1, 0, 0}, {1, 1, 0}, {1, 1, 1}}, boolean);
  const Tensor y = causal_attention(g.constant(Q), g.constant(K), g.constant(V), visible);
  return difference("y of three queries and keys", Session(g).run(y), by_loops({1, 2, 3}), 1e-4);
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"attention", "The shapes say which operand is transposed. What divides the scores?",
        fault_of_all},
       {"causal_attention",
        "Hide scores before softmax, so that the weights that are left still sum to 1.",
        fault_of_causal}});
}
