// Exercise 2 of the practical: a 4-layer auto-encoder on images of digits.
#include <cstdio>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "program.h"

using namespace gradus;

namespace {

struct Settings {
  std::string out = "out/mnist_ae", mnist, load, optimizer = "adam", schedule = "cosine";
  example::Keeping keeping;
  std::string activation = "elu", output_activation = "sigmoid";
  std::uint64_t seed = 42;
  std::int64_t epochs = 10, batch_size = 10;
  std::vector<std::int64_t> units = {256, 64};
  double learning_rate = 0.003, l2 = 1e-5;
  bool untied = false;
  int threads = 0;
};

void add_options(example::Program& program, Settings& s) {
  program.option("--out", s.out, "folder of the figures and metrics.json");
  program.option_or_variable(
      "--mnist", s.mnist,
      "folder of the four MNIST files (scripts/fetch_mnist); without it digits are "
      "generated",
      "GRADUS_MNIST_DIR");
  program.option("--seed", s.seed, "of first weights, order of batches, and generated digits");
  program.option("--epochs", s.epochs, "passes over the training images", 1, 100'000);
  program.option("--batch-size", s.batch_size, "images per step", 1, 55'000);
  program.option("--units", s.units, "units of each layer of the encoder, the code last", 1, 784);
  program.option("--learning-rate", s.learning_rate, "of the optimizer's first steps", 0.0, 1e6);
  program.option("--schedule", s.schedule, "how the rate goes on: falls to 0, or stays",
                 {"cosine", "constant"});
  program.option("--optimizer", s.optimizer, "how the weights move", {"adam", "rmsprop", "sgd"});
  program.option("--l2", s.l2, "factor of the regularization of W1, W2, ...", 0.0, 1e6);
  const std::vector<std::string> activations{"linear",  "elu",      "relu",
                                             "sigmoid", "softplus", "tanh"};
  program.option("--activation", s.activation, "of all layers but the last", activations);
  program.option("--output-activation", s.output_activation, "of the last layer", activations);
  program.flag("--untied", s.untied, "the decoder has matrices of its own");
  program.option("--load", s.load, "file of weights to reconstruct with, without training");
  add_options(program, s.keeping);
  program.option("--threads", s.threads, "0: one per core", 0, 1024);
}

Tensor minimize(const Settings& s, const Tensor& loss, std::int64_t images) {
  const std::int64_t steps = s.epochs * ((images + s.batch_size - 1) / s.batch_size);
  const LearningRate rate = s.schedule == "cosine"
                                ? cosine_decay(s.learning_rate, static_cast<double>(steps))
                                : LearningRate(s.learning_rate);
  if (s.optimizer == "sgd") return SGD{.learning_rate = rate}.minimize(loss);
  if (s.optimizer == "rmsprop") return RMSprop{.learning_rate = rate}.minimize(loss);
  return Adam{.learning_rate = rate}.minimize(loss);
}

// [reg]
// The L2 term: of the matrices W1 and W2, not of the biases, which a filter on names leaves out.
Tensor reg(const models::AutoEncoder& ae) { return l2(ae.trainable_variables("W*")); }
// [reg]

struct Result {
  History history;      // its validation_losses are per pixel; without training it is empty
  double mse, pca_mse;  // of the test images, per pixel
};

void draw(const Settings& s, const Result& r, const std::string& data) {
  const std::filesystem::path out = s.out;
  const std::vector<std::pair<std::string, example::Metric>> errors{
      {"test_mse_per_pixel", r.mse},
      {"pca_test_mse_per_pixel", r.pca_mse},
      {"code_size", s.units.back()},
      {"data", data}};
  if (r.history.losses.empty()) return example::write_metrics(out, errors);

  std::vector<double> per_pixel;
  for (double loss : r.history.losses) per_pixel.push_back(loss / 784);
  Plot curve(fmt::format("Training on {}", data));
  curve.line("training images (with the L2 term)", per_pixel)
      .line("validation images", r.history.validation_losses)
      .reference(fmt::format("test images, PCA with {} components", s.units.back()), r.pca_mse);
  curve.x_label("epoch").y_label("mean squared error per pixel").log_y();
  example::report(curve.write(out / "loss"));

  example::write_metrics(
      out, {{"test_mse_per_pixel", r.mse},
            {"pca_test_mse_per_pixel", r.pca_mse},
            {"code_size", s.units.back()},
            {"epochs", std::ssize(r.history.losses)},
            {"seconds_per_epoch",
             r.history.total_seconds() / static_cast<double>(r.history.losses.size())},
            {"train_losses", r.history.losses},
            {"data", data}});
}

int train(const Settings& s) {
  if (!s.load.empty() && !s.keeping.checkpoint.empty())
    throw DataError("--load trains nothing that --checkpoint could keep");
  const std::filesystem::path out = s.out;
  example::make_folder(out);
  const std::string data = s.mnist.empty() ? "generated digits" : "MNIST";
  fmt::print(
      "Data: {}{}.\n", data,
      s.mnist.empty() ? " (scripts/fetch_mnist and --mnist data/mnist give the real ones)" : "");
  // [data]
  Mnist mnist = s.mnist.empty() ? generated_digits(s.seed) : read_mnist(s.mnist);
  // [data]

  // [model]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  std::vector<std::int64_t> unit_nbrs{784};  // then 256, 64
  unit_nbrs.insert(unit_nbrs.end(), s.units.begin(), s.units.end());
  models::AutoEncoder ae(
      g, unit_nbrs,
      {.tied = !s.untied, .activation = s.activation, .output_activation = s.output_activation});
  Tensor x_tilde = ae(x);
  // [model]
  fmt::print("\n{}\n", ae.summary());

  // [training]
  Tensor mse = reduce_mean(reduce_sum(square(x_tilde - x), {1}));  // eq. (1)
  Tensor loss = mse + s.l2 * reg(ae);
  Tensor step = minimize(s, loss, mnist.train.images.shape()[0]);

  Session session(g, {.seed = s.seed, .threads = s.threads});
  History history;
  if (s.load.empty())
    history = fit(session, step, loss, {{x, mnist.train.images}},
                  {.epochs = s.epochs,
                   .batch_size = s.batch_size,
                   .validation = {.data = {{x, mnist.validation.images}}, .loss = mse / 784},
                   .progress = stderr,
                   .checkpoint = {.folder = s.keeping.checkpoint, .options = {{"data", data}}}});
  else
    load_weights(s.load, session, ae.variables());
  // [training]
  save_weights(s.keeping, session, ae.variables());
  example::write_graph(out, loss, "The loss of the auto-encoder");

  // [reconstruction]
  Array reconstructed = predict(session, x_tilde, {{x, mnist.test.images}});
  models::Pca pca(mnist.train.images, ae.code_size());
  Array by_pca = pca.reconstruct(mnist.test.images);
  write_image_grid(out / "reconstructions.png", {{"original", mnist.test.images.rows(0, 20)},
                                                 {"auto-encoder", reconstructed.rows(0, 20)},
                                                 {"PCA", by_pca.rows(0, 20)}});
  // [reconstruction]
  const Result r{history, evaluate(session, mse, {{x, mnist.test.images}}) / 784,
                 pca.reconstruction_error(mnist.test.images) / 784};
  draw(s, r, data);

  fmt::print(
      "\nMean squared error per pixel of {} test images, each as {} numbers:\n"
      "  auto-encoder  {:.5f}\n"
      "  PCA           {:.5f}   the best that a linear code of this size can do\n\n"
      "Figures in {}: reconstructions.png, loss (.svg, .png; .csv and .gp hold data and "
      "script), graph (.svg, .png); numbers in metrics.json.\n",
      mnist.test.images.shape()[0], ae.code_size(), r.mse, r.pca_mse, out.string());
  return example::exit_code(history);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  example::Program program("mnist_ae",
                           "Exercise 2: an auto-encoder on 28 x 28 images of digits, beside PCA.");
  add_options(program, settings);
  return program.run(argc, argv, [&] { return train(settings); });
}
