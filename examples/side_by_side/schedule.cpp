// AdamW with a schedule, clipped gradients, and averaged weights.
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), digit = g.placeholder("digit", {any_size}, int64);
  Sequential model(g, "mlp");
  model.add(layers::Dense(model, 784, 128, {.activation = "relu"}));
  model.add(layers::Dense(model, 128, 10));
  Tensor logits = model(x);
  Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, logits));
  Tensor step = Adam{.learning_rate = cosine_decay(2e-3, 450, {.warmup_steps = 50}),
                     .weight_decay = 0.01,
                     .decayed = "W",
                     .global_clip_norm = 1}
                    .minimize(loss);
  const MovingAverage average(step, model.trainable_variables(), {.decay = 0.99});

  Session session(g, {.seed = 1});
  fit(session, average.step(), loss, {{x, train.images}, {digit, train.labels}},
      {.epochs = 5, .batch_size = 50});
  average.swap(session);
  const double right =
      evaluate(session, accuracy(digit, logits), {{x, test.images}, {digit, test.labels}});
  std::printf("%.1f %% of the test digits are recognised by the averaged weights\n", 100 * right);
  return right > 0.9 ? 0 : 1;
}
