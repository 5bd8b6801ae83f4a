#include <cstddef>
#include <vector>

#include <gradus/gradus.h>

namespace lesson {

using namespace gradus;

// Both are read as they were before the run.
Tensor swapped(const Variable& u, const Variable& v) { return group({assign(u, v), assign(v, u)}); }

Tensor descent(const Tensor& loss, const std::vector<Variable>& variables, double learning_rate) {
  const std::vector<Tensor> d = gradients(loss, variables);
  std::vector<Operand> updates;
  for (std::size_t i = 0; i < d.size(); ++i)
    updates.emplace_back(assign(variables[i], variables[i] - learning_rate * d[i]));
  return group(updates);
}

}  // namespace lesson
