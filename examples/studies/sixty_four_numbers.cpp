// 64 numbers a digit: what the choices that the class leaves open do to its auto-encoder's error.
#include <algorithm>

#include <fmt/format.h>

#include "study.h"

using namespace gradus;

namespace {

// First the class's own net with the best that was found for it; each other differs in what its
// name says.
struct Candidate {
  std::string name = "the class's net";
  std::vector<std::int64_t> unit_nbrs = {784, 256, 64};
  models::AutoEncoderOptions options = {.output_activation = "sigmoid"};
  double l2 = 1e-6;
  study::Training training{};
};

struct Group {
  std::string file, title;
  std::vector<Candidate> candidates;
};

// [candidates]
const Candidate best_dense{.name = "1000-64, linear code, batches of 20",
                           .unit_nbrs = {784, 1000, 64},
                           .options = {.code_activation = "linear", .output_activation = "sigmoid"},
                           .l2 = 0,
                           .training = {.epochs = 12, .batch_size = 20}};

const std::vector<Group> groups{
    {"output",
     "Activation of the output",
     {{},
      {.name = "output linear", .options = {.output_activation = "linear"}},
      {.name = "output ELU", .options = {.output_activation = "elu"}}}},
    {"l2",
     "L2 term",
     {{.name = "L2 0", .l2 = 0}, {.name = "L2 1e-5", .l2 = 1e-5}, {.name = "L2 1e-4", .l2 = 1e-4}}},
    {"rate_and_batches",
     "Rate and batches",
     {{.name = "rate 0.0003", .training = {.learning_rate = 3e-4}},
      {.name = "rate 0.003", .training = {.learning_rate = 3e-3}},
      {.name = "rate 0.001, constant", .training = {.is_constant = true}},
      {.name = "batches of 50", .training = {.batch_size = 50}},
      {.name = "batches of 50, rate 0.003",
       .training = {.batch_size = 50, .learning_rate = 3e-3}}}},
    {"depth_and_width",
     "Depth and width",
     {{.name = "64", .unit_nbrs = {784, 64}},
      {.name = "512-256-64", .unit_nbrs = {784, 512, 256, 64}},
      {.name = "untied", .options = {.tied = false, .output_activation = "sigmoid"}},
      {.name = "linear code",
       .options = {.code_activation = "linear", .output_activation = "sigmoid"}},
      best_dense}}};
// [candidates]

class Result {
 public:
  Candidate candidate;
  History history;
  Tensor x_tilde;
  double validation() const { return history.validation_losses.back(); }
};

void sixty_four_numbers(study::Study& study) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Session session(g, study.session_options());
  std::vector<Result> results;
  for (const Group& group : groups) {
    Plot curves(group.title + ": validation images along training");
    curves.x_label("epoch").y_label("squared error per pixel").log_y();
    if (!results.empty()) curves.line("the class's net", results[0].history.validation_losses);
    for (const Candidate& candidate : group.candidates) {
      models::AutoEncoder ae(g, candidate.unit_nbrs, candidate.options);
      Tensor x_tilde = ae(x), error = study::error_per_pixel(x_tilde, x);
      Tensor loss = 784 * error + candidate.l2 * l2(ae.trainable_variables("W*"));
      const History history =
          study.train(candidate.name, session, x, loss, error, candidate.training);
      results.push_back({candidate, history, x_tilde});
      curves.line(candidate.name, history.validation_losses);
      fmt::print("{:<36} {:.5f} per pixel of the validation images, {:.0f} s\n", candidate.name,
                 results.back().validation(), history.total_seconds());
      study.metric("validation_mse " + candidate.name, results.back().validation());
      study.metric("seconds " + candidate.name, history.total_seconds());
    }
    example::report(curves.write(study.file(group.file)));
  }

  const Result& own = results[0];
  const Result& best = *std::ranges::min_element(results, {}, &Result::validation);
  const models::Pca pca(study.train().images, 64);
  const Array& images = study.test().images;
  const std::vector<double> errors = evaluate(
      session, {study::error_per_pixel(own.x_tilde, x), study::error_per_pixel(best.x_tilde, x)},
      {{x, images}});
  const double pca_mse = pca.reconstruction_error(images) / 784;
  fmt::print("Test images: the class's net {:.5f}, {} {:.5f}, PCA {:.5f}\n", errors[0],
             best.candidate.name, errors[1], pca_mse);
  study.metric("class_test_mse", errors[0]);
  study.metric("chosen", best.candidate.name);
  study.metric("test_mse", errors[1]);
  study.metric("pca_test_mse", pca_mse);

  const Array shown = images.rows(0, 10);
  const std::vector<Array> made = predict(session, {own.x_tilde, best.x_tilde}, {{x, shown}});
  write_image_grid(study.file("reconstructions.png"), {{"original", shown},
                                                       {"the class's net", made[0]},
                                                       {"the best", made[1]},
                                                       {"PCA", pca.reconstruct(shown)}});
}

}  // namespace

int main(int argc, char** argv) {
  study::Study study("sixty_four_numbers",
                     "Digits as 64 numbers each: output, L2, rate, batches, depth and width.");
  return study.run(argc, argv, [&] { sixty_four_numbers(study); });
}
