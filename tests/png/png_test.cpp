#include <gradus/png.h>

#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "support/error_text.h"

namespace gradus {
namespace {

constexpr Color white{255, 255, 255}, red{255, 0, 0};

TEST(Png, an_image_reads_back_pixel_for_pixel) {
  Image image(5, 3);
  image.fill(1, 1, 2, 1, {255, 0, 0});
  image.fill(4, 2, 9, 9, {1, 2, 3});
  image.fill(-3, -3, 4, 4, {7, 8, 9});
  const Image read = decode_png(png_bytes(image));
  EXPECT_EQ(read.width(), 5);
  EXPECT_EQ(read.height(), 3);
  EXPECT_EQ(read.pixels(), image.pixels());
  EXPECT_EQ(read.at(2, 1), (Color{255, 0, 0}));
  EXPECT_EQ(read.at(4, 2), (Color{1, 2, 3}));
  EXPECT_EQ(read.at(0, 0), (Color{7, 8, 9}));
  EXPECT_EQ(read.at(3, 1), white);
}

TEST(Png, a_rectangle_may_begin_and_end_at_the_last_numbers) {
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t width : {lowest, std::int64_t{-1}, std::int64_t{1}, highest}) {
    Image image(2, 2);
    image.fill(lowest, lowest, width, width, red);
    image.fill(highest, highest, width, width, red);
    image.fill(1, 1, lowest, width, red);
    image.fill(2, 2, highest, width, red);
    EXPECT_EQ(image.pixels(), Image(2, 2).pixels()) << width;
  }
  Image image(2, 2);
  image.fill(1, lowest, highest, highest, red);  // ends at row -1
  EXPECT_EQ(image.pixels(), Image(2, 2).pixels());
  image.fill(1, 0, highest, highest, red);
  EXPECT_EQ(image.pixels(), (std::vector<Color>{white, red, white, red}));
}

TEST(Png, a_pixel_outside_of_the_image_is_refused) {
  const Image image(5, 3);
  const SourceLocation line = SourceLocation::current("model.cpp", 41);
  EXPECT_EQ(error_text<ShapeError>([&] { image.at(5, 0, line); }),
            "image: no pixel (5, 0) in 5 x 3\n  at  model.cpp:41");
  EXPECT_EQ(error_text<ShapeError>([&] { image.at(0, -1, line); }),
            "image: no pixel (0, -1) in 5 x 3\n  at  model.cpp:41");
}

TEST(Png, the_same_image_has_the_same_bytes) {
  EXPECT_EQ(png_bytes(Image(20, 30)), png_bytes(Image(20, 30)));
}

TEST(Png, sizes_are_checked_before_memory_is_taken) {
  EXPECT_EQ(error_text<ShapeError>([] { Image(0, 5, {}); }),
            "image: 0 x 5 pixels, expected sides of 1 or more and 100000000 pixels at most");
  EXPECT_EQ(error_text<ShapeError>([] { Image(std::int64_t{1} << 62, 4, {}); }),
            "image: 4611686018427387904 x 4 pixels, expected sides of 1 or more and 100000000 "
            "pixels at most");
}

TEST(Png, a_missing_folder_is_an_error) {
  EXPECT_EQ(error_text<FileError>([] { write_png("missing/a.png", Image(1, 1)); }),
            "file \"missing/a.png\" cannot be written: No such file or directory");
}

}  // namespace
}  // namespace gradus
