#include <sys/resource.h>
#include <sys/stat.h>

#include <gmock/gmock.h>

#include <gradus/png.h>

#include "png/png_file.h"
#include "support/damaged_files.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

using namespace testing_png;

// What the error says before the user's line.
template <class E, class Action>
std::string refusal(Action action) {
  const std::string text = error_text<E>(action), line = "\n  at  read_png_test.cpp:";
  EXPECT_THAT(text, testing::HasSubstr(line));
  return text.substr(0, text.find(line));
}
std::string refusal(const std::string& bytes) {
  return refusal<DataError>([&] { decode_png(bytes); });
}

// Each sample has a value of its own place, within its depth.
PngFile file_of(ColorType type, int depth, bool interlaced, std::uint32_t width = 11,
                std::uint32_t height = 9) {
  PngFile file{.width = width,
               .height = height,
               .depth = depth,
               .type = type,
               .interlaced = interlaced,
               .samples = {}};
  const std::uint32_t mask = (1U << depth) - 1;
  for (std::uint32_t i = 0; i < width * height * file.channel_count(); ++i)
    file.samples.push_back(i * 40503U >> 3 & mask);
  if (type == palette) {
    std::string colors;
    for (std::uint32_t i = 0; i <= mask; ++i)
      colors += {static_cast<char>(i * 7), static_cast<char>(255 - i), static_cast<char>(i * i)};
    file.chunks = chunk("PLTE", colors);
  }
  return file;
}

// By the formulas of the header, from the samples.
std::vector<Color> expected_pixels(const PngFile& file) {
  const auto level = [&](std::uint32_t sample) {
    const std::uint32_t most = (1U << file.depth) - 1;
    return static_cast<std::uint8_t>((2 * 255 * sample + most) / (2 * most));  // rounded
  };
  std::vector<Color> pixels;
  for (std::size_t i = 0; i < file.samples.size(); i += file.channel_count()) {
    const std::uint32_t* s = &file.samples[i];
    if (file.type == palette)
      pixels.push_back({static_cast<std::uint8_t>(*s * 7), static_cast<std::uint8_t>(255 - *s),
                        static_cast<std::uint8_t>(*s * *s)});
    else if (file.type == gray || file.type == gray_alpha)
      pixels.push_back({level(s[0]), level(s[0]), level(s[0])});
    else
      pixels.push_back({level(s[0]), level(s[1]), level(s[2])});
  }
  return pixels;
}

std::vector<PngFile> every_kind() {
  std::vector<PngFile> files;
  for (bool interlaced : {false, true}) {
    for (int depth : {1, 2, 4, 8, 16}) files.push_back(file_of(gray, depth, interlaced));
    for (int depth : {1, 2, 4, 8}) files.push_back(file_of(palette, depth, interlaced));
    for (ColorType type : {rgb, gray_alpha, rgba})
      for (int depth : {8, 16}) files.push_back(file_of(type, depth, interlaced));
  }
  return files;
}

TEST(ReadPng, every_color_type_depth_and_order_of_rows_is_read) {
  for (const PngFile& file : every_kind()) {
    const Image image = decode_png(file.bytes());
    EXPECT_EQ(image.width(), 11);
    EXPECT_EQ(image.height(), 9);
    EXPECT_EQ(image.pixels(), expected_pixels(file))
        << "type " << file.type << ", depth " << file.depth << ", interlaced " << file.interlaced;
  }
}

TEST(ReadPng, transparency_gamma_and_texts_change_nothing) {
  PngFile file = file_of(gray, 8, false);
  const auto expected = expected_pixels(file);
  file.chunks = chunk("gAMA", big_endian(100'000)) +
                chunk("tRNS", std::string{'\0', static_cast<char>(file.samples[3])}) +
                chunk("tEXt", std::string("Title\0a", 7)) + chunk("prVt", "private");
  EXPECT_EQ(decode_png(file.bytes()).pixels(), expected);
  file = file_of(palette, 8, false);
  file.chunks += chunk("tRNS", std::string(100, '\x7f'));
  EXPECT_EQ(decode_png(file.bytes()).pixels(), expected_pixels(file));
}

TEST(ReadPng, what_was_written_is_read) {
  Image image(5, 3);
  image.fill(1, 1, 2, 1, {255, 0, 0});
  image.fill(4, 2, 1, 1, {1, 2, 3});
  const TestFolder folder;
  write_png(folder / "f.png", image);
  EXPECT_EQ(read_png(folder / "f.png").pixels(), image.pixels());
}

TEST(ReadPng, an_image_becomes_an_array_of_colors_or_of_gray) {
  Image image(2, 1);
  image.fill(0, 0, 1, 1, {255, 0, 51});
  image.fill(1, 0, 1, 1, {102, 102, 102});
  EXPECT_EQ(to_array(image), Array({{{1, 0, 0.2}, {0.4, 0.4, 0.4}}}));
  // 0.299 * 255 + 0.114 * 51 = 82.059
  EXPECT_EQ(to_array(image, 1), Array({{{82.0F / 255}, {0.4}}}));
  for (int level = 0; level < 256; ++level) {
    const auto byte = static_cast<std::uint8_t>(level);
    Image gray_pixel(1, 1);
    gray_pixel.fill(0, 0, 1, 1, {byte, byte, byte});
    EXPECT_EQ(to_array(gray_pixel, 1).item(), static_cast<float>(level) / 255);
  }
  EXPECT_EQ(refusal<DataError>([&] { to_array(image, 4); }),
            "to_array: 4 channels of an image, expected 1 or 3");
}

TEST(ReadPng, refusals_name_the_file) {
  const TestFolder folder;
  const std::string file = folder.write("f.png", "GIF89a");
  EXPECT_EQ(refusal<DataError>([&] { read_png(file); }),
            "png: " + file + ": no PNG file: its first bytes are others");
  EXPECT_EQ(refusal<FileError>([] { read_png("no/such.png"); }),
            "png: no/such.png: No such file or directory");
  EXPECT_EQ(refusal<FileError>([&] { read_png(folder.path()); }),
            "png: " + folder.path().string() + ": Is a directory");
}

TEST(ReadPng, what_is_no_png_is_refused) {
  const std::string text = "png: no PNG file: its first bytes are others";
  EXPECT_EQ(refusal(""), text);
  EXPECT_EQ(refusal(std::string(signature.substr(0, 7))), text);
  EXPECT_EQ(refusal(std::string(signature)), "png: the file is cut");
}

TEST(ReadPng, a_size_beyond_the_limits_is_refused_without_memory_for_it) {
  const auto text = [](std::uint32_t width, std::uint32_t height) {
    PngFile file = file_of(rgb, 8, false);
    const std::string pixels = chunk("IDAT", deflated(file.pixels())) + chunk("IEND", "");
    file.width = width;
    file.height = height;
    return refusal(std::string(signature) + file.header() + pixels);
  };
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  EXPECT_EQ(text(2147483647, 2147483647),
            "png: 2147483647 x 2147483647 pixels, expected 100000000 at most");
  EXPECT_EQ(text(100'000'001, 1), "png: 100000001 x 1 pixels, expected 100000000 at most");
  EXPECT_EQ(text(10'000, 10'000), "png: 10000 x 10000 pixels cannot be in " +
                                      std::to_string(file_of(rgb, 8, false).bytes().size()) +
                                      " bytes");
  EXPECT_EQ(text(0x80000000U, 1), "png: PNG unsigned integer out of range");
  EXPECT_EQ(text(0, 1), "png: Invalid IHDR data");
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 8 * 1024) << "KiB";
}

TEST(ReadPng, damage_is_named_as_libpng_names_it) {
  const PngFile file = file_of(gray, 8, false);
  const std::string start = std::string(signature) + file.header(), end = chunk("IEND", "");
  const std::string data = deflated(file.pixels());
  EXPECT_EQ(refusal(start + end), "png: IEND: out of place");
  EXPECT_EQ(refusal(start + chunk("IDAT", deflated(file.pixels().substr(0, 20))) + end),
            "png: Not enough image data");
  EXPECT_EQ(refusal(start + chunk("IDAT", "no deflate")), "png: IDAT: incorrect header check");
  EXPECT_EQ(refusal(start + chunk("ABCD", "") + chunk("IDAT", data) + end),
            "png: ABCD: unhandled critical chunk");
  std::string wrong_sum = start + chunk("IDAT", data) + end;
  wrong_sum.back() = 'x';
  EXPECT_EQ(refusal(wrong_sum), "png: IEND: CRC error");
  EXPECT_EQ(refusal(file.bytes() + "xy"), "png: 2 bytes follow after its end");
  EXPECT_EQ(refusal(std::string(signature) + file_of(palette, 8, false).header() +
                    chunk("IDAT", data) + end),
            "png: IDAT: Missing PLTE before IDAT");
}

// Checksums cover all that has a meaning.
TEST(ReadPng, every_cut_and_flipped_bit_is_refused) {
  const auto read = [](const std::filesystem::path& path) { read_png(path); };
  for (const PngFile& file : {file_of(palette, 2, true, 3, 2), file_of(rgb, 16, false, 3, 2)}) {
    EXPECT_EQ(read_cut(file.bytes(), read).accepted, 0);
    EXPECT_EQ(read_flipped(file.bytes(), read).accepted, 0);
  }
}

// The same with right checksums: the bytes inside of the chunks.
TEST(ReadPng, every_flipped_bit_under_right_checksums_gives_an_image_or_an_error) {
  for (const PngFile& file : {file_of(palette, 2, true, 3, 3), file_of(gray, 16, false, 3, 2)}) {
    const std::string start(signature), header = file.header().substr(8, 13);
    const std::string data = deflated(file.pixels()), end = chunk("IEND", "");
    const auto with_data = [&](const std::filesystem::path& path) {
      decode_png(start + file.header() + file.chunks + chunk("IDAT", contents(path)) + end);
    };
    EXPECT_GT(read_cut(data, with_data).refused, 0);
    EXPECT_GT(read_flipped(data, with_data).refused, 0);
    const auto with_header = [&](const std::filesystem::path& path) {
      decode_png(start + chunk("IHDR", contents(path)) + file.chunks + chunk("IDAT", data) + end);
    };
    EXPECT_EQ(read_cut(header, with_header).accepted, 0);
    EXPECT_GT(read_flipped(header, with_header).refused, 0);
  }
}

// libpng would print a warning of bytes that are compressed after the pixels.
TEST(ReadPng, prints_nothing) {
  const PngFile file = file_of(rgb, 8, false);
  testing::internal::CaptureStderr();
  EXPECT_EQ(decode_png(std::string(signature) + file.header() +
                       chunk("IDAT", deflated(file.pixels() + "more")) + chunk("IEND", ""))
                .pixels(),
            expected_pixels(file));
  refusal(file.bytes().substr(0, 100));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace gradus
