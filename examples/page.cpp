// Pages that explain: the basic auto-encoder along its training, and the tied one of four layers.
#include <fmt/format.h>

#include <gradus/gradus.h>

#include "program.h"

using namespace gradus;

namespace {

struct Settings {
  std::string out = "out/page";
  std::uint64_t seed = 42;
  std::int64_t points = 6, digits = 4, steps = 200;
};

void add_options(example::Program& program, Settings& s) {
  program.option("--out", s.out, "folder of the pages");
  program.option("--seed", s.seed, "of the data and the first weights");
  program.option("--points", s.points, "points in the page of the basic auto-encoder", 1, 1000);
  program.option("--digits", s.digits, "digits in the page of the tied auto-encoder", 1, 1000);
  program.option("--steps", s.steps, "of training of the basic auto-encoder", 0, 100'000);
}

void write_basic(const std::filesystem::path& path, const Settings& s) {
  const Array points = noisy_sheet(s.points, s.seed).points;
  // [along training]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor x_tilde = named(ae(x), "x_tilde");
  Tensor loss = named(reduce_mean(reduce_sum(square(x_tilde - x), {1})), "loss");
  Tensor step = SGD{.learning_rate = 0.1}.minimize(loss);

  Session session(g, {.seed = s.seed});
  PageRecorder recorder(session, loss);
  for (std::int64_t i = 0; i <= s.steps; ++i) {
    if (i % 20 == 0) recorder.snapshot(i, {{x, points}});
    session.run(step, {{x, points}});
  }
  recorder.write(path,
                 {.title = "The basic auto-encoder",
                  .introduction = "Points in space are coded by two numbers each. The decoder "
                                  "has the encoder's matrix, so that W gets two gradients."});
  // [along training]
}

void write_tied(const std::filesystem::path& path, const Settings& s) {
  const Array images =
      generated_digits(s.seed, {.train = s.digits, .validation = 0, .test = 0}).train.images;
  // [one run]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  models::AutoEncoder ae(g, {784, 256, 64});
  Tensor x_tilde = named(ae(x), "x_tilde");
  Tensor mse = named(reduce_mean(reduce_sum(square(x_tilde - x), {1})), "mse");
  Tensor loss = named(mse + 1e-4 * l2(ae.trainable_variables("W*")), "loss");

  Session session(g, {.seed = s.seed});
  write_page(path, session, loss, {{x, images}}, {.title = "A tied auto-encoder of four layers"});
  // [one run]
}

int write(const Settings& s) {
  const std::filesystem::path out = s.out;
  example::make_folder(out);
  write_basic(out / "basic_ae.html", s);
  write_tied(out / "tied_ae.html", s);
  fmt::print(
      "Two pages, to be opened in a browser:\n"
      "  {}   each step of one run, and the training\n"
      "  {}    the same of 784-256-64-256-784\n",
      (out / "basic_ae.html").string(), (out / "tied_ae.html").string());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  example::Program program(
      "page", "Writes pages that explain the gradients of two auto-encoders step by step.");
  add_options(program, settings);
  return program.run(argc, argv, [&] { return write(settings); });
}
