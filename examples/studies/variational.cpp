// Variational auto-encoders (Kingma and Welling, "Auto-encoding variational Bayes", 2014): digits
// that no one wrote, and a plane of them.
#include <fmt/format.h>

#include "study.h"

using namespace gradus;

namespace {

class VAE : public Module {
 public:
  VAE(const Parent& parent, std::int64_t code_size)
      : Module(parent, "vae"),
        hidden_(*this, 784, 400, {.activation = "relu"}),
        mean_(*this, 400, code_size, {.name = "mean"}),
        log_variance_(*this, 400, code_size, {.name = "log_variance"}),
        decoder_1_(*this, code_size, 400, {.activation = "relu"}),
        decoder_2_(*this, 400, 784) {}

  Tensor mean(const Tensor& x) const { return mean_(hidden_(x)); }
  Tensor decode(const Tensor& z) const { return sigmoid(logits(z)); }

  // [elbo]
  // -ELBO in nats, a mean over the images: the cross entropy of the pixels, and the divergence of
  // the code's distribution from the normal one (there, appendix B).
  Tensor negative_elbo(const Tensor& x) const {
    const Tensor h = hidden_(x), mean = mean_(h), log_variance = log_variance_(h);
    const Tensor z = mean + exp(log_variance / 2) * random_normal_like(mean);
    const Tensor error = reduce_sum(sigmoid_cross_entropy_with_logits(x, logits(z)), {1});
    const Tensor divergence =
        reduce_sum(square(mean) + exp(log_variance) - 1 - log_variance, {1}) / 2;
    return reduce_mean(error + divergence);
  }
  // [elbo]

 private:
  Tensor logits(const Tensor& z) const { return decoder_2_(decoder_1_(z)); }

  layers::Dense hidden_, mean_, log_variance_, decoder_1_, decoder_2_;
};

void variational(study::Study& study) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Session session(g, study.session_options());
  Plot curves("Validation images along training");
  const auto trained = [&](std::int64_t code_size) {
    VAE vae(g, code_size);
    Tensor loss = vae.negative_elbo(x);
    const History history =
        study.train(fmt::format("code of {}", code_size), session, x, loss, loss,
                    {.epochs = 10, .batch_size = 25, .learning_rate = 2e-3});
    const double test = evaluate(session, loss, {{x, study.test().images}});
    fmt::print(
        "code of {:>2} numbers: -ELBO {:.2f} nats of the validation images, {:.2f} of the "
        "test images\n",
        code_size, history.validation_losses.back(), test);
    study.metric(fmt::format("test_negative_elbo_{}", code_size), test);
    study.metric(fmt::format("validation_negative_elbo_{}", code_size), history.validation_losses);
    curves.line(fmt::format("{} numbers", code_size), history.validation_losses);
    return vae;
  };
  const VAE vae = trained(20), flat = trained(2);
  study.save(session, vae.variables());
  curves.x_label("epoch").y_label("-ELBO in nats");
  example::report(curves.write(study.file("training")));

  Tensor samples = vae.decode(random_normal(g, {100, 20}));
  write_image_grid(study.file("samples.png"), {{"", session.run(samples)}},
                   {.columns = 20, .scale = 2});
  const Array shown = study.test().images.rows(0, 10);
  write_image_grid(study.file("reconstructions.png"),
                   {{"original", shown},
                    {"20 numbers", session.run(vae.decode(vae.mean(x)), {{x, shown}})},
                    {"2 numbers", session.run(flat.decode(flat.mean(x)), {{x, shown}})}});

  const std::int64_t count = std::min<std::int64_t>(2000, study.test().images.shape()[0]);
  Plot plane =
      study::plane("Test digits in the plane of a variational code",
                   predict(session, flat.mean(x), {{x, study.test().images.rows(0, count)}}),
                   study.test().labels.rows(0, count));
  plane.x_label("number 1").y_label("number 2").equal_axes();
  example::report(plane.write(study.file("plane")));
  Tensor z = g.placeholder("z", {any_size, 2});
  write_image_grid(study.file("map.png"),
                   {{"", session.run(flat.decode(z), {{z, study::square_grid(20, 2)}})}},
                   {.columns = 20, .scale = 1, .gap = 0});
}

}  // namespace

int main(int argc, char** argv) {
  study::Study study("variational",
                     "Variational auto-encoders 784-400-20 and 784-400-2: samples, a plane.");
  return study.run(argc, argv, [&] { variational(study); });
}
