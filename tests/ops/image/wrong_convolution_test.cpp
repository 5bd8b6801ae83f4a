#include "ops/wrong_input.h"

#include <gtest/gtest.h>

#include <limits>

namespace gradus {
namespace {

struct WrongConvolution : WrongInput {
  Tensor images = g.placeholder("images", {any, 5, 6, 3});
  Tensor filter = g.placeholder("filter", {3, 3, 3, 8});
  const std::string tail =
      "\n  at  here, node \"conv2d\"\n"
      "  x        \"images\"  float32 [?, 5, 6, 3]\n"
      "  filter   \"filter\"  float32 [3, 3, 3, 8]";
  const std::string pool_tail =
      "\n  at  here, node \"max_pool2d\"\n"
      "  x   \"images\"  float32 [?, 5, 6, 3]";
  const std::int64_t before = g.node_count();
};

TEST_F(WrongConvolution, strides_and_dilations_are_two_numbers_above_0) {
  EXPECT_EQ(refusal<GraphError>([&] {
              conv2d(images, filter, {.strides = {0, 1}});
            }),
            "conv2d: strides must be 2 numbers from 1 to 2147483647, got [0, 1]" + tail);
  EXPECT_EQ(refusal<GraphError>([&] { conv2d(images, filter, {.strides = {1}}); }),
            "conv2d: strides must be 2 numbers from 1 to 2147483647, got [1]" + tail);
  EXPECT_EQ(refusal<GraphError>([&] {
              conv2d(images, filter, {.dilations = {1, 0}});
            }),
            "conv2d: dilations must be 2 numbers from 1 to 2147483647, got [1, 0]" + tail);
  EXPECT_EQ(g.node_count(), before);
}

TEST_F(WrongConvolution, padding_is_four_numbers_that_are_not_huge) {
  EXPECT_EQ(refusal<GraphError>([&] {
              conv2d(images, filter, {.padding = {1, 1}});
            }),
            "conv2d: padding must be 4 numbers: top, bottom, left, right; got [1, 1]" + tail);
  EXPECT_EQ(refusal<GraphError>([&] {
              conv2d(images, filter,
                     {.padding = {0, std::numeric_limits<std::int64_t>::max() - 4, 0, 0}});
            }),
            "conv2d: padding 9223372036854775803 is out of range: 0 to 2147483647" + tail);
  EXPECT_EQ(refusal<GraphError>([&] {
              conv2d(images, filter, {.padding = {0, 0, -1, 0}});
            }),
            "conv2d: padding -1 is out of range: 0 to 2147483647" + tail);
}

TEST_F(WrongConvolution, a_filter_larger_than_the_padded_image_is_refused) {
  EXPECT_EQ(refusal<ShapeError>([&] {
              conv2d(images, filter, {.dilations = {3, 1}});
            }),
            "conv2d: a window of height 7 is larger than the padded image of 5" + tail);
  EXPECT_EQ(conv2d(images, filter, {.padding = {1, 1, 0, 0}, .dilations = {3, 1}}).shape(),
            (Shape{any, 1, 4, 8}));
}

TEST_F(WrongConvolution, channels_and_ranks_must_fit) {
  const Tensor other = g.placeholder("other", {3, 3, 4, 8});
  EXPECT_EQ(refusal<ShapeError>([&] { conv2d(images, other); }),
            "conv2d: channels differ: 3 of the image, 4 of the filter\n"
            "  at  here, node \"conv2d\"\n"
            "  x        \"images\"  float32 [?, 5, 6, 3]\n"
            "  filter   \"other\"   float32 [3, 3, 4, 8]");
  EXPECT_EQ(refusal<ShapeError>([&] { conv2d(m, filter); }),
            "conv2d: images must be [batch, height, width, channels], got [2, 3]\n"
            "  at  here, node \"conv2d\"\n"
            "  x        \"m\"       float32 [2, 3]\n"
            "  filter   \"filter\"  float32 [3, 3, 3, 8]");
  EXPECT_EQ(refusal<ShapeError>([&] { conv2d(images, m); }),
            "conv2d: filters must be [height, width, in, out], got [2, 3]\n"
            "  at  here, node \"conv2d\"\n"
            "  x        \"images\"  float32 [?, 5, 6, 3]\n"
            "  filter   \"m\"       float32 [2, 3]");
  const Tensor none = g.placeholder("none", {0, 3, 3, 8});
  EXPECT_EQ(refusal<ShapeError>([&] { conv2d(images, none); }),
            "conv2d: the window has height 0\n"
            "  at  here, node \"conv2d\"\n"
            "  x        \"images\"  float32 [?, 5, 6, 3]\n"
            "  filter   \"none\"    float32 [0, 3, 3, 8]");
}

TEST_F(WrongConvolution, integers_are_refused) {
  const Tensor whole = g.placeholder("whole", {3, 3, 3, 8}, int32);
  EXPECT_EQ(refusal<DTypeError>([&] { conv2d(whole, whole); }),
            "conv2d: needs float32 or float64, got int32\n"
            "  at  here, node \"conv2d\"\n"
            "  x        \"whole\"  int32 [3, 3, 3, 8]\n"
            "  filter   \"whole\"  int32 [3, 3, 3, 8]");
}

TEST_F(WrongConvolution, gradients_must_have_the_shape_of_the_result) {
  EXPECT_EQ(refusal<ShapeError>([&] { conv2d_input_gradient(images, filter, images); }),
            "conv2d_input_gradient: dy must be [?, 3, 4, 8], got [?, 5, 6, 3]\n"
            "  at  here, node \"conv2d_input_gradient\"\n"
            "  dy       \"images\"  float32 [?, 5, 6, 3]\n"
            "  filter   \"filter\"  float32 [3, 3, 3, 8]\n"
            "  model    \"images\"  float32 [?, 5, 6, 3]");
}

TEST_F(WrongConvolution, padding_cannot_take_more_than_a_transposed_convolution_makes) {
  const Tensor small = g.placeholder("small", {1, 1, 1, 8});
  EXPECT_EQ(refusal<ShapeError>([&] {
              conv2d_transpose(small, filter, {.padding = {2, 2, 0, 0}});
            }),
            "conv2d_transpose: padding takes 4 of a height of 3\n"
            "  at  here, node \"conv2d_transpose\"\n"
            "  x        \"small\"   float32 [1, 1, 1, 8]\n"
            "  filter   \"filter\"  float32 [3, 3, 3, 8]");
}

TEST_F(WrongConvolution, windows_of_pools_are_above_0_and_padding_below_them) {
  EXPECT_EQ(refusal<GraphError>([&] {
              max_pool2d(images, {.window = {0, 2}});
            }),
            "max_pool2d: window must be 2 numbers from 1 to 2147483647, got [0, 2]" + pool_tail);
  EXPECT_EQ(refusal<GraphError>([&] {
              max_pool2d(images, {.padding = {0, 2, 0, 0}});
            }),
            "max_pool2d: padding 2 is not smaller than the window of 2" + pool_tail);
  EXPECT_EQ(refusal<GraphError>([&] {
              max_pool2d(images, {.strides = {2, 0}});
            }),
            "max_pool2d: strides must be 2 numbers from 1 to 2147483647, got [2, 0]" + pool_tail);
  EXPECT_EQ(refusal<ShapeError>([&] {
              max_pool2d(images, {.window = {6, 1}});
            }),
            "max_pool2d: a window of height 6 is larger than the padded image of 5" + pool_tail);
  EXPECT_EQ(refusal<ShapeError>([&] { average_pool2d(m); }),
            "average_pool2d: images must be [batch, height, width, channels], got [2, 3]\n"
            "  at  here, node \"average_pool2d\"\n"
            "  x   \"m\"  float32 [2, 3]");
}

TEST_F(WrongConvolution, windows_of_pools_never_lie_outside_of_the_image) {
  const Tensor none = g.placeholder("none", {1, 0, 4, 1});
  EXPECT_EQ(refusal<ShapeError>([&] {
              max_pool2d(none, {.padding = {1, 1, 0, 0}});
            }),
            "max_pool2d: the image is empty: [1, 0, 4, 1]\n"
            "  at  here, node \"max_pool2d\"\n"
            "  x   \"none\"  float32 [1, 0, 4, 1]");
  EXPECT_EQ(max_pool2d(none, {.padding = Padding::same}).shape(), (Shape{1, 0, 2, 1}));
}

TEST_F(WrongConvolution, dilations_of_pools_leave_no_window_empty) {
  EXPECT_EQ(refusal<GraphError>([&] {
              max_pool2d(images, {.dilations = {1, 0}});
            }),
            "max_pool2d: dilations must be 2 numbers from 1 to 2147483647, got [1, 0]" + pool_tail);
  const Tensor small = g.placeholder("small", {1, 2, 4, 1});
  EXPECT_EQ(refusal<ShapeError>([&] {
              max_pool2d(small, {.padding = {1, 1, 0, 0}, .dilations = {3, 1}});
            }),
            "max_pool2d: a dilation of 3 steps over an image of [1, 2, 4, 1]\n"
            "  at  here, node \"max_pool2d\"\n"
            "  x   \"small\"  float32 [1, 2, 4, 1]");
}

TEST_F(WrongConvolution, unknown_sizes_are_checked_in_the_run) {
  const Tensor any_image = g.placeholder("any_image", {any, any, 6, any});
  const Tensor y = conv2d(any_image, filter, {.padding = Padding::valid});
  EXPECT_EQ(y.shape(), (Shape{any, any, 4, 8}));
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(y, {{any_image, Array({1, 2, 6, 3})}, {filter, Array({3, 3, 3, 8})}});
            }),
            "conv2d: a window of height 3 is larger than the padded image of 2\n  at  " +
                to_text(y.where()) +
                ", node \"conv2d\"\n"
                "  x        \"any_image\"  float32 [1, 2, 6, 3]\n"
                "  filter   \"filter\"     float32 [3, 3, 3, 8]");
}

}  // namespace
}  // namespace gradus
