#include <optional>
#include <unordered_set>

#include <gtest/gtest.h>

#include <gradus/at.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/traversal.h>

#include "core/refusal.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

TEST(Tensor, by_default_stands_for_nothing) {
  const Tensor t;
  EXPECT_FALSE(t);
  const std::string text = "tensor: the handle stands for no node";
  EXPECT_EQ(refusal<GraphError>([&] { t.shape(); }), text);
  EXPECT_EQ(refusal<GraphError>([&] { t.dtype(); }), text);
  EXPECT_EQ(refusal<GraphError>([&] { t.name(); }), text);
  EXPECT_EQ(refusal<GraphError>([&] { t.op_name(); }), text);
  EXPECT_EQ(refusal<GraphError>([&] { t.where(); }), text);
  EXPECT_EQ(refusal<GraphError>([&] { named(t, "t"); }), text);
  EXPECT_EQ(refusal<GraphError>([&] { Variable().is_trainable(); }), text);
  EXPECT_EQ(refusal<GraphError>([&] { ancestors({t}); }), text);
}

TEST(Tensor, that_stands_for_nothing_is_no_operand) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 2}), none;
  EXPECT_EQ(refusal<GraphError>([&] { x + none; }),
            "add: operand b is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { none + 1; }),
            "add: operand a is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { transpose(none); }),
            "transpose: operand x is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { matmul(none, x); }),
            "matmul: operand a is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { where(none, x, 0); }),
            "where: operand condition is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] {
              group({x, none});
            }),
            "group: operand [1] is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { assign(none, x); }),
            "assign: operand variable is an empty Tensor\n  at  here");
}

TEST(Tensor, that_was_moved_away_stands_for_nothing) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  const Tensor y = std::move(x);
  EXPECT_FALSE(x);
  EXPECT_EQ(refusal<GraphError>([&] { x + 1; }), "add: operand a is an empty Tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { x += 1; }), "add: operand a is an empty Tensor\n  at  here");
  EXPECT_EQ(y.name(), "x");
}

TEST(Tensor, keeps_its_graph_alive) {
  std::optional<Graph> g(std::in_place);
  Tensor x = g->placeholder("x", {any_size, 3});
  g.reset();
  const Tensor y = square(x) + 1;
  EXPECT_EQ(y.name(), "add");
  EXPECT_EQ(y.shape(), (Shape{any_size, 3}));
  EXPECT_EQ(Graph(y.shared_state()).find("square").op_name(), "square");
}

TEST(Tensor, equals_the_same_node_alone) {
  Graph g, other;
  const Tensor x = g.placeholder("x", {});
  EXPECT_EQ(g.find("x"), x);
  EXPECT_NE(other.placeholder("x", {}), x);
  EXPECT_NE(x + 1, x + 1);
  const std::unordered_set<Tensor> tensors{x, g.find("x"), x + 1};
  EXPECT_EQ(tensors.size(), 2);
}

TEST(Tensor, of_another_graph_is_refused) {
  Graph a, b;
  const Tensor x = a.placeholder("x", {2, 2}), y = b.placeholder("y", {2, 2});
  EXPECT_EQ(refusal<GraphError>([&] { x + y; }),
            "add: operand b \"y\" is of another graph\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { matmul(x, y); }),
            "matmul: operand b \"y\" is of another graph\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { where(x > 0, x, y); }),
            "where: operand b \"y\" is of another graph\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] {
              group({1.0, x, y});
            }),
            "group: operand [2] \"y\" is of another graph\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] {
              ancestors({x, y});
            }),
            "traversal: the tensors are of two graphs");
}

TEST(Graph, copies_and_moves_are_the_same_graph) {
  Graph a;
  Graph b = a;
  a.placeholder("x", {});
  EXPECT_EQ(b.node_count(), 1);
  const Graph c = std::move(a);
  const Tensor y = a.placeholder("y", {});
  EXPECT_EQ(c.find("y"), y);
}

TEST(Graph, behind_an_empty_tensor_is_none) {
  EXPECT_EQ(refusal<GraphError>([] { Graph g(Tensor().shared_state()); }),
            "graph: an empty Tensor is of no graph");
}

TEST(Tensor, of_a_node_that_is_not_there_is_refused) {
  Graph g;
  g.placeholder("x", {});
  for (int id : {77, 1, -1})
    EXPECT_EQ(
        refusal<GraphError>([&] { Tensor(g.shared_state(), NodeId{id}); }),
        "tensor: the graph has 1 nodes, and none of number " + std::to_string(id) + "\n  at  here");
}

TEST(NameScope, of_a_number_or_graph_that_is_not_there_is_refused) {
  Graph g;
  EXPECT_EQ(refusal<GraphError>([&] { NameScope(g.shared_state(), 12345); }),
            "scope: the graph has no scope of number 12345\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { NameScope(nullptr, 0); }),
            "scope: an empty Tensor is of no graph\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { NameScope(nullptr, "s", SourceLocation()); }),
            "scope: an empty Tensor is of no graph");
  EXPECT_EQ(g.placeholder("x", {}).name(), "x");
}

TEST(At, takes_no_empty_tensor_and_no_number) {
  EXPECT_EQ(refusal<GraphError>([] { const At at{Operand(Tensor())}; }),
            "tensor: the handle stands for no node\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { const At at{Operand(2.5)}; }),
            "tensor: a number stands where a tensor is needed\n  at  here");
}

TEST(NameScope, may_outlive_its_graph) {
  std::optional<Graph> g(std::in_place);
  const NameScope scope = g->scope("s");
  g.reset();
  EXPECT_EQ(scope.name(), "s");
}

TEST(Variable, is_a_tensor_that_knows_whether_it_is_trainable) {
  Graph g;
  const Variable w = g.variable("w", Array({1, 2}));
  EXPECT_EQ((w + 1).shape(), (Shape{2}));
  EXPECT_TRUE(w.is_trainable());
  EXPECT_FALSE(g.variable("frozen", Array({1}), false).is_trainable());
  EXPECT_FALSE(g.variable("count", Array({1}, int64)).is_trainable());
}

TEST(Variable, is_not_made_of_another_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  EXPECT_EQ(refusal<GraphError>([&] { Variable v(x); }), "variable: \"x\" is a placeholder");
  EXPECT_EQ(refusal<GraphError>([&] { Variable v{Tensor()}; }),
            "tensor: the handle stands for no node");
  EXPECT_TRUE(Variable(g.variable("w", Array())).is_trainable());
}

TEST(Variable, that_a_function_moved_on_as_a_tensor_is_not_trainable) {
  Graph g;
  Variable w = g.variable("w", Array());
  Tensor& t = w;
  t += 1;
  EXPECT_FALSE(w.is_trainable());
}

}  // namespace
}  // namespace gradus
