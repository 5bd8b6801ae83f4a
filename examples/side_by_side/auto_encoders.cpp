// Three auto-encoders of digits: convolutional, denoising, and with a sparse code.
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

Tensor mse(Tensor a, Tensor b) { return reduce_mean(square(a - b)); }

Tensor noisy(Tensor x) { return x + random_normal_like(x, 0, 0.3); }

int main() {
  const Mnist digits = generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Session session(g, {.seed = 1});
  const auto error_after_training = [&](Tensor loss, Tensor error, std::int64_t epochs) {
    Tensor step = Adam{.learning_rate = 1e-3}.minimize(loss);
    fit(session, step, loss, {{x, digits.train.images}}, {.epochs = epochs, .batch_size = 50});
    return evaluate(session, error, {{x, digits.test.images}});
  };

  const layers::Conv2DOptions by_2{.activation = "elu", .strides = 2, .padding = Padding::same};
  Sequential convolutional(g, "convolutional");
  convolutional.add([](Tensor rows) {
                 return reshape(rows, {-1, 28, 28, 1});
               })
      .add(layers::Conv2D(convolutional, 1, 8, 3, by_2))
      .add(layers::Conv2D(convolutional, 8, 4, 3, by_2))
      .add(layers::Conv2DTranspose(convolutional, 4, 8, 3, by_2))
      .add(
          layers::Conv2DTranspose(convolutional, 8, 1, 3, {.strides = 2, .padding = Padding::same}))
      .add(layers::Flatten());
  Tensor of_images = mse(convolutional(x), x);

  Sequential denoising(g, "denoising");
  denoising.add(layers::Dense(denoising, 784, 256, {.activation = "elu"}));
  denoising.add(layers::Dense(denoising, 256, 784));
  Tensor of_noise = mse(denoising(noisy(x)), x);

  layers::Dense encoder(g, 784, 256, {.name = "encoder", .activation = "sigmoid"});
  layers::Dense decoder(g, 256, 784, {.name = "decoder"});
  Tensor code = encoder(x), mean = reduce_mean(code, {0});
  const double rho = 0.05;
  Tensor divergence = rho * log(rho / mean) + (1 - rho) * log((1 - rho) / (1 - mean));
  Tensor of_sparse = mse(decoder(code), x);

  const double errors[] = {
      error_after_training(of_images, of_images, 2), error_after_training(of_noise, of_noise, 3),
      error_after_training(of_sparse + 1e-3 * reduce_sum(divergence), of_sparse, 3)};
  std::printf("error per pixel: convolutional %.4f, denoising %.4f, sparse %.4f\n", errors[0],
              errors[1], errors[2]);
  return errors[0] < 0.04 && errors[1] < 0.05 && errors[2] < 0.05 ? 0 : 1;
}
