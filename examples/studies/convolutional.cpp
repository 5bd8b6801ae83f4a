// A convolutional auto-encoder with a code of 64 numbers, beside the best fully connected one.
#include <numeric>

#include <fmt/format.h>

#include "study.h"

using namespace gradus;

namespace {

// [model]
constexpr std::int64_t features = 1568;  // 7 x 7 x 32

// 28 x 28 -> 14 x 14 x 16 -> 7 x 7 x 32 -> 64 numbers, and back by the same weights: the transpose
// of a convolution is conv2d_transpose with its filter, as that of a product is one with the
// transposed matrix.
class ConvolutionalAE : public Module {
 public:
  explicit ConvolutionalAE(const Parent& parent)
      : Module(parent, "convolutional_ae"),
        filter_1_(variable("filter_1", glorot_uniform({3, 3, 1, 16}))),
        filter_2_(variable("filter_2", glorot_uniform({3, 3, 16, 32}))),
        W_(variable("W", glorot_uniform({64, features}))),
        b_{variable("b1", zeros({16})), variable("b2", zeros({32})),
           variable("b3", zeros({64})), variable("b4", zeros({features})),
           variable("b5", zeros({16})), variable("b6", zeros({1}))} {}

  Tensor encode(const Tensor& x) const {
    const NameScope scope = enter();
    Tensor h = elu(conv2d(reshape(x, {-1, 28, 28, 1}), filter_1_, halving_) + b_[0]);
    h = elu(conv2d(h, filter_2_, halving_) + b_[1]);
    return matmul(reshape(h, {-1, features}), W_, {.transpose_b = true}) + b_[2];
  }

  Tensor decode(const Tensor& code) const {
    const NameScope scope = enter();
    Tensor h = reshape(elu(matmul(code, W_) + b_[3]), {-1, 7, 7, 32});
    h = elu(conv2d_transpose(h, filter_2_, halving_) + b_[4]);
    return reshape(sigmoid(conv2d_transpose(h, filter_1_, halving_) + b_[5]), {-1, 784});
  }

 private:
  const ConvolutionOptions halving_{.strides = {2, 2}, .padding = Padding::same};
  Variable filter_1_, filter_2_, W_;
  std::vector<Variable> b_;
};
// [model]

struct Contestant {
  std::string name;
  Tensor x_tilde;
  study::Training training;
};

void convolutional(study::Study& study) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  ConvolutionalAE conv(g);
  models::AutoEncoder dense(g, {784, 1000, 64},
                            {.code_activation = "linear", .output_activation = "sigmoid"});
  // In 24 epochs the fully connected one takes at least as long as the other in 15.
  const Contestant contestants[] = {
      {"convolutional", conv.decode(conv.encode(x)), {.epochs = 15}},
      {"fully connected", dense(x), {.epochs = 24, .batch_size = 20}}};
  Session session(g, study.session_options());
  Plot curves("Validation images along training");
  for (const Contestant& contestant : contestants) {
    Tensor error = study::error_per_pixel(contestant.x_tilde, x), loss = 784 * error;
    const History history =
        study.train(contestant.name, session, x, loss, error, contestant.training);
    std::vector<double> times{history.seconds};
    std::partial_sum(times.begin(), times.end(), times.begin());
    curves.line(contestant.name, times, history.validation_losses);
    const double mse = evaluate(session, error, {{x, study.test().images}});
    fmt::print("{:<16} {:.5f} per pixel of the test images after {:.0f} s\n", contestant.name, mse,
               times.back());
    study.metric("test_mse " + contestant.name, mse);
    study.metric("validation_mse " + contestant.name, history.validation_losses);
    study.metric("seconds " + contestant.name, times.back());
  }
  study.metric("parameters convolutional", conv.parameter_count());
  study.metric("parameters fully connected", dense.parameter_count());
  study.save(session, conv.variables());

  curves.x_label("seconds").y_label("squared error per pixel").log_y();
  example::report(curves.write(study.file("training")));
  const models::Pca pca(study.train().images, 64);
  const Array shown = study.test().images.rows(0, 10);
  const std::vector<Array> made =
      predict(session, {contestants[0].x_tilde, contestants[1].x_tilde}, {{x, shown}});
  write_image_grid(study.file("reconstructions.png"), {{"original", shown},
                                                       {"convolutional", made[0]},
                                                       {"fully connected", made[1]},
                                                       {"PCA", pca.reconstruct(shown)}});
}

}  // namespace

int main(int argc, char** argv) {
  study::Study study("convolutional",
                     "A convolutional auto-encoder beside a fully connected one, 64 numbers each.");
  return study.run(argc, argv, [&] { convolutional(study); });
}
