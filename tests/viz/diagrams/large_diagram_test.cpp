// Graphs of many nodes are collapsed by themselves, and the pictures are of a size to be read.
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/gradients.h>
#include <gradus/ops.h>
#include <gradus/optimizers.h>
#include <gradus/recurrent.h>
#include <gradus/traversal.h>

#include "viz/diagrams/analysis/runs.h"
#include "viz/diagrams/graphviz.h"

namespace gradus {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Of layers without scopes, as one writes them by hand.
Tensor mlp(Graph& g, const Tensor& x, int layers, int units) {
  Tensor h = x;
  for (int i = 0; i < layers; ++i) {
    const std::string number = std::to_string(i);
    const Variable W = g.variable("W" + number, Array::zeros({h.shape()[1], units}));
    const Variable b = g.variable("b" + number, Array::zeros({units}));
    h = elu(matmul(h, W) + b);
  }
  return h;
}

// In points, without a legend.
struct Drawn {
  explicit Drawn(const std::vector<Tensor>& tensors) {
    std::istringstream layout(run_dot(to_dot(tensors), {"-Tplain"}, std::chrono::minutes(1)));
    std::string word;
    double scale = 0;
    layout >> word >> scale >> width >> height;
    width *= 72;
    height *= 72;
    for (std::string line; std::getline(layout, line);)
      if (line.starts_with("node")) ++nodes;
  }
  double width = 0, height = 0;
  std::size_t nodes = 0;
};

// Fitted to the width of a window of 1280 pixels, text of 11 points has 12 pixels.
constexpr double widest = 1280.0 * 11 / 12;

TEST(Runs, are_found_whatever_their_period) {
  std::vector<std::uint64_t> items{9, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 8, 8, 8, 8};
  const std::vector<gradus::Run> runs = find_runs(items);
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].first, 1U);
  EXPECT_EQ(runs[0].period, 3U);
  EXPECT_EQ(runs[0].times, 3U);
  EXPECT_EQ(runs[0].slack, 1U);
  EXPECT_EQ(runs[1].first, 11U);
  EXPECT_EQ(runs[1].times, 4U);
  EXPECT_THAT(find_runs(std::vector<std::uint64_t>{1, 1}), IsEmpty());
  EXPECT_THAT(find_runs(std::vector<std::uint64_t>{}), IsEmpty());
}

TEST(LargeDiagram, layers_of_a_deep_network_are_drawn_once) {
  Graph g;
  const Tensor y = mlp(g, g.placeholder("x", {any_size, 784}), 31, 64);
  const std::string dot = to_dot(y);
  EXPECT_THAT(dot, HasSubstr("label=\"\u00d7 30\""));
  EXPECT_THAT(dot, HasSubstr("label=\"W1 \u2026 W30\\nvariable\""));
  EXPECT_THAT(dot, Not(HasSubstr("label=\"W2")));
  // From the end of one layer to the beginning of the next.
  EXPECT_THAT(dot, HasSubstr("[constraint=\"false\", color=\"#0072b2\", penwidth=\"1.6\"]"));
  EXPECT_THAT(to_dot(y, {.collapses_large_graphs = false}), HasSubstr("label=\"W2\\nvariable\""));
}

TEST(LargeDiagram, a_graph_of_fewer_than_150_nodes_stays_as_it_is) {
  Graph g;
  const Tensor y = mlp(g, g.placeholder("x", {any_size, 64}), 20, 64);
  EXPECT_EQ(to_dot(y), to_dot(y, {.collapses_large_graphs = false}));
}

TEST(LargeDiagram, what_is_wired_otherwise_is_no_repetition) {
  Graph g;
  std::vector<Tensor> all{g.placeholder("x", {2}), g.placeholder("y", {2})};
  // The second operand is the result of the last but one, but for some.
  for (std::size_t i = 0; i < 200; ++i) all.push_back(all.back() - all[i % 10 == 0 ? i / 2 : i]);
  const std::string dot = to_dot(all.back());
  EXPECT_THAT(dot, HasSubstr("\u00d7 "));
  EXPECT_THAT(dot, Not(HasSubstr("\u00d7 200")));
}

TEST(LargeDiagram, unrolled_lstm_fits_a_window) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 20, 8});
  const layers::LSTM lstm(g, 8, 16);
  const Tensor loss = named(reduce_sum(square(lstm(x))), "loss");
  const Drawn d({loss});
  EXPECT_LE(d.nodes, 60U);
  EXPECT_LE(d.width, widest);
  EXPECT_LE(d.height, 1500);
}

TEST(LargeDiagram, a_training_step_fits_a_window) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 64});
  Tensor h = x;
  for (int i = 0; i < 8; ++i) {
    const NameScope scope = g.scope(i < 4 ? "encoder" : "decoder");
    const Variable W = g.variable("W", Array::zeros({64, 64}));
    const Variable b = g.variable("b", Array::zeros({64}));
    h = elu(matmul(h, W) + b);
  }
  const Tensor loss = named(reduce_mean(square(h - x)), "loss");
  const Tensor step = named(Adam{}.minimize(loss), "step");
  const Drawn d({loss, step});
  EXPECT_GT(ancestors({loss, step}).size(), large_graph);
  EXPECT_LE(d.width, widest);
  const std::string dot = to_dot({loss, step});
  EXPECT_THAT(dot, HasSubstr("label=\"adam\\n"));
  EXPECT_THAT(dot, HasSubstr("dloss/dW"));
  EXPECT_THAT(dot, HasSubstr("gradient of "));
}

TEST(LargeDiagram, of_a_thousand_nodes_fits_the_width_of_a_window) {
  Graph g;
  const Tensor y = mlp(g, g.placeholder("x", {any_size, 64}), 200, 64);
  const Tensor loss = named(reduce_sum(y), "loss");
  EXPECT_GT(ancestors({loss}).size(), 1000U);
  const Drawn d({loss});
  EXPECT_LE(d.width, widest);
  EXPECT_LE(d.nodes, 20U);
}

TEST(LargeDiagram, gradients_lie_in_the_frames_of_what_they_differentiate) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable W = g.variable("W", Array::zeros({3, 3}));
  Tensor h;
  {
    const NameScope outer = g.scope("encoder");
    const NameScope inner = g.scope("dense");
    h = elu(matmul(x, W));
  }
  const Tensor loss = named(reduce_sum(h), "loss");
  const Tensor dW = gradient(loss, W);
  const Picture picture = make_picture(dW.state(), ancestors({dW}), {dW.id()}, {});
  for (std::size_t f = 0; f < picture.frames.size(); ++f)
    for (std::size_t node : picture.frames[f].nodes)
      if (picture.nodes[node].id == dW.id()) {
        std::string path;
        for (std::size_t at = f; at != 0; at = picture.frames[at].parent)
          path = picture.frames[at].label + "/" + path;
        EXPECT_EQ(path, "gradients/encoder/dense/gradient of matmul/");
        EXPECT_THAT(picture.nodes[node].label, HasSubstr("dloss/dW\n"));
      }
}

}  // namespace
}  // namespace gradus
