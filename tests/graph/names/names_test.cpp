#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/op/records.h>
#include <gradus/ops.h>

#include "core/refusal.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

TEST(Names, follow_from_op_and_order) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  EXPECT_EQ((x + x).name(), "add");
  EXPECT_EQ((x + x).name(), "add_1");
  EXPECT_EQ((x * x).name(), "multiply");
  EXPECT_EQ((x + x).name(), "add_2");
}

TEST(Names, do_not_depend_on_when_they_are_asked_for) {
  Graph asked, silent;
  const auto build = [](Graph& g, bool asks) {
    std::vector<Tensor> nodes{g.placeholder("x", {})};
    for (int i = 0; i < 20; ++i) {
      if (i == 5) nodes.push_back(named(nodes[0] + i, "add_7"));
      nodes.push_back(i % 3 == 0 ? nodes[0] * i : nodes.back() + i);
      if (asks) nodes.back().name();
    }
    std::string names;
    for (const Tensor& t : nodes) names += t.name() + " ";
    return names;
  };
  EXPECT_EQ(build(asked, true), build(silent, false));
}

TEST(Names, stay_when_others_are_given_later) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  Tensor first = x + 1;
  Tensor second = x + 2;
  named(first, "sum");
  EXPECT_EQ(first.name(), "sum");
  EXPECT_EQ(second.name(), "add_1");
}

TEST(Names, automatic_ones_go_around_given_ones) {
  Graph g;
  Tensor x = g.placeholder("add", {});
  g.placeholder("add_2", {});
  EXPECT_EQ((x + x).name(), "add_1");
  EXPECT_EQ((x + x).name(), "add_3");
}

TEST(Names, are_unique_even_if_given_ones_look_automatic) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  std::vector<Tensor> nodes{x};
  for (int i = 0; i < 30; ++i) {
    nodes.push_back(x + i);
    if (i % 7 == 3) named(nodes.back(), "add_" + std::to_string(2 * i));
  }
  for (const Tensor& t : nodes) EXPECT_EQ(g.find(t.name()), t) << t.name();
}

TEST(Names, carry_their_scopes) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  {
    const NameScope model = g.scope("model");
    {
      const NameScope encoder = g.scope("encoder");
      EXPECT_EQ(encoder.name(), "model/encoder");
      EXPECT_EQ(g.variable("W", Array()).name(), "model/encoder/W");
      EXPECT_EQ((x + 1).name(), "model/encoder/add");
    }
    EXPECT_EQ((x + 1).name(), "model/add");
  }
  EXPECT_EQ((x + 1).name(), "add");
}

TEST(Names, of_a_scope_that_is_taken_get_a_number) {
  Graph g;
  const auto opened = [&](const std::string& name) { return g.scope(name).name(); };
  EXPECT_EQ(opened("layer"), "layer");
  EXPECT_EQ(opened("layer"), "layer_1");
  EXPECT_EQ(opened("layer_2"), "layer_2");
  EXPECT_EQ(opened("layer"), "layer_3");
  EXPECT_EQ(opened("layer_1"), "layer_1_1");
}

TEST(Names, end_their_scope_when_an_exception_leaves_it) {
  Graph g;
  Tensor x = g.placeholder("x", {2});
  try {
    const NameScope scope = g.scope("inner");
    reshape(x, {3});
  } catch (const ShapeError&) {
  }
  EXPECT_EQ((x + 1).name(), "add");
}

TEST(Names, in_a_scope_of_one_graph_leave_another_graph_alone) {
  Graph a, b;
  const NameScope scope = a.scope("only_a");
  EXPECT_EQ(b.placeholder("x", {}).name(), "x");
}

TEST(Names, that_are_taken_are_refused_and_change_nothing) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  EXPECT_EQ(refusal<GraphError>([&] { g.placeholder("x", {}); }),
            "placeholder: the name \"x\" is taken by the placeholder made at " +
                to_text(x.where()) + "\n  at  here");
  EXPECT_EQ(g.node_count(), 1);
  EXPECT_EQ(refusal<GraphError>([&] { g.variable("x", Array()); }),
            "variable: the name \"x\" is taken by the placeholder made at " + to_text(x.where()) +
                "\n  at  here");
  EXPECT_TRUE(g.variables().empty());
  EXPECT_EQ(g.constant({1, 2}).name(), "constant");
  EXPECT_EQ((x + x).name(), "add");
}

TEST(Names, that_are_automatic_are_taken_too) {
  Graph g;
  const Tensor sum = g.placeholder("x", {}) + 1;
  EXPECT_EQ(refusal<GraphError>([&] { g.placeholder("add", {}); }),
            "placeholder: the name \"add\" is taken by the add made at " + to_text(sum.where()) +
                "\n  at  here");
}

TEST(Names, are_given_once) {
  Graph g;
  const Tensor sum = named(g.placeholder("x", {}) + 1, "sum");
  EXPECT_EQ(refusal<GraphError>([&] { named(sum, "total"); }),
            "named: the name \"total\" comes too late: the node is named \"sum\"\n  at  here");
  EXPECT_EQ(sum.name(), "sum");
}

TEST(Names, that_are_none_are_refused) {
  Graph g;
  const auto at_here = [](const std::string& text) { return text + "\n  at  here"; };
  EXPECT_EQ(refusal<GraphError>([&] { g.placeholder("", {}); }),
            at_here("placeholder: the name is empty"));
  EXPECT_EQ(refusal<GraphError>([&] { g.placeholder("a\nb", {}); }),
            at_here("placeholder: the name has the control character 10 at position 1"));
  EXPECT_EQ(refusal<GraphError>([&] { g.variable(std::string("W\0x", 3), Array()); }),
            at_here("variable: the name has the control character 0 at position 1"));
  EXPECT_EQ(refusal<GraphError>([&] { g.placeholder(std::string(1 << 20, 'a'), {}); }),
            at_here("placeholder: the name has 1048576 bytes, at most 1000 are possible"));
  EXPECT_EQ(refusal<GraphError>([&] { g.scope("").name(); }), at_here("scope: the name is empty"));
  EXPECT_EQ(refusal<GraphError>([&] { g.scope("\x7f").name(); }),
            at_here("scope: the name has the control character 127 at position 0"));
  const Tensor x = g.placeholder("x", {});
  EXPECT_EQ(refusal<GraphError>([&] { named(x + 1, "\t"); }),
            at_here("named: the name has the control character 9 at position 0"));
}

TEST(Names, may_be_of_any_language_and_1000_bytes_long) {
  Graph g;
  EXPECT_EQ(g.placeholder("größe μ", {}).name(), "größe μ");
  const std::string longest(1000, 'a');
  EXPECT_EQ(g.placeholder(longest, {}).name(), longest);
}

TEST(Names, find_their_nodes) {
  Graph g;
  Tensor x = g.placeholder("x", {});
  const NameScope scope = g.scope("s");
  std::vector<Tensor> sums;
  for (int i = 0; i < 12; ++i) sums.push_back(x + i);
  EXPECT_EQ(g.find("x"), x);
  EXPECT_EQ(g.find("s/add"), sums[0]);
  EXPECT_EQ(g.find("s/add_11"), sums[11]);
}

TEST(Names, that_nobody_has_are_not_found) {
  Graph g;
  const Tensor sum = g.placeholder("x", {}) + 1;
  for (std::string name : {"add_1", "add_0", "add_", "add_01", "addx1", "a", "", "add_4294967296"})
    EXPECT_EQ(refusal<GraphError>([&] { g.find(name); }),
              "find: no node is named \"" + name + "\"\n  at  here");
  EXPECT_EQ(g.find("add"), sum);
}

TEST(Names, the_next_automatic_name_is_what_the_next_node_gets) {
  Graph g;
  Tensor x = g.placeholder("add_1", {});
  for (int i = 0; i < 3; ++i) {
    const std::string expected = g.state().names().next_name(add_op, g.state());
    EXPECT_EQ((x + i).name(), expected);
  }
}

TEST(Names, of_scopes_inside_of_each_other_store_each_part_once) {
  Graph g;
  std::vector<std::unique_ptr<NameScope>> scopes;
  constexpr std::size_t depth = 100'000;
  for (std::size_t i = 0; i < depth; ++i)
    scopes.push_back(std::make_unique<NameScope>(g.shared_state(), "a", SourceLocation()));
  EXPECT_EQ(scopes.back()->name().size(), 2 * depth - 1);
  EXPECT_EQ(g.variable("W", Array()).name().size(), 2 * depth + 1);
  const PathTree& paths = g.state().names().paths();
  // The root, the scopes, W, and "variable", as W would be called by itself.
  EXPECT_EQ(paths.size(), 1 + depth + 2);
  while (!scopes.empty()) scopes.pop_back();
}

TEST(Names, are_taken_however_their_slashes_came_about) {
  Graph g;
  const Tensor x = g.placeholder("a/b/x", {});
  const NameScope a = g.scope("a");
  const auto refused = [&](const std::string& name) {
    return refusal<GraphError>([&] { g.placeholder(name, {}); });
  };
  const std::string taken = "placeholder: the name \"a/b/x\" is taken by the placeholder made at " +
                            to_text(x.where()) + "\n  at  here";
  EXPECT_EQ(refused("b/x"), taken);
  const NameScope b = g.scope("b");
  EXPECT_EQ(b.name(), "a/b");
  EXPECT_EQ(refused("x"), taken);
  EXPECT_EQ(g.find("a/b/x"), x);
}

TEST(Names, are_restored_with_their_numbers) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  Names& names = g.state().names();
  const auto add = [&](std::uint32_t number, const std::string& given = "") {
    const Operand operand(x);
    const Tensor y = add_node(square_op, {&operand});
    names.restore(y.id(), number, given, g.state());
    return y;
  };
  EXPECT_EQ(add(5).name(), "square_5");
  EXPECT_EQ(add(6, "square_9").name(), "square_9");
  EXPECT_EQ(names.next_name(square_op, g.state()), "square_7");
  EXPECT_EQ(g.find("square_5").id(), NodeId{1});
  EXPECT_EQ(refusal<GraphError>([&] { g.find("square_6"); }),
            "find: no node is named \"square_6\"\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { add(6); }), "number 6 of \"square\" comes after number 6");
}

TEST(Names, that_are_restored_are_not_those_that_were_given) {
  Graph g;
  const Tensor x = g.placeholder("square_2", {});
  const Operand operand(x);
  const Tensor y = add_node(square_op, {&operand});
  EXPECT_EQ(refusal<GraphError>([&] {
              g.state().names().restore(y.id(), 2, "", g.state());
            }),
            "the name \"square_2\" is taken");
}

TEST(Names, of_restored_scopes_go_on_with_their_numbers) {
  Graph g;
  Names& names = g.state().names();
  const std::uint32_t block = names.restore_scope(Names::root, "block", 3);
  EXPECT_EQ(names.times_opened(block), 3U);
  EXPECT_EQ(names.times_opened(names.restore_scope(block, "inner", 0)), 0U);
  EXPECT_EQ(g.scope("block").name(), "block_3");
  EXPECT_EQ(refusal<GraphError>([&] { names.restore_scope(Names::root, "a\nb", 1); }),
            "scope: the name has the control character 10 at position 1");
}

TEST(Names, of_ten_thousand_scopes_of_one_name_take_no_time) {
  Graph g;
  for (int i = 0; i < 10000; ++i) g.scope("step").name();
  EXPECT_EQ(g.scope("step").name(), "step_10000");
}

}  // namespace
}  // namespace gradus
