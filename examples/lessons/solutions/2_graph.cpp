#include <cstdint>
#include <vector>

#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

Tensor eighth_power(const Tensor& x) {
  const Tensor second = x * x, fourth = second * second;
  return fourth * fourth;
}

// Operands have smaller ids than their readers. From y down, each node has been marked by all its
// readers when it is reached.
std::int64_t nodes_behind(const Tensor& y) {
  std::vector<Tensor> marked(index(y.id()) + 1);
  marked[index(y.id())] = y;
  std::int64_t count = 0;
  for (std::size_t i = marked.size(); i-- > 0;) {
    if (!marked[i]) continue;
    ++count;
    for (const Tensor& operand : operands_of(marked[i])) marked[index(operand.id())] = operand;
  }
  return count;
}

}  // namespace lesson
