// Activation: a function that a layer applies entry by entry.
//
//   layers::Dense hidden(g, 784, 128, {.activation = "relu"});
//   const Activation half{"half", [](const Tensor& x) { return 0.5 * x; }};
//   layers::Dense halved(g, 784, 128, {.activation = half});
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <gradus/tensor.h>

namespace gradus {

class Activation {
 public:
  // "linear", or the name of a function of <gradus/activations.h>, with its defaults, or "exp" or
  // "softmax" (over the last axis); GraphError otherwise.
  Activation(std::string_view name = "linear", SourceLocation where = SourceLocation::current());
  Activation(const char* name, SourceLocation where = SourceLocation::current())
      : Activation(std::string_view(name), where) {}
  Activation(const std::string& name, SourceLocation where = SourceLocation::current())
      : Activation(std::string_view(name), where) {}
  // One's own; GraphError if there is no function.
  Activation(std::string name, std::function<Tensor(const Tensor&)> apply,
             SourceLocation where = SourceLocation::current());

  const std::string& name() const { return name_; }
  Tensor operator()(const Tensor& x) const { return apply_(x); }

 private:
  std::string name_;
  std::function<Tensor(const Tensor&)> apply_;
};

}  // namespace gradus
