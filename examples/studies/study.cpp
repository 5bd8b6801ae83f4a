#include "study.h"

#include <algorithm>

#include <fmt/format.h>

using namespace gradus;

namespace study {

namespace {

// How a training that a signal stopped leaves the study.
struct Interrupted {
  int exit_code;
};

void keep_first(ImageSet& set, std::int64_t count) {
  const std::int64_t kept = std::min(count, set.images.shape()[0]);
  set = {set.images.rows(0, kept), set.labels.rows(0, kept)};
}

}  // namespace

Study::Study(const std::string& name, const std::string& purpose)
    : out_("out/" + name), program_(name, purpose) {
  program_.option("--out", out_, "folder of the figures and metrics.json");
  program_.option_or_variable("--mnist", mnist_,
                              "folder of the four MNIST files (scripts/fetch_mnist); without it "
                              "digits are generated",
                              "GRADUS_MNIST_DIR");
  program_.option("--seed", seed_, "of first weights, order of batches, and generated digits");
  program_.option("--epochs", epochs_, "of each training; 0: as many as the study says", 0,
                  100'000);
  program_.option("--images", images_, "at most so many of each set; 0: all", 0, 55'000);
  program_.flag("--tuning", is_tuning_,
                "while settings are tried: the validation images in the place of the test images");
  program_.option("--threads", threads_, "0: one per core", 0, 1024);
  add_options(program_, keeping_);
}

int Study::run(int argc, char** argv, const std::function<void()>& body) {
  return program_.run(argc, argv, [&] {
    example::make_folder(out_);
    data_ = is_mnist()
                ? read_mnist(mnist_)
                : generated_digits(seed_, {.train = 10'000, .validation = 1'000, .test = 2'000});
    if (images_ > 0)
      for (ImageSet* set : {&data_.train, &data_.validation, &data_.test})
        keep_first(*set, images_);
    if (is_tuning_) data_.test = data_.validation;
    const std::string name = is_mnist() ? "MNIST" : "generated digits";
    fmt::print("{}: {} images to train on, {} to choose by, {} for the test{}.\n", name,
               train().images.shape()[0], validation().images.shape()[0], test().images.shape()[0],
               is_tuning_ ? " (the same)" : "");
    metric("data", name);
    try {
      body();
    } catch (const Interrupted& interrupted) {
      return interrupted.exit_code;
    }
    example::write_metrics(out_, metrics_);
    fmt::print("Figures and metrics.json are in {}.\n", out_);
    return 0;
  });
}

LearningRate Study::falling_rate(double initial, std::int64_t epochs,
                                 std::int64_t batch_size) const {
  const std::int64_t steps = (train().images.shape()[0] + batch_size - 1) / batch_size;
  return cosine_decay(initial, static_cast<double>(epochs * steps));
}

History Study::fit(const std::string& name, Session& session, const Tensor& step,
                   const Tensor& loss, const std::vector<Feed>& data, FitOptions options) const {
  example::warn(name);
  options.progress = stderr;
  options.checkpoint = checkpoint(name);
  History history = gradus::fit(session, step, loss, data, options);
  expect_finished(history);
  return history;
}

History Study::train(const std::string& name, Session& session, const Tensor& x, const Tensor& loss,
                     const Tensor& measured, const Training& training) const {
  const FitOptions options{.epochs = epochs(training.epochs),
                           .batch_size = training.batch_size,
                           .validation = {.data = {{x, validation().images}}, .loss = measured}};
  const LearningRate rate = training.is_constant ? LearningRate(training.learning_rate)
                                                 : falling_rate(training.learning_rate,
                                                                options.epochs, options.batch_size);
  const Tensor step = Adam{.learning_rate = rate}.minimize(loss);
  return fit(name, session, step, loss, {{x, train().images}}, options);
}

CheckpointOptions Study::checkpoint(const std::string& name) const {
  if (keeping_.checkpoint.empty()) return {};
  return {.folder = std::filesystem::path(keeping_.checkpoint) / name,
          .options = {{"data", is_mnist() ? "MNIST" : "generated digits"}}};
}

void Study::expect_finished(const History& history) {
  if (history.was_interrupted) throw Interrupted{example::exit_code(history)};
}

void Study::metric(const std::string& name, example::Metric value) {
  metrics_.emplace_back(name, std::move(value));
}

void Study::save(Session& session, const std::vector<Variable>& variables) const {
  example::save_weights(keeping_, session, variables);
}

std::filesystem::path Study::file(const std::string& name) const {
  return std::filesystem::path(out_) / name;
}

Tensor error_per_pixel(const Tensor& x_tilde, const Tensor& x) {
  return reduce_mean(square(x_tilde - x));
}

Plot plane(const std::string& title, const Array& points, const Array& labels) {
  Plot plot(title);
  for (std::int64_t digit = 0; digit < 10; ++digit)
    plot.scatter(std::to_string(digit), points.rows(equal(labels, digit)));
  return plot;
}

Array square_grid(std::int64_t side, double limit) {
  Array grid = Array::zeros({side * side, 2});
  const std::span<float> values = grid.mutable_values<float>();
  const double step = 2 * limit / static_cast<double>(side - 1);
  std::size_t i = 0;
  for (std::int64_t row = 0; row < side; ++row)
    for (std::int64_t column = 0; column < side; ++column) {
      values[i++] = static_cast<float>(-limit + step * static_cast<double>(column));
      values[i++] = static_cast<float>(limit - step * static_cast<double>(row));
    }
  return grid;
}

}  // namespace study
