// Lesson 12: the chain rule from the front, and from the back: the same slopes at another price.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "dual.h"
#include "lesson.h"
#include "tape.h"

using namespace gradus;

namespace {

// One number from many: sin(x0 x1) + sin(x1 x2) + ...
auto many_to_one(const auto& x) {
  auto sum = sin(x[0] * x[1]);
  for (std::size_t i = 1; i + 1 < x.size(); ++i) sum = sum + sin(x[i] * x[i + 1]);
  return sum;
}

double start(std::size_t i) { return 0.1 * static_cast<double>(i + 1); }

struct Cost {
  std::vector<double> gradient;
  std::int64_t products;
};

Cost by_forward_mode(std::size_t n) {
  // [forward]
  std::vector<double> gradient;
  lesson::Dual::products = 0;
  for (std::size_t moving = 0; moving < n; ++moving) {  // one pass for each input
    std::vector<lesson::Dual> x;
    for (std::size_t i = 0; i < n; ++i) x.push_back({start(i), i == moving ? 1.0 : 0.0});
    gradient.push_back(many_to_one(x).slope);
  }
  // [forward]
  return {gradient, lesson::Dual::products};
}

Cost by_reverse_mode(std::size_t n) {
  // [reverse]
  lesson::Tape tape;
  std::vector<lesson::Real> x;
  for (std::size_t i = 0; i < n; ++i) x.push_back(tape.variable(start(i)));
  std::vector<double> gradient = tape.gradients(many_to_one(x));  // one pass for all
  // [reverse]
  std::int64_t products = 0;
  for (const auto& links : tape.entries) products += std::ssize(links);
  gradient.resize(n);
  return {gradient, products};
}

void teach_cost() {
  fmt::print(
      "1. f = sin(x0 x1) + sin(x1 x2) + ... of n numbers. How often a slope is multiplied for\n"
      "   the whole gradient, from the front (a pass for each input) and from the back (one):\n\n"
      "     n    forward   reverse   df/dx0 by both\n");
  for (const std::size_t n : {2U, 10U, 100U, 1000U}) {
    const Cost forward = by_forward_mode(n), reverse = by_reverse_mode(n);
    fmt::print("  {:>4} {:>10} {:>9}   {:.6f} {:.6f}\n", n, forward.products, reverse.products,
               forward.gradient[0], reverse.gradient[0]);
  }
  fmt::print("\n   Forward is n times as much. By hand df/dx0 = x1 cos(x0 x1) = {:.6f}.\n",
             start(1) * std::cos(start(0) * start(1)));
}

void teach_library(const std::filesystem::path& page) {
  // [library]
  Graph g;
  const Tensor x = g.placeholder("x", {1, 200}), v = g.placeholder("v", {1, 200});
  const Variable W = g.variable("W", glorot_uniform({200, 200}));
  Tensor h = x;
  for (int i = 0; i < 5; ++i) h = tanh(matmul(h, W));
  const Tensor y = reduce_sum(h);
  const Tensor slope = jvp({y}, {x}, {v})[0];  // forward: how y moves if x moves along v
  const Tensor dx = gradient(y, x);            // reverse: how y depends on each x
  // [library]
  const std::vector<Feed> feeds{{x, Array::full({1, 200}, 0.5)}, {v, Array::full({1, 200}, 0.1)}};
  Session session(g, {.seed = 1});
  const auto cost = [&](const std::vector<Tensor>& fetches) {
    return static_cast<double>(session.plan(fetches, feeds).flops()) /
           static_cast<double>(session.plan(y, feeds).flops());
  };
  const std::vector<Array> both = session.run({slope, reduce_sum(dx * v)}, feeds);
  fmt::print(
      "\n2. In Gradus, for a net from 200 numbers to one. jvp() gives what forward mode does, one\n"
      "   number: the slope along a direction v. gradient() has all 200. In forward passes:\n\n"
      "  y alone        1.0\n"
      "  y and jvp      {:.1f}     slope along v   {:.5f}\n"
      "  y and dx       {:.1f}     dx times v      {:.5f}\n"
      "\n   All 200 by jvp() would take 200 passes. Of a net from one number to 200, forward mode "
      "has\n"
      "   all slopes in one pass, and reverse mode needs 200. A loss is one number, so nets are\n"
      "   trained by reverse mode.\n",
      cost({y, slope}), both[0].item(), cost({y, dx}), both[1].item());

  Graph small;
  const Tensor a = small.placeholder("a", {}), b = small.placeholder("b", {});
  const Tensor c = small.placeholder("c", {});
  const Tensor f = named(many_to_one(std::vector<Tensor>{a, b, c}), "f");
  Session run(small);
  write_page(page, run, f, {a, b, c}, {{a, 0.1}, {b, 0.2}, {c, 0.3}},
             {.title = "Lesson 12: one pass back",
              .introduction = "Three numbers, one result. Press b and go on: one walk back visits "
                              "each node once and leaves all three slopes."});
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("12_forward_and_reverse", "Lesson 12: forward beside reverse mode.");
  return example::teach(program, argc, argv, [](const std::filesystem::path& page) {
    teach_cost();
    teach_library(page);
  });
}
