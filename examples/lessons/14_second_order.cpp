// Lesson 14: the slope of the slope says how far to go.
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

void teach_newton(const std::filesystem::path& page) {
  // [scalar]
  Graph g;
  const Variable x = g.variable("x", Array(0, float64)), z = g.variable("z", Array(0, float64));
  const auto f = [](const Tensor& t) { return exp(t) - 2 * t; };  // lowest at log 2
  const Tensor slope = gradient(f(x), x), curvature = gradient(slope, x);
  const Tensor newton = assign(x, x - slope / curvature);
  const Tensor descent = assign(z, z - 0.2 * gradient(f(z), z));
  // [scalar]
  Session session(g);
  fmt::print(
      "1. f = e^x - 2 x is lowest at log 2. Newton's step is slope / curvature, long where the\n"
      "   curve is flat. How far from log 2, beside gradient descent with rate 0.2:\n\n"
      "  step    Newton    descent\n");
  for (int i = 0; i <= 5; ++i) {
    const auto off = [&](const Variable& v) {
      const double error = std::abs(session.value(v).item<double>() - std::log(2));
      return error < 1e-12 ? "< 1e-12" : fmt::format("{:.1e}", error);
    };
    fmt::print("  {:>4} {:>9} {:>10}\n", i, off(x), off(z));
    session.run(newton);
    session.run(descent);
  }
  fmt::print("\n   Near the end the number of right digits doubles in each step.\n");

  Graph h;
  const Tensor t = h.placeholder("t", {});
  const Tensor first = named(gradient(f(t), t), "slope");
  Session run(h);
  write_page(page, run, first, {t}, {{t, 0}},
             {.title = "Lesson 14: a gradient's gradient",
              .introduction = "The value at the top is a slope already, e^t - 2, made of nodes as "
                              "everything else is. The way back gives its slope, e^t."});
}

void teach_matrix() {
  // [hessian]
  Graph g;
  const Variable w = g.variable("w", Array({-1.2, 1}, float64));
  const std::vector<Tensor> p = unstack(w);
  const Tensor f = square(1 - p[0]) + 100 * square(p[1] - square(p[0]));  // the valley of lesson 9
  const Tensor dw = gradient(f, w);
  const Tensor H = jacobian(dw, w);  // the Hessian: the slopes of the slopes
  const Tensor step = assign(w, w - solve(H, dw));
  // [hessian]
  Session session(g);
  fmt::print(
      "\n2. Of two numbers the curvature is a table. In the valley of lesson 9, and by hand:\n\n");
  example::show("H", session.run(H));
  example::show("by hand", Array({{1200 * 1.44 - 400 + 2, 480}, {480, 200}}, float64));

  // [product]
  const Tensor v = g.constant({1, 2}, float64);
  const Tensor product = hvp(f, {w}, {v})[0];  // without H
  // [product]
  const std::vector<Array> both = session.run({product, matmul(H, v)});
  fmt::print("\n   H v for v = (1, 2), by hvp(), which needs no H, and by the table:\n\n");
  example::show("hvp", both[0]);
  example::show("H v", both[1]);

  fmt::print(
      "\n3. Newton's steps w <- w - H^-1 dw. One goes up the wall, and six arrive:\n\n"
      "  step   w                 f\n");
  for (int i = 0; i <= 6; ++i) {
    const std::vector<Array> now = session.run({w, f, step});
    const auto at = now[0].values<double>();
    const double height = now[1].item<double>();
    fmt::print("  {:>4}   ({:>6.3f}, {:>6.3f})   {}\n", i, at[0], at[1],
               height < 1e-9 ? "< 1e-9" : fmt::format("{:.2g}", height));
  }
}

void teach_limits() {
  // [maximum]
  Graph g;
  const Variable x = g.variable("x", Array(0.3, float64));
  const Tensor f = cos(x);  // highest at 0, lowest at pi
  const Tensor slope = gradient(f, x);
  const Tensor step = assign(x, x - slope / gradient(slope, x));
  // [maximum]
  Session session(g);
  for (int i = 0; i < 5; ++i) session.run(step);
  fmt::print(
      "\n4. Newton looks for a slope of 0, and a top has one, too. From 0.3 on cos(x), which is\n"
      "   lowest at pi, five steps lead to {:.3f}, where cos(x) = {:.3f}. And H of a net with a\n"
      "   million weights has 10^12 numbers: there one uses H v, or gradients alone.\n",
      std::abs(session.value(x).item<double>()), std::cos(session.value(x).item<double>()));
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("14_second_order", "Lesson 14: second order, and Newton's method.");
  return example::teach(program, argc, argv, [](const std::filesystem::path& page) {
    teach_newton(page);
    teach_matrix();
    teach_limits();
  });
}
