// The tape of lesson 3 beside the library.
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "paths.h"
#include "tape.h"

namespace lesson {
namespace {

// Both gradients of f at (0.7, -1.3): the same C++ is read by the tape and by the library.
void expect_the_same_gradients(const auto& f) {
  Tape tape;
  const Real x = tape.variable(0.7), y = tape.variable(-1.3);
  const Real value = f(x, y);
  const std::vector<double> by_tape = tape.gradients(value);

  using gradus::Tensor;
  gradus::Graph g;
  const Tensor s = g.placeholder("x", {}, gradus::float64);
  const Tensor t = g.placeholder("y", {}, gradus::float64);
  const Tensor symbolic = f(s, t);
  const std::vector<Tensor> d = gradus::gradients(symbolic, {s, t});
  const std::vector<gradus::Array> all =
      gradus::Session(g).run({symbolic, d[0], d[1]}, {{s, 0.7}, {t, -1.3}});
  EXPECT_NEAR(value.value, all[0].item<double>(), 1e-12);
  EXPECT_NEAR(by_tape[x.entry], all[1].item<double>(), 1e-12);
  EXPECT_NEAR(by_tape[y.entry], all[2].item<double>(), 1e-12);
}

TEST(Tape, the_tape_agrees_with_the_symbolic_gradients) {
  expect_the_same_gradients([](const auto& x, const auto& y) { return x + y; });
  expect_the_same_gradients([](const auto& x, const auto& y) { return x * y; });
  expect_the_same_gradients([](const auto& x, const auto& y) { return sin(x) * y; });
  expect_the_same_gradients([](const auto& x, const auto& y) { return sin(sin(sin(x * y))); });
}

TEST(Tape, what_is_read_twice_gets_both_contributions) {
  expect_the_same_gradients([](const auto& x, const auto& y) { return x * x + y; });
  expect_the_same_gradients([](const auto& x, const auto& y) { return sin(x * y) * x + y * y; });
  expect_the_same_gradients([](const auto& x, const auto& y) {
    auto h = x + y;
    for (int i = 0; i < 20; ++i) h = sin(h) * h + x;
    return h;
  });
}

TEST(Tape, the_tape_has_at_most_sixty_lines) {
  std::ifstream file(GRADUS_SOURCE_DIR "/examples/lessons/tape.h");
  int lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  EXPECT_GT(lines, 0);
  EXPECT_LE(lines, 60);
}

}  // namespace
}  // namespace lesson
