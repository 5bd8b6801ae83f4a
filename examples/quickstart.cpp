// The README's program: an auto-encoder on generated digits.
// [quickstart]
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

int main() {
  const Mnist digits = generated_digits(42, {.train = 2000, .validation = 0, .test = 100});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  models::AutoEncoder ae(g, {784, 256, 64});  // 784-256-64-256-784, tied
  Tensor x_tilde = ae(x);
  Tensor mse = reduce_mean(reduce_sum(square(x_tilde - x), {1}));  // eq. (1)
  Tensor loss = mse + 1e-4 * l2(ae.trainable_variables("W*"));
  Tensor step = Adam{.learning_rate = 0.001}.minimize(loss);

  Session session(g, {.seed = 42});
  const double before = session.run(mse, {{x, digits.test.images}}).item();
  for (int epoch = 0; epoch < 5; ++epoch)
    for (const Array& images : digits.train.batches(10, epoch)) session.run(step, {{x, images}});
  const double after = session.run(mse, {{x, digits.test.images}}).item();

  std::puts(ae.summary().c_str());
  std::printf("squared error per image: %.1f before training, %.1f after\n", before, after);
  write_diagram("ae.svg", loss);
  write_image_grid("digits.png", {{"original", digits.test.images.rows(0, 10)},
                                  {"reconstruction",
                                   session.run(x_tilde, {{x, digits.test.images.rows(0, 10)}})}});
  return after < before / 4 ? 0 : 1;
}
// [quickstart]
