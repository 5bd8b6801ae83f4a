// A step of training that is written by hand, in a loop of one's own.
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
  const std::vector<Variable> weights = model.trainable_variables();
  const std::vector<Tensor> slopes = gradients(loss, weights);
  std::vector<Operand> moves;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    Variable velocity =
        g.variable(weights[i].name() + "/velocity", zeros(weights[i].shape()), false);
    Tensor next = 0.9 * velocity - 0.05 * slopes[i];
    moves.emplace_back(assign(velocity, next));
    moves.emplace_back(assign(weights[i], weights[i] + next));
  }
  Tensor step = group(moves);

  Session session(g, {.seed = 1});
  for (int epoch = 0; epoch < 3; ++epoch) {
    Array last;
    for (const auto& [images, labels] : train.labelled_batches(50, epoch))
      last = session.run({loss, step}, {{x, images}, {digit, labels}})[0];
    std::printf("epoch %d: loss of the last batch %.3f\n", epoch + 1, last.item<double>());
  }
  const double right =
      evaluate(session, accuracy(digit, logits), {{x, test.images}, {digit, test.labels}});
  std::printf("%.1f %% of the test digits are recognised\n", 100 * right);
  return right > 0.9 ? 0 : 1;
}
