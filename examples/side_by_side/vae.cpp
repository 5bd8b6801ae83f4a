// A variational auto-encoder of digits (Kingma and Welling, 2014).
#include <cstdio>

#include <gradus/gradus.h>

using namespace gradus;

class VAE : public Module {
 public:
  explicit VAE(const Parent& parent)
      : Module(parent, "vae"),
        hidden_(*this, 784, 400, {.activation = "relu"}),
        mean_(*this, 400, 20),
        log_variance_(*this, 400, 20),
        decoder_(*this, "decoder") {
    decoder_.add(layers::Dense(decoder_, 20, 400, {.activation = "relu"}));
    decoder_.add(layers::Dense(decoder_, 400, 784));
  }

  Tensor loss(Tensor x) const {
    Tensor h = hidden_(x), mean = mean_(h), log_variance = log_variance_(h);
    Tensor z = mean + exp(log_variance / 2) * random_normal_like(mean);
    Tensor error = reduce_sum(sigmoid_cross_entropy_with_logits(x, decoder_(z)), {1});
    Tensor divergence = reduce_sum(square(mean) + exp(log_variance) - 1 - log_variance, {1}) / 2;
    return reduce_mean(error + divergence);
  }

 private:
  layers::Dense hidden_, mean_, log_variance_;
  Sequential decoder_;
};

int main() {
  const auto [train, validation, test] =
      generated_digits(1, {.train = 5000, .validation = 0, .test = 1000});

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  VAE model(g);
  Tensor loss = model.loss(x), step = Adam{.learning_rate = 1e-3}.minimize(loss);

  Session session(g, {.seed = 1});
  fit(session, step, loss, {{x, train.images}}, {.epochs = 3, .batch_size = 50});
  const double bound = evaluate(session, loss, {{x, test.images}});
  std::printf("negative evidence lower bound of the test digits: %.1f\n", bound);
  return bound < 200 ? 0 : 1;
}
