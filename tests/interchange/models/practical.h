// The practical's auto-encoders with a step of training, small, and the program that goes on with
// them: tests/interchange/models/train_model.cpp.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/arithmetic.h>
#include <gradus/auto_encoder.h>
#include <gradus/basic_ae.h>
#include <gradus/graph.h>
#include <gradus/losses.h>
#include <gradus/model_file.h>
#include <gradus/optimizers.h>
#include <gradus/random.h>
#include <gradus/session.h>

namespace gradus {

inline Array batch(std::int64_t number, const Shape& shape) {
  Random random(static_cast<std::uint64_t>(number), "batch");
  Array x = Array::zeros(shape);
  for (float& v : x.mutable_values<float>()) v = static_cast<float>(random.uniform(-1, 1));
  return x;
}

// A graph, and what a file of it is asked for.
struct Practical {
  Graph graph;
  std::vector<NamedTensor> tensors;

  const Tensor& operator[](std::string_view name) const {
    for (const NamedTensor& t : tensors)
      if (t.name == name) return t.tensor;
    throw std::runtime_error("there is no tensor " + std::string(name));
  }
};

inline Practical basic_ae() {
  Practical made;
  const Tensor x = made.graph.placeholder("x", {any_size, 3});
  const models::BasicAE ae(made.graph, {3, 2});
  const Tensor code = ae.encode(x), x_tilde = ae.decode(code);
  const Tensor loss = reconstruction_error(x_tilde, x);
  made.tensors = {{"x", x}, {"code", code}, {"loss", loss}, {"step", SGD{}.minimize(loss)}};
  return made;
}

inline Practical auto_encoder() {
  Practical made;
  const Tensor x = made.graph.placeholder("x", {any_size, 6});
  models::AutoEncoder ae(made.graph, {6, 4, 2});
  const Tensor x_tilde = ae(x);
  const Tensor loss = reconstruction_error(x_tilde, x) + 1e-4 * l2(ae.trainable_variables("W*"));
  made.tensors = {{"x", x},
                  {"code", ae.code()},
                  {"x_tilde", x_tilde},
                  {"loss", named(loss, "loss")},
                  {"step", Adam{}.minimize(loss)}};
  return made;
}

// So many steps on batches first, first + 1, ...
template <class Model>
void train(Session& session, const Model& model, std::int64_t first, std::int64_t steps) {
  const Tensor x = model["x"];
  for (std::int64_t i = first; i < first + steps; ++i)
    session.run(model["step"], {{x, batch(i, {5, x.shape()[1]})}});
}

}  // namespace gradus
