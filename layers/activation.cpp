#include <gradus/activation.h>

#include <utility>

#include <gradus/activations.h>
#include <gradus/exponential.h>
#include <gradus/softmax.h>

#include "core/throw_at.h"

namespace gradus {
namespace {

struct KnownActivation {
  std::string_view name;
  Tensor (*apply)(const Tensor&);
};

constexpr KnownActivation known_activations[] = {
    {"linear", [](const Tensor& x) { return x; }},
    {"elu", [](const Tensor& x) { return elu(x); }},
    {"relu", [](const Tensor& x) { return relu(x); }},
    {"sigmoid", [](const Tensor& x) { return sigmoid(x); }},
    {"softplus", [](const Tensor& x) { return softplus(x); }},
    {"tanh", [](const Tensor& x) { return tanh(x); }},
    {"celu", [](const Tensor& x) { return celu(x); }},
    {"exp", [](const Tensor& x) { return exp(x); }},
    {"gelu", [](const Tensor& x) { return gelu(x); }},
    {"hard_sigmoid", [](const Tensor& x) { return hard_sigmoid(x); }},
    {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); }},
    {"log_sigmoid", [](const Tensor& x) { return log_sigmoid(x); }},
    {"mish", [](const Tensor& x) { return mish(x); }},
    {"selu", [](const Tensor& x) { return selu(x); }},
    {"silu", [](const Tensor& x) { return silu(x); }},
    {"softmax", [](const Tensor& x) { return softmax(x); }},
    {"softsign", [](const Tensor& x) { return softsign(x); }},
};

const KnownActivation& find(std::string_view name, SourceLocation where) {
  std::string names;
  for (const KnownActivation& a : known_activations) {
    if (a.name == name) return a;
    names += (names.empty() ? "" : ", ") + std::string(a.name);
  }
  throw_at<GraphError>(where, "activation: \"{}\" is not known; there are {}", name, names);
}

}  // namespace

Activation::Activation(std::string_view name, SourceLocation where)
    : name_(name), apply_(find(name, where).apply) {}

Activation::Activation(std::string name, std::function<Tensor(const Tensor&)> apply,
                       SourceLocation where)
    : name_(std::move(name)), apply_(std::move(apply)) {
  if (!apply_) throw_at<GraphError>(where, "activation: \"{}\" has no function", name_);
}

}  // namespace gradus
