#include <gradus/image_grid.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <png.h>

#include <gradus/png.h>

#include "support/test_folder.h"

namespace gradus {
namespace {

constexpr Color black{0, 0, 0}, white{255, 255, 255}, red{0xD6, 0x27, 0x28};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

template <class E, class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "no error of this type";
}

// Read by libpng: width, height and colors.
Image read_png(const std::string& bytes) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&png, bytes.data(), bytes.size()), 0) << png.message;
  png.format = PNG_FORMAT_RGB;
  std::vector<Color> colors(std::size_t{png.width} * png.height);
  EXPECT_NE(png_image_finish_read(&png, nullptr, colors.data(), 0, nullptr), 0) << png.message;
  Image image(png.width, png.height);
  for (std::size_t i = 0; i < colors.size(); ++i)
    image.fill(static_cast<std::int64_t>(i % png.width), static_cast<std::int64_t>(i / png.width),
               1, 1, colors[i]);
  return image;
}

// The pixels of a region as letters: # black, r red, . white, and o for every other.
std::string picture(const Image& image, std::int64_t left, std::int64_t top, std::int64_t width,
                    std::int64_t height) {
  std::string out;
  for (std::int64_t y = top; y < top + height; ++y) {
    for (std::int64_t x = left; x < left + width; ++x) {
      const Color c = image.at(x, y);
      out += c == black ? '#' : c == white ? '.' : c == red ? 'r' : 'o';
    }
    out += '\n';
  }
  return out;
}

TEST(ImageGrid, values_become_gray_levels_and_nan_is_red) {
  const Array images({{{0, 1}, {-5, nan}}, {{0.5, infinity}, {-infinity, 0.25}}});
  const Image grid = image_grid({{"", images}}, {.scale = 1, .gap = 1});
  EXPECT_EQ(grid.width(), 8 + 2 + 1 + 2 + 8);
  EXPECT_EQ(grid.height(), 8 + 2 + 8);
  EXPECT_EQ(picture(grid, 8, 8, 5, 2),
            "#..o.\n"
            "#r.#o\n");
  EXPECT_EQ(grid.at(11, 8), (Color{128, 128, 128}));
  EXPECT_EQ(grid.at(12, 9), (Color{64, 64, 64}));
}

TEST(ImageGrid, low_and_high_are_black_and_white) {
  const Image grid =
      image_grid({{"", Array({{{-2, 0, 2}}}, float64)}}, {.scale = 1, .low = -2, .high = 2});
  EXPECT_EQ(picture(grid, 8, 8, 3, 1), "#o.\n");
  EXPECT_EQ(grid.at(9, 8), (Color{128, 128, 128}));
}

TEST(ImageGrid, an_element_is_a_square_of_pixels) {
  const Image grid = image_grid({{"", Array({{0, 1, 1, 0}})}}, {.scale = 3});
  EXPECT_EQ(picture(grid, 7, 7, 8, 8),
            "........\n"
            ".###....\n"
            ".###....\n"
            ".###....\n"
            "....###.\n"
            "....###.\n"
            "....###.\n"
            "........\n");
}

TEST(ImageGrid, rows_stand_below_each_other_and_further_images_in_further_blocks) {
  const Array dark = Array::full({3, 1, 1}, 0), gray = Array::full({3, 1, 1}, 0.5);
  const Image grid = image_grid({{"", dark}, {"", gray}}, {.columns = 2, .scale = 1, .gap = 1});
  EXPECT_EQ(grid.width(), 8 + 3 + 8);
  EXPECT_EQ(grid.height(), 8 + 3 + 8 + 3 + 8);
  EXPECT_EQ(picture(grid, 8, 8, 3, 3), "#.#\n...\no.o\n");
  EXPECT_EQ(picture(grid, 8, 11, 3, 8), "...\n...\n...\n...\n...\n...\n...\n...\n");
  EXPECT_EQ(picture(grid, 8, 19, 3, 3), "#..\n...\no..\n");
}

TEST(ImageGrid, a_label_stands_to_the_left_of_each_block) {
  const Image grid =
      image_grid({{"Ag", Array::full({2, 8, 8}, 0)}}, {.columns = 1, .scale = 2, .gap = 0});
  EXPECT_EQ(grid.width(), 8 + 24 + 8 + 16 + 8);
  EXPECT_EQ(picture(grid, 8, 8, 24, 16),
            "....oo..................\n....oo..................\n"
            "..oo..oo................\n..oo..oo................\n"
            "oo......oo....oooooooo..\noo......oo....oooooooo..\n"
            "oo......oo..oo......oo..\noo......oo..oo......oo..\n"
            "oooooooooo..oo......oo..\noooooooooo..oo......oo..\n"
            "oo......oo....oooooooo..\noo......oo....oooooooo..\n"
            "oo......oo..........oo..\noo......oo..........oo..\n"
            "..............oooooo....\n..............oooooo....\n");
  EXPECT_EQ(picture(grid, 8, 8, 24, 16), picture(grid, 8, 24, 24, 16));
}

TEST(ImageGrid, a_character_without_a_letter_is_a_box_as_wide_as_a_letter) {
  const ImageGridOptions options{.scale = 10};
  const auto width = [&](const std::string& label) {
    return image_grid({{label, Array::full({1, 2, 2}, 0)}}, options).width();
  };
  EXPECT_EQ(width("né\n"), width("abc"));
  EXPECT_EQ(picture(image_grid({{"é", Array::full({1, 2, 2}, 0)}}, options), 8, 10, 20, 2),
            "oooooooooo..........\noooooooooo..........\n");
}

TEST(ImageGrid, a_file_holds_the_grid) {
  const TestFolder folder;
  const std::vector<ImageRow> rows{{"original", Array::full({4, 784}, 0.2)},
                                   {"reconstruction", Array::full({4, 784}, 0.8)}};
  write_image_grid(folder / "grid.png", rows, {.columns = 2});
  EXPECT_EQ(read_png(contents(folder / "grid.png")).pixels(),
            image_grid(rows, {.columns = 2}).pixels());
}

TEST(ImageGrid, images_of_a_wrong_shape_are_errors) {
  const auto message = [](const Array& images) {
    return error_of<ShapeError>([&] { image_grid({{"x", images}}); });
  };
  const std::string end = ", expected [n, height, width] or [n, side * side], and no empty one";
  EXPECT_EQ(message(Array::full({2, 783}, 0)), "image_grid: row \"x\" has shape [2, 783]" + end);
  EXPECT_EQ(message(Array::full({4}, 0)), "image_grid: row \"x\" has shape [4]" + end);
  EXPECT_EQ(message(Array::full({0, 4}, 0)), "image_grid: row \"x\" has shape [0, 4]" + end);
  EXPECT_EQ(message(Array::full({1, 2, 0}, 0)), "image_grid: row \"x\" has shape [1, 2, 0]" + end);
  EXPECT_EQ(message(Array::full({1, 2, 2, 1}, 0)),
            "image_grid: row \"x\" has shape [1, 2, 2, 1]" + end);
}

TEST(ImageGrid, rows_that_differ_are_errors) {
  EXPECT_EQ(error_of<ShapeError>([] {
              image_grid({{"a", Array::full({2, 784}, 0)}, {"b", Array::full({3, 28, 28}, 0)}});
            }),
            "image_grid: rows differ: \"a\" has shape [2, 784], \"b\" has [3, 28, 28]");
  EXPECT_NO_THROW(
      image_grid({{"a", Array::full({2, 784}, 0)}, {"b", Array::full({2, 28, 28}, 0, float64)}}));
  EXPECT_EQ(error_of<ShapeError>([] { image_grid({}); }), "image_grid: no row of images");
  EXPECT_EQ(error_of<DTypeError>([] {
              image_grid({{"a", Array::full({2, 784}, 0, int32)}});
            }),
            "image_grid: row \"a\" has int32 elements, expected float32 or float64");
}

TEST(ImageGrid, options_out_of_range_are_errors) {
  const auto message = [](const ImageGridOptions& options) {
    return error_of<DataError>([&] { image_grid({{"", Array::full({1, 4}, 0)}}, options); });
  };
  EXPECT_EQ(message({.columns = 0}), "image_grid: columns is 0, expected 1 or more");
  EXPECT_EQ(message({.scale = 0}), "image_grid: scale is 0, expected 1 to 1000");
  EXPECT_EQ(message({.gap = -1}), "image_grid: gap is -1, expected 0 to 1000");
  EXPECT_EQ(message({.low = nan}), "image_grid: low is nan, expected a finite number");
  EXPECT_EQ(message({.low = 1, .high = 1}),
            "image_grid: high is 1, expected a finite number above low (1)");
}

TEST(ImageGrid, a_grid_beyond_every_screen_is_an_error) {
  EXPECT_EQ(error_of<ShapeError>([] {
              image_grid({{"", Array::full({1'000, 100, 100}, 0)}}, {.columns = 1, .scale = 1'000});
            }),
            "image: 100016 x 100002014 pixels, expected sides of 1 or more and 100000000 pixels at "
            "most");
}

}  // namespace
}  // namespace gradus
