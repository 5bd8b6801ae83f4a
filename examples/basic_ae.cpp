// Exercise 1 of the practical: an auto-encoder with one layer beside PCA, on points in space.
#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "program.h"

using namespace gradus;

namespace {

struct Settings {
  std::string out = "out/basic_ae";
  std::uint64_t seed = 42;
  std::int64_t epochs = 3000, points = 1000;
  double learning_rate = 0.2;
  example::Keeping keeping;
  int threads = 0;
};

void add_options(example::Program& program, Settings& s) {
  program.option("--out", s.out, "folder of the figures and metrics.json");
  program.option("--seed", s.seed, "of the data and the first weights");
  program.option("--epochs", s.epochs, "steps of gradient descent, each on all points", 1,
                 1'000'000);
  program.option("--points", s.points, "number of points", 10, 1'000'000);
  program.option("--learning-rate", s.learning_rate, "of gradient descent", 0.0, 1e6);
  add_options(program, s.keeping);
  program.option("--threads", s.threads, "0: one per core", 0, 1024);
}

// A small tensor, of which the answer is known: question 3.
void check_call() {
  // [cell 3]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor x_tilde = ae(x);

  Session session(g);
  session.set(ae.W(), Array({{1, 0, 0}, {0, 1, 0}}));  // keeps the first two coordinates
  Array y = session.run(x_tilde, {{x, Array({{1, 2, 3}, {4, 5, 6}})}});
  // y is [[1, 2, 0], [4, 5, 0]]
  // [cell 3]
  if (y != Array({{1, 2, 0}, {4, 5, 0}}))
    throw InternalError("the auto-encoder maps a small tensor to " + to_text(y));
  fmt::print("{}\n", ae.summary());
}

int train(const Settings& s) {
  const std::filesystem::path out = s.out;
  example::make_folder(out);
  fmt::print("1. The call, checked on a small tensor: it keeps what it should.\n\n");
  check_call();

  // [cell 1]
  Sheet sheet = noisy_sheet(s.points, s.seed);
  Plot data("The data: a noisy curved sheet in space");
  data.scatter("points", sheet.points, sheet.parameter, "position along the curve").equal_axes();
  data.x_label("x1").y_label("x2").z_label("x3");
  example::report(data.write(out / "data"));
  // [cell 1]

  // [cell 4]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor code = ae.encode(x);
  Tensor x_tilde = ae.decode(code);
  Tensor loss = reduce_mean(reduce_sum(square(x_tilde - x), {1}));  // eq. (1)
  Tensor step = SGD{.learning_rate = s.learning_rate}.minimize(loss);

  Session session(g, {.seed = s.seed, .threads = s.threads});
  History history = fit(session, step, loss, {{x, sheet.points}},
                        {.epochs = s.epochs,
                         .batch_size = s.points,  // all in one batch
                         .shuffle = false,
                         .checkpoint = {.folder = s.keeping.checkpoint, .every = 500}});
  // [cell 4]
  save_weights(s.keeping, session, ae.variables());
  if (history.was_interrupted) example::warn("interrupted: what is there is written");

  // [cell 5]
  models::Pca pca(sheet.points, 2);
  const double mse = session.run(loss, {{x, sheet.points}}).item<double>();
  const double pca_mse = pca.reconstruction_error(sheet.points);

  Plot by_ae(fmt::format("Auto-encoder: MSE {:.4f}", mse)),
      by_pca(fmt::format("PCA: MSE {:.4f}", pca_mse));
  by_ae.scatter("codes", session.run(code, {{x, sheet.points}}), sheet.parameter,
                "position along the curve");
  by_pca.scatter("codes", pca.encode(sheet.points), sheet.parameter, "position along the curve");
  by_ae.x_label("code 1").y_label("code 2").equal_axes();
  by_pca.x_label("component 1").y_label("component 2").equal_axes();
  example::report(
      write_plots(out / "codes", {by_ae, by_pca}, "Two numbers for each point in space"));

  Plot curve("Loss along training");
  curve.line("auto-encoder", history.losses).reference("PCA", pca_mse);
  curve.x_label("epoch").y_label("mean squared error").log_y();
  example::report(curve.write(out / "loss"));
  // [cell 5]
  example::write_graph(out, loss, "The loss of the basic auto-encoder");

  const auto rise = std::ranges::adjacent_find(history.losses, std::less_equal<>());
  const std::int64_t falls = rise - history.losses.begin();
  const bool always_fell = rise == history.losses.end();
  example::write_metrics(out, {{"mse", mse},
                               {"pca_mse", pca_mse},
                               {"epochs", std::ssize(history.losses)},
                               {"seconds", history.total_seconds()},
                               {"losses", history.losses}});
  fmt::print(
      "2. Gradient descent on all {} points: {} epochs in {:.2f} s.\n"
      "   The loss went from {:.4f} to {:.4f}; {}.\n\n"
      "3. Mean squared error (squared distance to the point, averaged):\n"
      "   auto-encoder  {:.5f}\n"
      "   PCA           {:.5f}   the best that any plane can do\n\n"
      "Figures in {}: data, codes, loss (.svg, .png; .csv and .gp hold data and script), "
      "graph (.svg, .png); numbers in metrics.json.\n",
      s.points, history.losses.size(), history.total_seconds(), history.losses.front(), mse,
      always_fell ? "it fell at each epoch" : fmt::format("it rose after epoch {}", falls + 1), mse,
      pca_mse, out.string());
  return example::exit_code(history);
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  example::Program program(
      "basic_ae", "Exercise 1: a basic auto-encoder beside PCA, on a noisy curved sheet in space.");
  add_options(program, settings);
  return program.run(argc, argv, [&] { return train(settings); });
}
