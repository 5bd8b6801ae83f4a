// Models with ops that the library does not have, attributes of all types, gradients of their own.
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/custom_gradient.h>
#include <gradus/gradients.h>
#include <gradus/op/rules.h>
#include <gradus/ops.h>

#include "core/refusal.h"
#include "graph/graph_state.h"
#include "saved_and_loaded.h"

namespace gradus {
namespace {

// An op of this program with attributes of all types.
constexpr Key<bool> flag{"flag"};
constexpr Key<std::int64_t> whole{"whole"};
constexpr Key<double> real{"real"};
constexpr Key<DType> type{"type"};
constexpr Key<std::string> words{"words"};
constexpr Key<std::vector<std::int64_t>> numbers{"numbers"};
constexpr Key<Axes> some_axes{"some_axes"};
constexpr Key<Shape> size{"size"};
constexpr Key<Array> values_key{"values"};
constexpr Op first_op{.name = "first_of_mine",
                      .doc = "x.",
                      .operands = {"x"},
                      .attributes = {&flag, &whole, &real, &type, &words},
                      .kernel = IsView{}};
constexpr Op second_op{.name = "second_of_mine",
                       .doc = "x.",
                       .operands = {"x"},
                       .attributes = {&numbers, &some_axes, &size, &values_key},
                       .kernel = IsView{}};

TEST(ModelOps, attributes_of_every_type_keep_their_bits) {
  const auto nan_of = [](std::uint64_t payload) {
    return std::bit_cast<double>(0x7ff8000000000000 | payload);
  };
  std::vector<double> reals{0.0,      -0.0,      0.1,           1e300,      5e-324, 1.0 / 3,
                            INFINITY, -INFINITY, nan_of(0x123), -nan_of(7), 1e16,   2.0};
  Random random(1, "reals");
  for (int i = 0; i < 300; ++i) {
    const auto high = static_cast<std::uint64_t>(random.below(std::int64_t{1} << 32));
    const auto low = static_cast<std::uint64_t>(random.below(std::int64_t{1} << 32));
    reals.push_back(std::bit_cast<double>(high << 32 | low));
  }
  Array odd = Array::zeros({3}, float64);
  odd.mutable_values<double>()[0] = -0.0;
  odd.mutable_values<double>()[1] = nan_of(0x55);

  Graph g;
  const Operand x(g.placeholder("x", {2}));
  std::vector<NamedTensor> all;
  const auto keep = [&](const Op& op, const std::vector<Attribute>& attributes) {
    const Operand* operand = &x;
    all.push_back({std::to_string(all.size()), add_node(op, {&operand, 1}, attributes)});
  };
  constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();
  for (double r : reals)
    keep(first_op,
         {flag = r > 0, whole = least, real = r, type = boolean, words = "a \"b\" \\ \n é"});
  keep(second_op, {numbers = {1, -2, least}, some_axes = Axes(), size = Shape{any_size, 0, 3},
                   values_key = odd});
  keep(second_op, {numbers = std::vector<std::int64_t>{}, some_axes = Axes{0, -1}, size = Shape{},
                   values_key = Array({true, false}, boolean)});
  keep(second_op, {size = Shape{1}, values_key = Array(7, int64),
                   some_axes = Axes(std::vector<std::int64_t>{}),
                   numbers = std::vector<std::int64_t>{0}});  // in another order
  Session session(g);
  const Model model = saved_and_loaded(session, all, {.ops = {&first_op, &second_op}});
  for (const NamedTensor& t : all) {
    const auto found = model[t.name].state().attributes(model[t.name].id());
    EXPECT_TRUE(std::ranges::equal(found, t.tensor.state().attributes(t.tensor.id())));
  }
}

TEST(ModelOps, needs_the_records_of_ops_that_are_not_of_the_library) {
  const TestFolder folder;
  Graph g;
  const Operand x(g.placeholder("x", {2}));
  const Tensor y = named(
      add_node(first_op, {&x}, {flag = true, whole = 1, real = 2.0, type = int32, words = ""}),
      "y");
  Session session(g);
  save_model(folder / "own.gradus", session, {{"y", y}});
  const std::string path = (folder / "own.gradus").string();
  EXPECT_EQ(refusal<DataError>([&] { load_model(path); }),
            "load_model: " + path +
                ": node 1 \"y\" (first_of_mine): neither the library nor options.ops has an op of "
                "this name\n  at  here");
  EXPECT_EQ(load_model(path, {.ops = {&first_op}})["y"].op_name(), "first_of_mine");
  EXPECT_EQ(refusal<GraphError>([&] { load_model(path, {.ops = {nullptr}}); }),
            "load_model: an op is a null pointer\n  at  here");
  constexpr Op clash{.name = "add", .doc = "x.", .operands = {"x"}, .kernel = IsView{}};
  EXPECT_EQ(refusal<GraphError>([&] { load_model(path, {.ops = {&clash}}); }),
            "load_model: two ops are named \"add\"\n  at  here");
  const Tensor z = add_node(clash, {&x});
  EXPECT_EQ(refusal<GraphError>([&] {
              save_model(path, session, {{"z", z}});
            }),
            "save_model: two ops are named \"add\"\n  at  here");
}

TEST(ModelOps, a_custom_gradient_has_its_value_and_no_rule) {
  Graph g;
  const Variable x = g.variable("x", Array({1, 2}));
  const Tensor y = custom_gradient(
      square(x),
      {{x, [](const Tensor& dy, const Tensor&, std::span<const Tensor>) { return dy; }}});
  const Tensor dx = gradient(reduce_sum(y), x);
  Session session(g);
  const TestFolder folder;
  const std::string path = (folder / "custom.gradus").string();
  save_model(path, session, {{"y", y}, {"dx", dx}, {"x", x}});
  const Model model = load_model(path);
  Session again = model.session();
  EXPECT_EQ(again.run(model["y"]), Array({1, 4}));
  EXPECT_EQ(again.run(model["dx"]), Array({1, 1}));
  EXPECT_EQ(refusal<GraphError>([&] { gradient(reduce_sum(model["y"]), model["x"]); }),
            "gradients: the rules of custom_gradient \"custom_gradient\" are functions of the "
            "program that saved the model, which no file holds");
}

}  // namespace
}  // namespace gradus
