#include <limits>

#include <gtest/gtest.h>

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
  EXPECT_EQ(value(slice(x, {{highest, lowest, -1}})), array({3, 2, 1}));
  EXPECT_EQ(value(slice(x, {{lowest, highest, 1}})), array({1, 2, 3}));
  EXPECT_EQ(value(slice(x, {{lowest, highest, highest}})), array({1}));
  EXPECT_EQ(value(slice(x, {{highest, lowest, lowest}})), array({3}));
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

TEST_F(WrongShapes, top_k_refuses_more_than_there_are) {
  const std::string tail = "\n  at  here, node \"top_k\"\n  x   \"m\"  float32 [2, 3]";
  EXPECT_EQ(refusal<ShapeError>([&] { top_k(m, 4); }),
            "top_k: the last axis of [2, 3] has no 4 elements" + tail);
  EXPECT_EQ(refusal<GraphError>([&] { top_k(m, -1); }),
            "top_k: k must be 0 or more, got -1" + tail);
  EXPECT_EQ(top_k(x, 784).shape(), (Shape{any, 784}));
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
  const Tensor indices = g.placeholder("indices", {any}, int64);
  const Tensor y = gather(m, indices, 1);
  for (std::int64_t index : {std::int64_t{3}, std::int64_t{-1}, highest}) {
    Array fed({2}, int64);
    fed.mutable_values<std::int64_t>()[1] = index;
    EXPECT_EQ(refusal<DataError>([&] {
                value(y, {{m, Array({2, 3})}, {indices, fed}});
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

}  // namespace
}  // namespace gradus
