// An auto-encoder whose code is bits: a step has no slope, so that it is given that of x
// (the straight-through estimator: Bengio et al., 2013).
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

Tensor bits(Tensor x) {
  return custom_gradient(cast(x > 0, float32), {{x, [](Tensor dy, Tensor, auto) { return dy; }}});
}

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Sequential model(g, "bits");
  model.add(layers::Dense(model, 784, 128, {.activation = "tanh"}))
      .add(layers::Dense(model, 128, 64))
      .add(bits)
      .add(layers::Dense(model, 64, 128, {.activation = "relu"}))
      .add(layers::Dense(model, 128, 784));
  Tensor loss = reduce_mean(square(model(x) - x));
  Tensor step = Adam{.learning_rate = 1e-3}.minimize(loss);

  Session session(g, {.seed = 1});
  fit(session, step, loss, {{x, train.images}}, {.epochs = 5, .batch_size = 50});
  const double error = evaluate(session, loss, {{x, test.images}});
  std::printf("error per pixel with a code of 64 bits: %.4f\n", error);
  return error < 0.06 ? 0 : 1;
}
