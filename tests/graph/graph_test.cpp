#include <gradus/graph.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/ops.h>

#include "core/refusal.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

TEST(Node, is_40_bytes_small) { EXPECT_LE(sizeof(Node), 40); }

std::string names_of(const std::vector<Variable>& variables) {
  std::string names;
  for (const Variable& v : variables) names += v.name() + " ";
  return names;
}

TEST(Graph, lists_variables_in_order_of_creation) {
  Graph g;
  g.variable("b", Array());
  g.placeholder("x", {});
  g.variable("a", Array(), false);
  g.variable("count", Array::zeros({}, int32));
  EXPECT_EQ(names_of(g.variables()), "b a count ");
  EXPECT_EQ(names_of(g.trainable_variables()), "b ");
}

TEST(Graph, chooses_trainable_variables_by_full_or_last_name) {
  Graph g;
  for (const std::string layer : {"encoder", "decoder"}) {
    const NameScope scope = g.scope(layer);
    for (const std::string name : {"W1", "b1", "W2"}) g.variable(name, Array());
  }
  EXPECT_EQ(names_of(g.trainable_variables("W*")), "encoder/W1 encoder/W2 decoder/W1 decoder/W2 ");
  EXPECT_EQ(names_of(g.trainable_variables("W1")), "encoder/W1 decoder/W1 ");
  EXPECT_EQ(names_of(g.trainable_variables("?1")), "encoder/W1 encoder/b1 decoder/W1 decoder/b1 ");
  EXPECT_EQ(names_of(g.trainable_variables("encoder/*")), "encoder/W1 encoder/b1 encoder/W2 ");
  EXPECT_EQ(names_of(g.trainable_variables("*code*/b?")), "encoder/b1 decoder/b1 ");
  EXPECT_EQ(names_of(g.trainable_variables("")), "");
  EXPECT_EQ(names_of(g.trainable_variables("W")), "");
}

TEST(Pattern, star_is_any_text_and_question_mark_one_letter) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_TRUE(matches("", "**"));
  EXPECT_TRUE(matches("abcabd", "*abd"));
  EXPECT_TRUE(matches("abc", "a?c"));
  EXPECT_FALSE(matches("", "?"));
  EXPECT_FALSE(matches("abc", "a?"));
  EXPECT_FALSE(matches("abc", "b*"));
  EXPECT_FALSE(matches("abc", "*b"));
}

TEST(Pattern, of_many_stars_is_not_exponential) {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  EXPECT_FALSE(matches(std::string(2000, 'a') + "b", pattern));
}

TEST(Graph, refuses_a_variable_without_known_shape_or_maker) {
  Graph g;
  const Initializer open{"zeros", {any_size, 2}, float32, [](Random&) { return Array(); }};
  EXPECT_EQ(refusal<GraphError>([&] { g.variable("W", open); }),
            "variable: a dimension is unknown: \"W\" [?, 2]\n  at  here");
  const Initializer empty{"nothing", {2}, float32, {}};
  EXPECT_EQ(refusal<GraphError>([&] { g.variable("W", empty); }),
            "variable: the initializer is empty: \"W\" [2]\n  at  here");
  EXPECT_EQ(g.node_count(), 0);
}

TEST(Graph, refuses_a_ragged_constant_at_its_line) {
  Graph g;
  EXPECT_EQ(refusal<ShapeError>([&] {
              g.constant({{1, 2}, {3}});
            }),
            "array: the lists differ in length or depth; the first ones have shape [2, 2]\n"
            "  at  here");
}

TEST(Graph, constants_take_braces_numbers_and_arrays) {
  Graph g;
  EXPECT_EQ(g.constant({{1, 2}, {3, 4}}).shape(), (Shape{2, 2}));
  EXPECT_EQ(g.constant({2, 3}).shape(), (Shape{2}));
  EXPECT_EQ(g.constant(5).shape(), Shape{});
  EXPECT_EQ(g.constant({1.5}, float64).dtype(), float64);
  EXPECT_EQ(g.constant(Array::zeros({2, 3}, int32)).shape(), (Shape{2, 3}));
}

TEST(Literals, of_one_value_and_dtype_are_one_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), n = g.placeholder("n", {}, int64);
  const auto number_of = [&](const Tensor& t) { return g.state().operands(t.id())[1]; };
  const NodeId two = number_of(x + 2);
  EXPECT_EQ(number_of(x * 2.0), two);
  EXPECT_EQ(number_of(x - 2.0F), two);
  EXPECT_NE(number_of(n + 2), two);
  EXPECT_NE(number_of(x + 0.0), number_of(x + -0.0));
  EXPECT_EQ(g.state().literal(two)->item(), 2);
  EXPECT_EQ(g.state().literal(x.id()), nullptr);
}

TEST(Literals, of_nan_are_one_node) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  x + std::nan("");
  const auto before = g.node_count();
  x + std::nan("");
  EXPECT_EQ(g.node_count(), before + 1);
}

TEST(Literals, are_at_the_root_whatever_the_scope) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const NameScope scope = g.scope("s");
  const Tensor y = x + 2;
  EXPECT_EQ(g.state().name(g.state().operands(y.id())[1]), "constant");
  EXPECT_EQ(y.name(), "s/add");
}

TEST(Attributes, that_are_equal_are_stored_once) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3});
  const Tensor a = reduce_sum(x, {0, 1}), b = reduce_sum(x, 0), c = reduce_sum(x, {0, 1});
  const auto list = [&](const Tensor& t) { return g.state().attributes(t.id()).data(); };
  EXPECT_EQ(list(a), list(c));
  EXPECT_NE(list(a), list(b));
}

TEST(Attributes, tell_0_from_minus_0_and_know_a_nan) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const auto list = [&](double value) {
    return g.state().attributes(full_like(x, value).id()).data();
  };
  EXPECT_NE(list(0.0), list(-0.0));
  EXPECT_EQ(list(std::nan("")), list(std::nan("")));
}

TEST(Attributes, have_texts) {
  EXPECT_EQ(to_text(AttributeValue(true)), "true");
  EXPECT_EQ(to_text(AttributeValue(std::int64_t{-3})), "-3");
  EXPECT_EQ(to_text(AttributeValue(0.1)), "0.1");
  EXPECT_EQ(to_text(AttributeValue(double{0.2F})), "0.20000000298023224");
  EXPECT_EQ(to_text(AttributeValue(double{0.2F}), float32), "0.2");
  EXPECT_EQ(to_text(AttributeValue(1.0 / 3), float32), "0.33333334");
  EXPECT_EQ(to_text(AttributeValue(-0.0), float32), "-0");
  EXPECT_EQ(to_text(AttributeValue(1e-300), float32), "1e-300");
  EXPECT_EQ(to_text(AttributeValue(-1e300), float32), "-1e+300");
  EXPECT_EQ(to_text(AttributeValue(int32)), "int32");
  EXPECT_EQ(to_text(AttributeValue(std::string("a"))), "\"a\"");
  EXPECT_EQ(to_text(AttributeValue(std::vector<std::int64_t>{1, 0})), "[1, 0]");
  EXPECT_EQ(to_text(AttributeValue(Axes())), "all");
  EXPECT_EQ(to_text(AttributeValue(Axes{0, -1})), "[0, -1]");
  EXPECT_EQ(to_text(AttributeValue(Shape{any_size, 2})), "[?, 2]");
  EXPECT_EQ(to_text(AttributeValue(Array({1, 2}))), "[1, 2]");
}

TEST(Axes, without_a_list_are_all_and_an_empty_list_is_none) {
  EXPECT_TRUE(Axes().is_all());
  EXPECT_FALSE(Axes(std::vector<std::int64_t>{}).is_all());
  EXPECT_NE(Axes(), Axes(std::vector<std::int64_t>{}));
  EXPECT_EQ(Axes(1), Axes{1});
  static_assert(!std::is_constructible_v<Axes, bool>);  // reduce_sum(x, true) is a mistake
}

// A record whose rules ask for what its calls do not give.
constexpr Key<double> beta{"beta"};
constexpr Op scaled_op{
    .name = "scaled",
    .doc = "x times beta.",
    .operands = {"x"},
    .attributes = {&beta},
    .shape = [](const Call& f, Shape x) -> Shape { return f[beta] > 0 ? x : Shape{}; },
    .dtype = [](DType x) { return x; },
    .kernel = IsView{},
};
static_assert(scaled_op.is_well_formed());

// A rule names its operands, after the call if it asks for that; its result may be what converts.
using TwoShapes = Rule<Shape, Shape>;
static_assert(TwoShapes([](Shape a, Shape) { return a; }).parameters() == 2);
static_assert(TwoShapes([](const Call&, Shape a, Shape) { return a; }).parameters() == 2);
static_assert(TwoShapes([](std::span<const Shape> all) { return all[0]; }).parameters() ==
              TwoShapes::variadic);
static_assert(TwoShapes([](Shape a) { return std::vector<std::int64_t>{a[0]}; }).parameters() == 1);

TEST(AddNode, refuses_attributes_that_are_missing_doubled_unknown_or_of_another_type) {
  Graph g;
  const Operand x(g.placeholder("x", {2}));
  const std::string at = "\n  at  " + to_text(x.where());
  EXPECT_EQ(refusal<GraphError>([&] { add_node(scaled_op, {&x}); }),
            "scaled: attribute beta is given 0 times" + at);
  EXPECT_EQ(refusal<GraphError>([&] {
              add_node(scaled_op, {&x}, {beta = 1.0, beta = 2.0});
            }),
            "scaled: attribute beta is given 2 times" + at);
  constexpr Key<double> gamma{"gamma"};
  EXPECT_EQ(refusal<GraphError>([&] {
              add_node(scaled_op, {&x}, {beta = 1.0, gamma = 2.0});
            }),
            "scaled: there is no attribute gamma" + at);
  constexpr Key<bool> wrong{"beta"};
  EXPECT_EQ(refusal<GraphError>([&] { add_node(scaled_op, {&x}, {wrong = true}); }),
            "scaled: attribute beta is of another type" + at);
  EXPECT_EQ(g.node_count(), 1);
}

TEST(AddNode, makes_nodes_without_operands_by_the_rules_of_their_op) {
  Graph g;
  const Attribute value = attributes::value = Array({1, 2});
  const SourceLocation here = SourceLocation::current();
  const Tensor c = add_node(constant_op, g, std::span(&value, 1), here);
  EXPECT_EQ(c.shape(), Shape{2});
  EXPECT_EQ(c.where(), here);
  EXPECT_EQ(refusal<GraphError>([&] { add_node(constant_op, g, {}, SourceLocation::current()); }),
            "constant: attribute value is given 0 times\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { add_node(scaled_op, g, {}, SourceLocation::current()); }),
            "scaled: 0 operands, not 1\n  at  here");
}

TEST(AddNode, refuses_null_pointers) {
  Graph g;
  const Operand x(g.placeholder("x", {2}));
  EXPECT_EQ(refusal<GraphError>([&] {
              add_node(scaled_op, {&x}, {Attribute{nullptr, 1.0}});
            }),
            "scaled: the key of an attribute is a null pointer\n  at  " + to_text(x.where()));
  EXPECT_EQ(refusal<GraphError>([&] { add_node(scaled_op, {nullptr}, {beta = 1.0}); }),
            "scaled: operand x is a null pointer");
}

TEST(AddNode, refuses_what_is_no_dtype) {
  Graph g;
  const DType none{77};
  const Tensor x = g.placeholder("x", {2});
  EXPECT_EQ(refusal<DTypeError>([&] { g.placeholder("y", {2}, none); }),
            "placeholder: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] {
              g.variable("w", {"made", {2}, none, [](Random&) { return Array(); }});
            }),
            "variable: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { g.constant(1, none); }), "array: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { cast(x, none); }),
            "cast: 77 is no dtype\n  at  here, node \"cast\"\n  x   \"x\"  float32 [2]");
  EXPECT_EQ(refusal<DTypeError>([&] { full(g, {2}, 1, none); }),
            "full: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { range(g, 0, 3, 1, none); }),
            "range: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { random_uniform(g, {2}, 0, 1, none); }),
            "random_uniform: gives float32 or float64, not no dtype\n"
            "  at  here, node \"random_uniform\"");
  EXPECT_EQ(g.node_count(), 1);
}

TEST(AddNode, refuses_another_number_of_operands) {
  Graph g;
  const Operand x(g.placeholder("x", {2}));
  const std::string at = "\n  at  " + to_text(x.where());
  EXPECT_EQ(refusal<GraphError>([&] {
              add_node(scaled_op, {&x, &x}, {beta = 1.0});
            }),
            "scaled: 2 operands, not 1" + at);
  EXPECT_EQ(refusal<GraphError>([&] { add_node(add_op, {&x}); }), "add: 1 operands, not 2" + at);
}

TEST(AddNode, refuses_operands_of_which_none_is_a_tensor) {
  EXPECT_EQ(refusal<GraphError>([] { add(1, 2); }), "add: no operand is a tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { square(3); }), "square: no operand is a tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { group({}); }), "group: no operand is a tensor");
}

TEST(AddNode, takes_as_many_operands_as_there_are) {
  Graph g;
  const Operand x(g.placeholder("x", {}));
  EXPECT_EQ(group(std::vector<Operand>(70000, x)).shape(), (Shape{0}));
}

TEST(GraphState, a_node_made_constant_reads_nothing_when_unneeded_nodes_are_gone) {
  Graph g;
  const Tensor c = g.constant({1, 2}), sum = c + c, product = c * sum;
  GraphState& state = product.state();
  state.make_constant(sum.id(), Array({2, 4}));
  EXPECT_EQ(state.keep_only(NodeFlags(3, true)), (std::vector{c.id(), sum.id(), product.id()}));
  EXPECT_TRUE(state.operands(sum.id()).empty());
  EXPECT_TRUE(std::ranges::equal(state.operands(product.id()), std::vector{c.id(), sum.id()}));
  EXPECT_EQ(state.all_operands().size(), 2);
}

}  // namespace
}  // namespace gradus
