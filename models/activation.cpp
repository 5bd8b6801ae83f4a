#include <gradus/activation.h>

#include <gradus/activations.h>

#include "core/throw_at.h"

namespace gradus {

Activation activation(std::string_view name, SourceLocation where) {
  static const Activation known[] = {
      {"linear", [](const Tensor& x) { return x; }},
      {"elu", [](const Tensor& x) { return elu(x); }},
      {"relu", [](const Tensor& x) { return relu(x); }},
      {"sigmoid", [](const Tensor& x) { return sigmoid(x); }},
      {"softplus", [](const Tensor& x) { return softplus(x); }},
      {"tanh", [](const Tensor& x) { return tanh(x); }},
  };
  std::string names;
  for (const Activation& a : known) {
    if (a.name == name) return a;
    names += (names.empty() ? "" : ", ") + a.name;
  }
  throw_at<GraphError>(where, "activation: \"{}\" is not known; there are {}", name, names);
}

}  // namespace gradus
