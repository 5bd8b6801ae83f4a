// Sequential: layers one after the other.
//
//   Sequential model(g);
//   model.add(layers::Conv2D(model, 1, 32, 3, {.activation = "relu"}))
//       .add(layers::MaxPool2D())
//       .add(layers::Flatten())
//       .add(layers::Dropout(0.5))
//       .add(layers::Dense(model, 13 * 13 * 32, 10));
//   Tensor logits = model(x, {.training = true});
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gradus/call_options.h>
#include <gradus/module.h>

namespace gradus {

// What is called with a tensor and gives one: layers, models, functions of one's own.
template <class T>
concept Layer =
    std::invocable<const T&, const Tensor&> || std::invocable<const T&, const Tensor&, CallOptions>;

class Sequential : public Module {
 public:
  explicit Sequential(const Parent& parent, const std::string& name = "sequential",
                      SourceLocation where = SourceLocation::current())
      : Module(parent, name, where) {}

  // A layer that has variables is made with this model, so that they are the model's.
  template <Layer T>
  Sequential& add(T layer) {
    layers_.push_back([layer = std::move(layer)](Operand x, CallOptions options) -> Tensor {
      if constexpr (std::invocable<const T&, Operand, CallOptions>)
        return layer(x, options);
      else if constexpr (std::invocable<const T&, Operand>)
        return layer(x);
      else
        return layer(x.tensor());
    });
    return *this;
  }

  // The last layer's result; x, if there is none.
  Tensor operator()(Operand x, CallOptions options = {}) const;

 private:
  std::vector<std::function<Tensor(Operand, CallOptions)>> layers_;
};

namespace layers {

// Each row of the batch as one row of numbers: [batch, ...] becomes [batch, n].
class Flatten {
 public:
  Tensor operator()(Operand x) const;
};

}  // namespace layers
}  // namespace gradus
