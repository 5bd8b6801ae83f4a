// Lesson 3: the chain rule on scalars. A tape of sixty lines, beside the gradients of Gradus.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"
#include "tape.h"

using namespace gradus;

namespace {

constexpr double x0 = 2, y0 = 3;

// A formula of x and y, for the tape and for a graph: the same C++, read twice.
struct Formula {
  std::function<lesson::Real(const lesson::Real&, const lesson::Real&)> on_tape;
  std::function<Tensor(const Tensor&, const Tensor&)> in_graph;
};

Formula formula(const auto& f) { return {f, f}; }

void show_tape() {
  // [tape]
  lesson::Tape tape;
  const lesson::Real x = tape.variable(x0), y = tape.variable(y0);
  const lesson::Real f = sin(x * y) + x;
  const std::vector<double> d = tape.gradients(f);
  // [tape]
  fmt::print(
      "1. The tape of f = sin(x * y) + x at x = {}, y = {}: what each entry was computed from,\n"
      "   and its slope. The last column is filled from below.\n\n"
      "  entry  computed from          df/d(entry)\n",
      x0, y0);
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    std::string links;
    for (const lesson::Link& link : tape.entries[i])
      links += fmt::format("{}{} ({:.4g})", links.empty() ? "" : ", ", link.operand, link.slope);
    fmt::print("  {:<6} {:<22} {:.4g}\n", i, links.empty() ? "-" : links, d[i]);
  }
  fmt::print("\n   By hand: df/dx = y cos(x y) + 1 = {:.4g}, df/dy = x cos(x y) = {:.4g}\n",
             y0 * std::cos(x0 * y0) + 1, x0 * std::cos(x0 * y0));
}

// The gradients with respect to x by the tape, by Gradus, and by a small step to both sides.
void compare(const Formula& formula) {
  const auto on_tape = [&](lesson::Tape& tape, double at) {
    const lesson::Real x = tape.variable(at), y = tape.variable(y0);
    return formula.on_tape(x, y);
  };
  lesson::Tape tape, left, right;
  const double by_tape = tape.gradients(on_tape(tape, x0))[0];
  constexpr double step = 1e-5;
  const double by_difference =
      (on_tape(right, x0 + step).value - on_tape(left, x0 - step).value) / (2 * step);

  // [symbolic]
  Graph g;
  const Tensor x = g.placeholder("x", {}, float64), y = g.placeholder("y", {}, float64);
  const Tensor f = formula.in_graph(x, y);
  const Tensor df = gradient(f, x);
  const double symbolic = Session(g).run(df, {{x, x0}, {y, y0}}).item<double>();
  // [symbolic]
  fmt::print("  {:<26} {:>10.6f} {:>10.6f} {:>11.6f}\n", to_text(f), by_tape, symbolic,
             by_difference);
}

void lesson_of_scalars(const std::filesystem::path& page) {
  show_tape();
  fmt::print(
      "\n2. df/dx by the tape, by Gradus, and by a small step:\n\n"
      "  f                                tape     Gradus  small step\n");
  // [formulas]
  const std::vector<Formula> formulas{
      formula([](const auto& x, const auto& y) { return sin(x * y) + x; }),
      formula([](const auto& x, const auto&) { return x * x * x; }),
      formula([](const auto& x, const auto& y) { return x * y + sin(x) * sin(y); }),
      formula([](const auto& x, const auto& y) { return sin(sin(x) * y) * x + y; })};
  // [formulas]
  for (const Formula& f : formulas) compare(f);

  Graph g;
  const Tensor x = g.placeholder("x", {}), y = g.placeholder("y", {});
  const Tensor f = named(formulas[0].in_graph(x, y), "f");
  Session session(g);
  write_page(page, session, f, {x, y}, {{x, x0}, {y, y0}},
             {.title = "Lesson 3: the chain rule on a scalar",
              .introduction = "The key b jumps to the first backward step. Each step hands its "
                              "gradient times a slope to what it was computed from."});
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("3_chain_rule", "Lesson 3: the chain rule on a scalar, and a tape.");
  return example::teach(program, argc, argv, lesson_of_scalars);
}
