// A convolutional network that recognises digits.
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), digit = g.placeholder("digit", {any_size}, int64);
  Sequential model(g, "cnn");
  model.add([](Tensor rows) {
         return reshape(rows, {-1, 28, 28, 1});
       })
      .add(layers::Conv2D(model, 1, 8, 3, {.activation = "relu"}))
      .add(layers::MaxPool2D())
      .add(layers::Conv2D(model, 8, 16, 3, {.activation = "relu"}))
      .add(layers::MaxPool2D())
      .add(layers::Flatten())
      .add(layers::Dropout(0.2))
      .add(layers::Dense(model, 400, 10));
  Tensor logits = model(x, {.training = true});
  Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, logits));
  Tensor step = Adam{.learning_rate = 2e-3}.minimize(loss);

  Session session(g, {.seed = 1});
  fit(session, step, loss, {{x, train.images}, {digit, train.labels}},
      {.epochs = 2, .batch_size = 50});
  const double right =
      evaluate(session, accuracy(digit, model(x)), {{x, test.images}, {digit, test.labels}});
  std::printf("%.1f %% of the test digits are recognised\n", 100 * right);
  return right > 0.9 ? 0 : 1;
}
