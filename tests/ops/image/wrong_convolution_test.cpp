#include "ops/wrong_input.h"

#include <gtest/gtest.h>

#include <limits>

#include <gradus/op/attribute.h>
#include <gradus/op/records.h>

#include "ops/kernels/window.h"

namespace gradus {
namespace {

struct WrongConvolution : WrongInput {
  Tensor images = g.placeholder("images", {any_size, 5, 6, 3});
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
            (Shape{any_size, 1, 4, 8}));
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
  EXPECT_EQ(refusal<ShapeError>([&] { conv2d_input_grad(images, filter, images); }),
            "conv2d_input_grad: dy must be [?, 3, 4, 8], got [?, 5, 6, 3]\n"
            "  at  here, node \"conv2d_input_grad\"\n"
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
  const Tensor any_image = g.placeholder("any_image", {any_size, any_size, 6, any_size});
  const Tensor y = conv2d(any_image, filter, {.padding = Padding::valid});
  EXPECT_EQ(y.shape(), (Shape{any_size, any_size, 4, 8}));
  EXPECT_EQ(
      refusal<ShapeError>([&] {
        value(y, {{any_image, Array::zeros({1, 2, 6, 3})}, {filter, Array::zeros({3, 3, 3, 8})}});
      }),
      "conv2d: a window of height 3 is larger than the padded image of 2\n  at  " +
          to_text(y.where()) +
          ", node \"conv2d\"\n"
          "  x        \"any_image\"  float32 [1, 2, 6, 3]\n"
          "  filter   \"filter\"     float32 [3, 3, 3, 8]");
}

TEST_F(WrongConvolution, a_padding_of_no_name_is_refused) {
  const Operand of(images), by(filter);
  using Integers = std::vector<std::int64_t>;
  const std::string text = refusal<GraphError>([&] {
    add_node(conv2d_op, {&of, &by},
             {attributes::strides = Integers{1, 1}, attributes::padding = std::string("bogus"),
              attributes::pads = Integers{}, attributes::dilations = Integers{1, 1}});
  });
  EXPECT_TRUE(text.starts_with(
      "conv2d: padding is \"valid\", \"same\" or \"explicit\", got \"bogus\"\n  at  "))
      << text;
  // Pads beside another padding are not read.
  EXPECT_EQ(add_node(max_pool2d_op, {&of},
                     {attributes::window = Integers{1, 1}, attributes::strides = Integers{1, 1},
                      attributes::padding = std::string("valid"),
                      attributes::pads = Integers(100, 9), attributes::dilations = Integers{1, 1}})
                .shape(),
            images.shape());
}

// The elements of each window, counted one by one.
bool leaves_a_window_empty(const WindowAxis& a) {
  for (std::int64_t i = 0; i < a.results; ++i) {
    bool has_element = false;
    for (std::int64_t k = 0; k < a.window; ++k) {
      const std::int64_t at = a.first(i) + k * a.dilation;
      has_element = has_element || (at >= 0 && at < a.size);
    }
    if (!has_element) return true;
  }
  return false;
}

TEST(Pools, are_refused_exactly_where_a_window_has_no_element) {
  int refused = 0, taken_with_large_dilation = 0;
  const auto check = [&](std::int64_t size, const PoolOptions& options) {
    Graph g;
    const Tensor x = g.constant(Array::zeros({1, size, 1, 1}));
    const std::int64_t window = options.window[0], dilation = options.dilations[0];
    const auto& pads = options.padding.pads();
    const std::int64_t span = (window - 1) * dilation + 1, stride = options.strides[0];
    WindowAxis axis{.size = size, .window = window, .stride = stride, .dilation = dilation};
    if (pads.empty()) {
      axis.results = (size + stride - 1) / stride;
      axis.before = std::max<std::int64_t>((axis.results - 1) * stride + span - size, 0) / 2;
    } else {
      if (span > size + pads[0] + pads[1]) return;
      axis.results = (size + pads[0] + pads[1] - span) / stride + 1;
      axis.before = pads[0];
    }
    const bool is_empty = leaves_a_window_empty(axis);
    refused += is_empty;
    taken_with_large_dilation += !is_empty && dilation > size;
    const std::string text = refusal<ShapeError>([&] {
      ASSERT_EQ(value(average_pool2d(x, options)), Array::zeros({1, axis.results, 1, 1}));
    });
    EXPECT_EQ(text.starts_with("average_pool2d: a dilation"), is_empty)
        << size << " " << window << " " << stride << " " << dilation << " " << axis.before << text;
  };
  for (std::int64_t size = 1; size <= 5; ++size)
    for (std::int64_t window = 1; window <= 4; ++window)
      for (std::int64_t dilation = 1; dilation <= 6; ++dilation)
        for (std::int64_t stride = 1; stride <= 3; ++stride) {
          PoolOptions options{.window = {window, 1},
                              .strides = {stride, 1},
                              .padding = Padding::same,
                              .dilations = {dilation, 1}};
          check(size, options);
          for (std::int64_t above = 0; above < window; ++above)
            for (std::int64_t below = 0; below < window; ++below) {
              options.padding = {above, below, 0, 0};
              check(size, options);
            }
        }
  EXPECT_GT(refused, 50);
  EXPECT_GT(taken_with_large_dilation, 50);
}

}  // namespace
}  // namespace gradus
