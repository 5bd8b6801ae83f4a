// What noise, sparsity and contraction make of one net, 784-256-784: its filters, its codes, and
// what each costs in squared error.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "study.h"

using namespace gradus;

namespace {

constexpr std::int64_t units = 256;

class Net : public Module {
 public:
  Net(const Parent& parent, const std::string& name)
      : Module(parent, name),
        // Small weights, so that what is learned can be seen in them.
        encoder_(*this, 784, units,
                 {.name = "encoder",
                  .activation = "sigmoid",
                  .kernel_initializer = [](const Shape& shape,
                                           Layout) { return normal(shape, 0, 0.01); }}),
        decoder_(*this, units, 784, {.name = "decoder", .activation = "sigmoid"}) {}

  Tensor encode(const Tensor& x) const { return encoder_(x); }
  Tensor decode(const Tensor& code) const { return decoder_(code); }
  const Variable& filters() const { return encoder_.W(); }

 private:
  layers::Dense encoder_, decoder_;
};

// Black or white dots on a half of the pixels.
Tensor noisy(const Tensor& x) {
  const Tensor u = random_uniform_like(x);
  return where(u < 0.25, zeros_like(x), where(u > 0.75, ones_like(x), x));
}

// Of each unit, how far its mean over the batch is from rho: the divergence of two coins (Ng,
// "Sparse autoencoder", 2011).
Tensor divergence_from(double rho, const Tensor& code) {
  const Tensor mean = reduce_mean(code, {0});
  return reduce_sum(rho * log(rho / mean) + (1 - rho) * log((1 - rho) / (1 - mean)));
}

// [contraction]
// The mean over the batch of |J|^2, the squared derivatives of the code with respect to the image
// (Rifai et al., "Contractive auto-encoders", 2011). For v of independent normal numbers the mean
// of |J^T v|^2 is |J|^2, and J^T v is one gradient, which has gradients in turn.
Tensor contraction(const Tensor& code, const Tensor& x) {
  const Tensor v = random_normal_like(code);
  return reduce_mean(reduce_sum(square(gradient(reduce_sum(code * v), x)), {1}));
}
// [contraction]

// Each scaled to its largest weight.
Array pictures(const Array& filters) {
  Array scaled = filters;
  const std::span<float> weights = scaled.mutable_values<float>();
  for (std::size_t row = 0; row < weights.size(); row += 784) {
    const std::span<float> filter = weights.subspan(row, 784);
    float largest = 0;
    for (const float weight : filter) largest = std::max(largest, std::abs(weight));
    for (float& weight : filter) weight /= largest;
  }
  return scaled;
}

struct Kind {
  std::string name;
  Net net;
  Tensor input;    // what the net sees when it is trained
  Tensor penalty;  // added to eq. (1), if there is one
};

// The share of the validation digits that a linear classifier of some training codes recognises.
double recognised_share(const study::Study& study, const std::string& name, const Array& codes,
                        const Array& validation_codes) {
  Graph g;
  Tensor h = g.placeholder("h", {any_size, units});
  Tensor digit = g.placeholder("digit", {any_size}, int64);
  Tensor logits = layers::Dense(g, units, 10)(h);
  Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, logits));
  Tensor step = Adam{.learning_rate = 0.01}.minimize(loss);
  Session session(g, study.session_options());
  study.fit("classifier of codes, " + name, session, step, loss,
            {{h, codes}, {digit, study.train().labels.rows(0, codes.shape()[0])}},
            {.epochs = 60, .batch_size = 100});
  return evaluate(session, accuracy(digit, logits),
                  {{h, validation_codes}, {digit, study.validation().labels}});
}

void noise_and_sparsity(study::Study& study) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  const auto kind = [&](const std::string& name, const auto& input, const auto& penalty) {
    const Net net(g, name);
    return Kind{name, net, input(x), penalty(net.encode(x))};
  };
  const auto clean = [](const Tensor& image) { return image; };
  const auto none = [](const Tensor&) { return Tensor(); };
  const std::vector<Kind> kinds{
      kind("plain", clean, none), kind("denoising", noisy, none),
      kind("sparse, L1", clean,
           [](const Tensor& h) { return 0.03 * reduce_mean(reduce_sum(abs(h), {1})); }),
      kind("sparse, KL", clean, [](const Tensor& h) { return 0.3 * divergence_from(0.05, h); }),
      kind("contractive", clean, [&](const Tensor& h) { return 0.3 * contraction(h, x); })};

  Session session(g, study.session_options());
  const Array& images = study.test().images;
  const Array shown = images.rows(0, 10);
  const Array& all = study.train().images;
  const Array first_images = all.rows(0, std::min<std::int64_t>(1000, all.shape()[0]));
  std::vector<ImageRow> filters, cleaned{{"original", shown}};
  fmt::print("{:<12} {:>9} {:>9} {:>12} {:>8} {:>10}\n", "", "MSE", "of noisy", "mean of code",
             "|J|", "recognised");
  Array noisy_images;
  for (const Kind& k : kinds) {
    const auto error_of = [&](const Tensor& input) {
      return study::error_per_pixel(k.net.decode(k.net.encode(input)), x);
    };
    Tensor loss = 784 * error_of(k.input), error = error_of(x);
    if (k.penalty) loss = loss + k.penalty;
    study.train(k.name, session, x, loss, error,
                {.epochs = 15, .batch_size = 50, .learning_rate = 2e-3});

    Tensor code = k.net.encode(x);
    const double recognised =
        recognised_share(study, k.name, predict(session, code, {{x, first_images}}),
                         predict(session, code, {{x, study.validation().images}}));
    const std::vector<double> r =
        evaluate(session, {error, error_of(noisy(x)), reduce_mean(code), contraction(code, x)},
                 {{x, images}});
    fmt::print("{:<12} {:>9.5f} {:>9.5f} {:>12.3f} {:>8.2f} {:>8.1f} %\n", k.name, r[0], r[1], r[2],
               std::sqrt(r[3]), 100 * recognised);
    study.metric(k.name, std::vector<double>{r[0], r[1], r[2], std::sqrt(r[3]), recognised});

    filters.push_back({k.name, pictures(session.value(k.net.filters()).rows(0, 16))});
    if (k.name == "plain") {
      noisy_images = session.run(noisy(x), {{x, shown}});
      cleaned.push_back({"noisy", noisy_images});
    }
    if (k.name == "plain" || k.name == "denoising")
      cleaned.push_back({k.name, session.run(k.net.decode(k.net.encode(x)), {{x, noisy_images}})});
  }
  study.metric("columns", std::string("MSE, MSE from noisy images, mean of the code, |J|, share of "
                                      "validation digits recognised"));
  study.save(session, kinds[1].net.variables());

  write_image_grid(study.file("filters.png"), filters,
                   {.columns = 16, .scale = 2, .low = -1, .high = 1});
  write_image_grid(study.file("cleaned.png"), cleaned);
}

}  // namespace

int main(int argc, char** argv) {
  study::Study study("noise_and_sparsity",
                     "Denoising, sparse and contractive auto-encoders of one net, 784-256-784.");
  return study.run(argc, argv, [&] { noise_and_sparsity(study); });
}
