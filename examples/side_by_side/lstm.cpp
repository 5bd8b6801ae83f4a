// An LSTM that reads digits row by row.
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), digit = g.placeholder("digit", {any_size}, int64);
  layers::LSTM lstm(g, 28, 64);
  layers::Dense out(g, 64, 10);
  Tensor logits = out(lstm(reshape(x, {-1, 28, 28})));
  Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, logits));
  Tensor step = Adam{.learning_rate = 5e-3, .global_clip_norm = 1}.minimize(loss);

  Session session(g, {.seed = 1});
  fit(session, step, loss, {{x, train.images}, {digit, train.labels}},
      {.epochs = 3, .batch_size = 50});
  const double right =
      evaluate(session, accuracy(digit, logits), {{x, test.images}, {digit, test.labels}});
  std::printf("%.1f %% of the test digits are recognised\n", 100 * right);
  return right > 0.8 ? 0 : 1;
}
