// Lesson 9: four ways down the same valley.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

// How large a step may be: f = c/2 x^2 with c = 10, from x = 1.
void teach_rate() {
  fmt::print(
      "1. f = 5 x^2 has the gradient 10 x: a step of gradient descent makes x to\n"
      "   (1 - 10 rate) x. After 20 steps from x = 1:\n\n"
      "    rate   by steps   (1 - 10 rate)^20\n");
  for (const double rate : {0.02, 0.1, 0.19, 0.21}) {
    // [rate]
    Graph g;
    const Variable x = g.variable("x", Array(1, float64));
    const Tensor step = SGD{.learning_rate = rate}.minimize(5 * square(x));
    Session session(g);
    for (int i = 0; i < 20; ++i) session.run(step);
    // [rate]
    fmt::print("    {:<6} {:>8.4f}   {:>8.4f}\n", rate, std::abs(session.value(x).item<double>()),
               std::abs(std::pow(1 - 10 * rate, 20)));
  }
  fmt::print("\n   Above 2 / 10 every step makes x larger, for 10 is the curvature.\n");
}

// [valley]
Tensor rosenbrock(const Variable& x, const Variable& y) {
  return square(1 - x) + 100 * square(y - square(x));
}
// [valley]

struct Valley {
  Graph g;
  Variable x = g.variable("x", Array(-1.2, float64));
  Variable y = g.variable("y", Array(1, float64));
  Tensor f = rosenbrock(x, y);
};

// Where the path is before the first step and after each; prints some moments of it.
void walk(Plot& plot, const std::string& name,
          const std::function<Tensor(const Tensor& f)>& minimize) {
  Valley v;
  const Tensor step = minimize(v.f);
  Session session(v.g);
  std::vector<double> xs, ys;
  fmt::print("  {:<17}", name);
  for (int i = 0; i <= 5000; ++i) {
    const std::vector<Array> now = session.run({v.x, v.y, v.f, step});
    const double f = now[2].item<double>();
    if (i == 10 || i == 100 || i == 1000 || i == 5000)
      fmt::print(" {:>9}", f < 1e-9 ? "< 1e-9" : fmt::format("{:.2g}", f));
    if (i > 100 && i % 20 != 0) continue;  // the picture does without
    xs.push_back(now[0].item<double>());
    ys.push_back(now[1].item<double>());
  }
  fmt::print("   ({:.2f}, {:.2f})\n", xs.back(), ys.back());
  plot.line(name, xs, ys);
}

void teach_valley(const std::filesystem::path& page) {
  Valley v;
  Session session(v.g);
  const std::vector<Array> d = session.run(gradients(v.f, {v.x, v.y}));
  fmt::print(
      "\n2. The valley (1 - x)^2 + 100 (y - x^2)^2, a narrow curve, lowest at (1, 1) with 0. At\n"
      "   (-1.2, 1) its gradient is ({:.1f}, {:.1f}); by hand\n"
      "   -2 (1 - x) - 400 x (y - x^2) = {:.1f}, 200 (y - x^2) = {:.1f}.\n\n"
      "                        f after 10       100      1000      5000   where\n",
      d[0].item<double>(), d[1].item<double>(), -2 * 2.2 + 480 * (1 - 1.44), 200 * (1 - 1.44));
  Plot plot("Four ways down a curved valley");
  plot.x_label("x").y_label("y");
  // [ways]
  walk(plot, "gradient descent",
       [](const Tensor& f) { return SGD{.learning_rate = 0.001}.minimize(f); });
  walk(plot, "with momentum",
       [](const Tensor& f) { return SGD{.learning_rate = 0.001, .momentum = 0.9}.minimize(f); });
  walk(plot, "Adam", [](const Tensor& f) { return Adam{.learning_rate = 0.05}.minimize(f); });
  const LbfgsResult result = Lbfgs(v.f, {v.x, v.y}).minimize(session);
  // [ways]
  fmt::print(
      "\n   L-BFGS needs {} iterations, with {} gradients, to come below {}: it learns from the\n"
      "   gradients how curved the valley is.\n",
      result.iterations(), result.evaluations, result.loss() < 1e-9 ? "1e-9" : "nothing");

  std::vector<double> xs, ys;
  for (int i = 0; i <= result.iterations(); ++i) {  // the path again, iteration by iteration
    Session again(v.g);
    if (i > 0) Lbfgs(v.f, {v.x, v.y}, {.max_iterations = i}).minimize(again);
    xs.push_back(again.value(v.x).item<double>());
    ys.push_back(again.value(v.y).item<double>());
  }
  plot.line("L-BFGS", xs, ys);
  const std::filesystem::path picture = std::filesystem::path(page).replace_extension();
  if (plot.write(picture).is_drawn) fmt::print("\nThe paths: {}.svg\n", picture.string());
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("9_optimizers", "Lesson 9: optimizers on a landscape.");
  return example::teach(program, argc, argv, [](const std::filesystem::path& page) {
    teach_rate();
    teach_valley(page);
  });
}
