// Activation: a function that a layer applies entry by entry.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <gradus/tensor.h>

namespace gradus {

// activation("elu"), or one's own: {"halved", [](const Tensor& x) { return 0.5 * x; }}.
struct Activation {
  std::string name;
  std::function<Tensor(const Tensor&)> apply;
};

// "linear", "elu", "relu", "sigmoid", "softplus" or "tanh"; GraphError otherwise.
Activation activation(std::string_view name, SourceLocation where = SourceLocation::current());

}  // namespace gradus
