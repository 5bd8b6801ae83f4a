#include <limits>

#include <gtest/gtest.h>

#include <gradus/op/attribute.h>
#include <gradus/op/records.h>

#include "ops/wrong_input.h"

namespace gradus {
namespace {

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

using WrongShapes = WrongInput;

TEST_F(WrongShapes, a_slice_of_step_0_is_refused) {
  EXPECT_EQ(refusal<GraphError>([&] { slice(m, {{.step = 0}}); }),
            "slice: step 0 leads nowhere\n"
            "  at  here, node \"slice\"\n"
            "  x   \"m\"  float32 [2, 3]");
}

TEST(Slice, brings_the_outermost_ends_into_range) {
  Graph g;
  const Tensor x = g.constant({1, 2, 3});
  EXPECT_EQ(value(slice(x, {{highest, lowest, -1}})), Array({3, 2, 1}));
  EXPECT_EQ(value(slice(x, {{lowest, highest, 1}})), Array({1, 2, 3}));
  EXPECT_EQ(value(slice(x, {{lowest, highest, highest}})), Array({1}));
  EXPECT_EQ(value(slice(x, {{highest, lowest, lowest}})), Array({3}));
  EXPECT_EQ(value(slice(x, {{-100, -100}})).shape(), (Shape{0}));
}

TEST_F(WrongShapes, concat_of_nothing_is_refused) {
  EXPECT_EQ(refusal<GraphError>([&] { concat({}); }), "concat: no operand is a tensor");
}

TEST_F(WrongShapes, squeeze_refuses_sizes_that_are_not_1) {
  EXPECT_EQ(refusal<ShapeError>([&] { squeeze(m, 0); }),
            "squeeze: axis 0 of [2, 3] has size 2, not 1\n"
            "  at  here, node \"squeeze\"\n"
            "  x   \"m\"  float32 [2, 3]");
}

TEST_F(WrongShapes, broadcast_to_a_smaller_shape_is_refused) {
  EXPECT_EQ(refusal<ShapeError>([&] { broadcast_to(m, {3}); }),
            "broadcast_to: [2, 3] cannot be repeated to [3]\n"
            "  at  here, node \"broadcast_to\"\n"
            "  x   \"m\"  float32 [2, 3]");
}

TEST_F(WrongShapes, a_batch_needs_a_model_with_an_axis_and_known_sizes) {
  const Tensor scalar = g.placeholder("scalar", {});
  EXPECT_EQ(refusal<ShapeError>([&] { zeros_with_batch_of(scalar, {2}); }),
            "full_with_batch_of: \"scalar\" [] has no batch\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { full_with_batch_of(m, {any_size}, 1); }),
            "full_with_batch_of: a size is unknown: [?]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              zeros_with_batch_of(m, {1, 1, 1, 1, 1, 1, 1, 1});
            }),
            "shape: 9 dimensions, at most 8 are possible\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { full_with_batch_of(m, {2}, 0.5, int32); }),
            "full_with_batch_of: 0.5 is no int32\n  at  here");
  EXPECT_EQ(g.node_count(), nodes + 1);  // the scalar
}

TEST_F(WrongShapes, split_refuses_sizes_that_do_not_add_up) {
  EXPECT_EQ(refusal<ShapeError>([&] {
              split(m, {1, 1}, 1);
            }),
            "split: sizes [1, 1] do not add up to axis 1 of [2, 3]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { split(m, 2, 1); }),
            "split: axis 1 of [2, 3] has no 2 equal parts\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { split(x, 2); }),
            "split: the size of axis 0 of [?, 784] is not known before the run\n  at  here");
}

TEST_F(WrongShapes, pad_refuses_sizes_out_of_range) {
  const std::string tail = "\n  at  here, node \"pad\"\n  x   \"m\"  float32 [2, 3]";
  EXPECT_EQ(refusal<GraphError>([&] {
              pad(m, {{0, 0}, {highest - 4, 0}});
            }),
            "pad: padding 9223372036854775803 is out of range: 0 to 2^60 are possible" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] { pad(m, {{0, 0}}); }), "pad: 1 paddings for [2, 3]" + tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              pad(m, {{0, 0}, {3, 0}}, {.mode = PadMode::reflect});
            }),
            "pad: axis 1 of [2, 3] has no 3 elements to reflect" + tail);
}

TEST_F(WrongShapes, one_hot_refuses_a_depth_below_1) {
  EXPECT_EQ(refusal<GraphError>([&] { one_hot(i, 0); }),
            "one_hot: depth must be 1 or more, got 0\n"
            "  at  here, node \"one_hot\"\n"
            "  indices   \"i\"  int32 [2, 3]");
}

TEST_F(WrongShapes, range_refuses_what_is_no_list) {
  EXPECT_EQ(refusal<GraphError>([&] { range(g, 0, 1, 0); }),
            "range: step 0 leads nowhere\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { range(g, 0, std::nan("")); }),
            "range: nan is no end\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { range(g, lowest, highest); }),
            "range: there are more than 2^60 elements\n  at  here");
}

TEST_F(WrongShapes, indices_out_of_range_are_refused_in_the_run) {
  const Tensor indices = g.placeholder("indices", {any_size}, int64);
  const Tensor y = gather(m, indices, 1);
  for (std::int64_t index : {std::int64_t{3}, std::int64_t{-1}, highest}) {
    Array fed = Array::zeros({2}, int64);
    fed.mutable_values<std::int64_t>()[1] = index;
    EXPECT_EQ(refusal<DataError>([&] {
                value(y, {{m, Array::zeros({2, 3})}, {indices, fed}});
              }),
              "gather: index " + std::to_string(index) +
                  " at position [1] is out of range: axis 1 has size 3\n"
                  "  at  " +
                  to_text(y.where()) +
                  ", node \"gather\"\n"
                  "  x         \"m\"        float32 [2, 3]\n"
                  "  indices   \"indices\"  int64 [2]");
  }
}

TEST_F(WrongShapes, a_million_parts_are_the_most_that_split_and_unstack_give) {
  const Tensor none = g.placeholder("none", {0}),
               huge = g.placeholder("huge", {std::int64_t{1} << 40});
  EXPECT_EQ(refusal<GraphError>([&] { split(none, highest); }),
            "split: 9223372036854775807 parts, at most 1048576 are possible\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { split(none, std::int64_t{1} << 40); }),
            "split: 1099511627776 parts, at most 1048576 are possible\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { unstack(huge); }),
            "unstack: 1099511627776 parts, at most 1048576 are possible\n  at  here");
  EXPECT_EQ(split(none, 3).size(), 3u);
}

// What the public functions never write into a record, and add_node may be given.
TEST_F(WrongShapes, attributes_that_no_function_gives_are_refused) {
  using Integers = std::vector<std::int64_t>;
  const Operand of(m), one(g.constant({1, 2, 3})), three(g.constant({0, 0, 0}));
  const auto text = [](const std::function<void()>& call) {
    const std::string whole = refusal<GraphError>(call);
    return whole.substr(0, whole.find('\n'));
  };
  EXPECT_EQ(text([&] {
              add_node(slice_op, {&of},
                       {attributes::starts = Integers{0, 0}, attributes::stops = Integers{1},
                        attributes::steps = Integers{1}});
            }),
            "slice: 2 starts, 1 stops and 1 steps");
  EXPECT_EQ(text([&] {
              add_node(repeat_op, {&of},
                       {attributes::count = std::int64_t{2}, attributes::axis = std::int64_t{-1}});
            }),
            "repeat: axis -1 is not counted from the front");
  EXPECT_EQ(text([&] {
              add_node(pad_op, {&one},
                       {attributes::paddings = Integers{1, 1},
                        attributes::mode = std::string("bogus"), attributes::alpha = 0.0});
            }),
            "pad: mode is \"constant\", \"reflect\" or \"edge\", got \"bogus\"");
  EXPECT_EQ(text([&] {
              add_node(pad_grad_op, {&one, &three},
                       {attributes::paddings = Integers{0, 0},
                        attributes::mode = std::string("constant")});
            }),
            "pad_grad: mode \"constant\" shows no element twice");
  EXPECT_EQ(text([&] {
              pad(of, {{1, 1}, {1, 1}}, {.mode = PadMode{77}});
            }),
            "pad: mode is \"constant\", \"reflect\" or \"edge\", got \"no mode\"");
}

}  // namespace
}  // namespace gradus
