// Two numbers a digit: where auto-encoders and PCA put the digits in a plane.
#include <algorithm>

#include <fmt/format.h>

#include "study.h"

using namespace gradus;

namespace {

struct Candidate {
  std::string name;
  std::vector<std::int64_t> unit_nbrs;
  bool tied;
};

void two_numbers(study::Study& study) {
  // [candidates]
  const std::vector<Candidate> candidates{{"one layer", {784, 2}, true},
                                          {"two layers", {784, 512, 2}, true},
                                          {"four layers, tied", {784, 512, 256, 64, 2}, true},
                                          {"four layers, untied", {784, 512, 256, 64, 2}, false}};
  // [candidates]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Session session(g, study.session_options());
  std::vector<models::AutoEncoder> aes;
  std::vector<double> errors;
  Plot curves("Validation images along training");
  for (const Candidate& candidate : candidates) {
    models::AutoEncoder ae(
        g, candidate.unit_nbrs,
        {.tied = candidate.tied, .code_activation = "linear", .output_activation = "sigmoid"});
    Tensor error = study::error_per_pixel(ae(x), x);
    // The last term keeps the codes together; without it some of them go far away.
    Tensor loss = 784 * error + 0.01 * reduce_mean(reduce_sum(square(ae.code()), {1}));
    const History history =
        study.train(candidate.name, session, x, loss, error, {.epochs = 12, .batch_size = 20});
    aes.push_back(ae);
    errors.push_back(history.validation_losses.back());
    curves.line(candidate.name, history.validation_losses);
    fmt::print("{:<20} {:.4f} per pixel of the validation images\n", candidate.name, errors.back());
  }
  const auto best = static_cast<std::size_t>(std::ranges::min_element(errors) - errors.begin());
  models::AutoEncoder& ae = aes[best];
  study.save(session, ae.variables());

  const models::Pca pca(study.train().images, 2);
  const Array& images = study.test().images;
  const double mse = evaluate(session, study::error_per_pixel(ae(x), x), {{x, images}});
  const double pca_mse = pca.reconstruction_error(images) / 784;
  fmt::print("Test images, {}: {:.4f}; PCA with two components: {:.4f}\n", candidates[best].name,
             mse, pca_mse);
  study.metric("chosen", candidates[best].name);
  study.metric("validation_mse", errors);
  study.metric("test_mse", mse);
  study.metric("pca_test_mse", pca_mse);

  curves.reference("PCA", pca.reconstruction_error(study.validation().images) / 784);
  curves.x_label("epoch").y_label("squared error per pixel").log_y();
  example::report(curves.write(study.file("training")));

  Tensor code = ae.encode(x), somewhere = g.placeholder("somewhere", {any_size, 2});
  const ImageSet shown{
      images.rows(0, std::min<std::int64_t>(2000, images.shape()[0])),
      study.test().labels.rows(0, std::min<std::int64_t>(2000, images.shape()[0]))};
  Plot by_ae =
      study::plane("auto-encoder", predict(session, code, {{x, shown.images}}), shown.labels);
  Plot by_pca = study::plane("PCA", pca.encode(shown.images), shown.labels);
  by_ae.x_label("number 1").y_label("number 2");
  by_pca.x_label("component 1").y_label("component 2");
  example::report(write_plots(study.file("planes"), {by_ae, by_pca}, "Test digits as two numbers"));
  write_image_grid(study.file("reconstructions.png"),
                   {{"original", images.rows(0, 10)},
                    {"auto-encoder", predict(session, ae(x), {{x, images.rows(0, 10)}})},
                    {"PCA", pca.reconstruct(images.rows(0, 10))}});

  // What the plane means: the images that the decoder makes of its points, two deviations around.
  Tensor mean = reduce_mean(code, {0});
  Tensor spread = sqrt(reduce_mean(square(code - mean), {0}));
  const Array drawn = session.run(ae.decode(mean + somewhere * spread),
                                  {{x, shown.images}, {somewhere, study::square_grid(20, 2)}});
  write_image_grid(study.file("map.png"), {{"", drawn}}, {.columns = 20, .scale = 1, .gap = 0});
}

}  // namespace

int main(int argc, char** argv) {
  study::Study study("two_numbers",
                     "Digits as two numbers each: deep auto-encoders beside PCA's plane.");
  return study.run(argc, argv, [&] { two_numbers(study); });
}
