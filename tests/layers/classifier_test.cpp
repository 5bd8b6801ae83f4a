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
      .add(Conv2D(model, 1, 8, 3, {.activation = "relu"}))
      .add(MaxPool2D())
      .add(Flatten())
      .add(Dropout(0.2))
      .add(Dense(model, 13 * 13 * 8, 10));
  const Tensor loss =
      reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, model(x, {.training = true})));
  const Tensor step = Adam{.learning_rate = cosine_decay(3e-3, 3 * 60)}.minimize(loss);
  const Tensor accuracy = reduce_mean(cast(equal(argmax(model(x), 1), digit), float32));

  Session session(g, {.seed = 1});
  for (int epoch = 0; epoch < 3; ++epoch)
    for (const auto& [images, labels] : digits.train.labelled_batches(50, epoch))
      session.run(step, {{x, images}, {digit, labels}});
  const Array right = session.run(accuracy, {{x, digits.test.images}, {digit, digits.test.labels}});
  // [classifier]
  EXPECT_GT(right.item(), 0.93F);
}
#endif

}  // namespace
}  // namespace gradus
