// The classifier of the README.
#include <gtest/gtest.h>

#include <gradus/gradus.h>

namespace gradus {
namespace {

#if __has_include(<gradus/mnist.h>)
TEST(Classifier, learns_digits) {
  // [classifier]
  const Mnist digits = generated_digits(1, {.train = 3000, .validation = 0, .test = 500});

  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 784}),
               digit = g.placeholder("digit", {any_size}, int64);
  Sequential model(g, "cnn");
  model.add([](const Tensor& pixels) {
         return reshape(pixels, {-1, 28, 28, 1});
       })
      .add(layers::Conv2D(model, 1, 8, 3, {.activation = "relu"}))
      .add(layers::MaxPool2D())
      .add(layers::Flatten())
      .add(layers::Dropout(0.2))
      .add(layers::Dense(model, 13 * 13 * 8, 10));
  const Tensor loss =
      reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, model(x, {.training = true})));
  const Tensor step = Adam{.learning_rate = cosine_decay(3e-3, 3 * 60)}.minimize(loss);

  Session session(g, {.seed = 1});
  fit(session, step, loss, {{x, digits.train.images}, {digit, digits.train.labels}},
      {.epochs = 3, .batch_size = 50});
  const double right = evaluate(session, accuracy(digit, model(x)),
                                {{x, digits.test.images}, {digit, digits.test.labels}});
  // [classifier]
  EXPECT_GT(right, 0.93);
}

TEST(Classifier, is_validated_and_stopped) {
  const Mnist digits = generated_digits(1, {.train = 1000, .validation = 200, .test = 0});
  const auto& [train, validation, test] = digits;
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 784}),
               digit = g.placeholder("digit", {any_size}, int64);
  Sequential model(g);
  model.add(layers::Dense(model, 784, 64, {.activation = "relu"}));
  model.add(layers::Dense(model, 64, 10));
  const Tensor logits = model(x);
  const Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, logits));
  const Tensor step = Adam{.learning_rate = 1e-3}.minimize(loss);
  Session session(g, {.seed = 1});
  // [fit]
  History history =
      fit(session, step, loss, {{x, train.images}, {digit, train.labels}},
          {.epochs = 5,
           .batch_size = 50,
           .metrics = {{"accuracy", accuracy(digit, logits)}},
           .validation = {.data = {{x, validation.images}, {digit, validation.labels}}},
           .callbacks = {early_stopping({.patience = 3})},
           .progress = stderr});
  // [fit]
  EXPECT_EQ(history.of("val_accuracy").size(), 5U);
  EXPECT_GT(history.of("val_accuracy").back(), history.of("val_accuracy").front());
}
#endif

}  // namespace
}  // namespace gradus
