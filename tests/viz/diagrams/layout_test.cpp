#include "viz/diagrams/layout.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/ops.h>
#include <gradus/traversal.h>

namespace gradus {
namespace {

struct Drawing {
  explicit Drawing(const Tensor& t, const DiagramOptions& options = {})
      : picture(make_picture(t.state(), ancestors({t}), {t.id()}, options)),
        layout(lay_out({picture}, options)[0]) {}
  Picture picture;
  Layout layout;
};

double bottom(const LayoutBox& box) { return box.center.y + box.height / 2; }
double top(const LayoutBox& box) { return box.center.y - box.height / 2; }
bool contains(const LayoutBox& outer, const LayoutBox& inner) {
  constexpr double more = 0.2;  // Graphviz draws ellipses a little larger than their nodes
  const double right = (outer.width - inner.width) / 2, below = (outer.height - inner.height) / 2;
  return std::abs(outer.center.x - inner.center.x) <= right + more &&
         std::abs(outer.center.y - inner.center.y) <= below + more;
}

TEST(DiagramLayout, boxes_are_those_of_the_pictures_nodes) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), y = g.placeholder("a_much_longer_name", {2});
  const Drawing d(maximum(exp(x), y));
  ASSERT_EQ(d.layout.nodes.size(), d.picture.nodes.size());
  EXPECT_EQ(d.picture.nodes[1].id, y.id());
  EXPECT_GT(d.layout.nodes[1].width, 1.2 * d.layout.nodes[0].width);
  for (const LayoutBox& box : d.layout.nodes) EXPECT_TRUE(contains(d.layout.frames[0], box));
}

TEST(DiagramLayout, arrows_run_down_from_operand_to_reader) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Drawing d(subtract(exp(x), negative(exp(x))));
  ASSERT_EQ(d.layout.edges.size(), d.picture.edges.size());
  for (std::size_t i = 0; i < d.layout.edges.size(); ++i) {
    const LayoutEdge& edge = d.layout.edges[i];
    ASSERT_EQ(edge.curve.size() % 3, 1U);
    const LayoutBox from = d.layout.nodes[d.picture.edges[i].from];
    const LayoutBox to = d.layout.nodes[d.picture.edges[i].to];
    EXPECT_NEAR(edge.curve.front().y, bottom(from), 2) << i;
    EXPECT_NEAR(edge.tip.y, top(to), 2) << i;
    EXPECT_NEAR(edge.curve.front().x, from.center.x, from.width / 2) << i;
    EXPECT_NEAR(edge.tip.x, to.center.x, to.width / 2) << i;
    EXPECT_LT(edge.curve.back().y, edge.tip.y) << i;
  }
}

TEST(DiagramLayout, arrows_between_gradients_run_up_from_operand_to_reader) {
  Graph g;
  const Variable x = g.variable("x", Array::zeros({2}));
  const Drawing d(gradient(reduce_sum(exp(exp(exp(x)))), x));
  int turned = 0;
  for (std::size_t i = 0; i < d.layout.edges.size(); ++i) {
    const auto [a, b] = std::pair(d.picture.edges[i].from, d.picture.edges[i].to);
    if (!d.picture.nodes[a].flows_up || !d.picture.nodes[b].flows_up) continue;
    ++turned;
    EXPECT_NEAR(d.layout.edges[i].curve.front().y, top(d.layout.nodes[a]), 2) << i;
    EXPECT_NEAR(d.layout.edges[i].tip.y, bottom(d.layout.nodes[b]), 2) << i;
    EXPECT_GT(d.layout.edges[i].curve.back().y, d.layout.edges[i].tip.y) << i;
  }
  EXPECT_GE(turned, 2);
}

TEST(DiagramLayout, arrows_meet_their_boxes_far_from_the_origin_too) {
  Graph g;
  Tensor y = g.placeholder("x", {2});
  for (int i = 0; i < 1'000; ++i) y = negative(y);
  const Drawing d(y, {.collapses_large_graphs = false});
  EXPECT_GT(d.layout.height, 50'000);
  for (std::size_t i = 0; i < d.layout.edges.size(); ++i)
    EXPECT_NEAR(d.layout.edges[i].tip.y, top(d.layout.nodes[d.picture.edges[i].to]), 0.35) << i;
}

TEST(DiagramLayout, pictures_are_laid_out_together_as_each_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Drawing first(exp(x)), second(maximum(exp(x), x) + x);
  Picture nothing;
  nothing.frames.resize(1);
  const std::vector<Layout> all = lay_out({first.picture, nothing, second.picture}, {});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].nodes[1].center.y, first.layout.nodes[1].center.y);
  EXPECT_EQ(all[1].width, 0);
  ASSERT_EQ(all[2].edges.size(), second.layout.edges.size());
  for (std::size_t i = 0; i < all[2].edges.size(); ++i)
    EXPECT_EQ(all[2].edges[i].tip.x, second.layout.edges[i].tip.x);
}

TEST(DiagramLayout, labels_of_any_text_do_not_confuse_it) {
  Graph g;
  std::vector<Operand> nodes;
  for (const char* name : {"\"", "\\", "a\\\"", "]}", "\\n", "\xFF", "\\N", "{", "&quot;", "n7",
                           "cluster_1", "\xC3\xA9", "\xE2\x80\xA8"}) {
    const NameScope scope = g.scope(name);
    nodes.emplace_back(g.placeholder(name, {2}));
  }
  const Drawing d(group(nodes));
  for (const LayoutBox& box : d.layout.nodes) EXPECT_TRUE(contains(d.layout.frames[0], box));
  for (std::size_t i = 0; i < nodes.size(); ++i) EXPECT_GT(d.layout.nodes[i].width, 10);
}

TEST(DiagramLayout, both_arrows_of_x_plus_x_have_a_curve) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Drawing d(x + x);
  ASSERT_EQ(d.layout.edges.size(), 2U);
  EXPECT_NE(d.layout.edges[0].tip.x, d.layout.edges[1].tip.x);
}

TEST(DiagramLayout, frames_hold_their_nodes_and_frames) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  Tensor y;
  {
    const NameScope outer = g.scope("model");
    const NameScope inner = g.scope("encoder");
    y = elu(exp(x));
  }
  const Drawing d(log(y));
  ASSERT_EQ(d.layout.frames.size(), 3U);
  EXPECT_TRUE(contains(d.layout.frames[0], d.layout.frames[1]));
  EXPECT_TRUE(contains(d.layout.frames[1], d.layout.frames[2]));
  EXPECT_TRUE(contains(d.layout.frames[2], d.layout.nodes[1]));
  EXPECT_TRUE(contains(d.layout.frames[2], d.layout.nodes[2]));
  EXPECT_FALSE(contains(d.layout.frames[2], d.layout.nodes[0]));
  EXPECT_EQ(d.layout.width, d.layout.frames[0].width);
  EXPECT_EQ(d.layout.height, d.layout.frames[0].height);
}

TEST(DiagramLayout, direction_right_puts_readers_to_the_right) {
  Graph g;
  const Drawing d(exp(g.placeholder("x", {2})), {.direction = DiagramDirection::right});
  EXPECT_LT(d.layout.nodes[0].center.x, d.layout.nodes[1].center.x);
  EXPECT_NEAR(d.layout.nodes[0].center.y, d.layout.nodes[1].center.y, 1e-6);
}

TEST(DiagramLayout, a_training_graph_has_every_curve) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable W = g.variable("W", Array::zeros({2, 3}));
  const Tensor h = elu(matmul(x, W, {.transpose_b = true}));
  const Tensor loss = reduce_sum(square(matmul(h, W) - x));
  const Drawing d(gradient(loss, W));
  for (const LayoutEdge& edge : d.layout.edges) EXPECT_GE(edge.curve.size(), 4U);
}

}  // namespace
}  // namespace gradus
