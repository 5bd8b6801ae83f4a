#include <gradus/safetensors.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

using Metadata = std::map<std::string, std::string>;

TEST(Safetensors, keep_every_array_its_bits_its_name_and_its_place) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays = random_arrays();
  write_safetensors(folder / "f", arrays);
  EXPECT_EQ(read_safetensors(folder / "f"), arrays);
}

TEST(Safetensors, keep_metadata) {
  const TestFolder folder;
  const Metadata metadata{{"a", ""}, {"", "b"}, {"\u00e9\n\"\\", std::string("\0x", 2)}};
  write_safetensors(folder / "f", {}, metadata);
  EXPECT_EQ(SafetensorsFile(folder / "f").metadata(), metadata);
  write_safetensors(folder / "f", {});
  EXPECT_EQ(SafetensorsFile(folder / "f").metadata(), Metadata());
}

TEST(Safetensors, have_names_of_any_characters) {
  const TestFolder folder;
  std::vector<NamedArray> arrays;
  for (const std::string& name :
       {std::string(), std::string("/etc/passwd"), std::string("../x"), std::string("a\0b", 3),
        std::string("line\nend"), std::string("\"\\u0061"), std::string("\u00e9\U0001F600"),
        std::string(100'000, 'x')})
    arrays.push_back({name, Array(1)});
  write_safetensors(folder / "f", arrays);
  EXPECT_EQ(read_safetensors(folder / "f"), arrays);
}

TEST(Safetensors, have_these_bytes) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays{{"flag", Array({true}, boolean)},
                                       {"w", Array({{1, 2}}, int32)}};
  write_safetensors(folder / "f", arrays, {{"k", "v"}});
  std::string header =
      R"({"__metadata__":{"k":"v"},"flag":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]},)"
      R"("w":{"dtype":"I32","shape":[1,2],"data_offsets":[0,8]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  EXPECT_EQ(contents(folder / "f"),
            safetensors_bytes(header, little_endian(1) + little_endian(2) + "\1"));
}

TEST(Safetensors, lie_at_multiples_of_their_elements_sizes) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays = random_arrays();
  for (std::size_t name_size = 0; name_size < 8; ++name_size) {
    write_safetensors(folder / "f", arrays, {{"k", std::string(name_size, 'v')}});
    const std::string bytes = contents(folder / "f");
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    EXPECT_EQ(length % 8, 0U);
    for (const NamedArray& array : arrays) {
      const std::size_t entry = bytes.find("\"" + array.name + "\"");
      const std::size_t offset = bytes.find("data_offsets\":[", entry) + 15;
      EXPECT_EQ(std::stoul(bytes.substr(offset)) % size_of(array.value.dtype()), 0U) << array.name;
    }
  }
}

TEST(Safetensors, list_entries_in_the_headers_order_and_read_one_by_one) {
  const TestFolder folder;
  const std::string path = folder.write(
      "f", safetensors_bytes(R"({"b":{"data_offsets":[4,4],"shape":[2,0],"dtype":"F64"},)"
                             R"("a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},)"
                             R"("c":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}   )",
                             std::string("\x80\x3f\0\xc0\x07", 5)));
  const SafetensorsFile file(path);
  ASSERT_EQ(file.entries().size(), 3U);
  EXPECT_EQ(file.entries()[0].name, "b");
  EXPECT_EQ(file.entries()[0].dtype, "F64");
  EXPECT_EQ(file.entries()[0].shape, (Shape{2, 0}));
  EXPECT_EQ(file.entries()[1].name, "a");
  EXPECT_EQ(file.entries()[1].dtype, "BF16");
  EXPECT_TRUE(file.contains("c"));
  EXPECT_FALSE(file.contains("d"));
  EXPECT_EQ(file.read("b"), Array::zeros({2, 0}, float64));
  EXPECT_EQ(file.read("a", {.widen = true}), Array({1, -2}));
  EXPECT_EQ(file.read("c", {.widen = true}), Array(7, int32));
}

TEST(Safetensors, are_read_by_several_threads_at_once) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays = random_arrays();
  write_safetensors(folder / "f", arrays);
  const SafetensorsFile file(folder / "f");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t)
    threads.emplace_back([&, t, own = file] {
      for (const NamedArray& array : arrays) wrong[t] += !(own.read(array.name) == array.value);
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(Safetensors, slow_of_a_million_empty_tensors_are_read) {
  const TestFolder folder;
  std::string header = "{";
  for (int i = 0; i < 1'000'000; ++i)
    header += "\"" + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)";
  header.back() = '}';
  const SafetensorsFile file(folder.write("f", safetensors_bytes(header)));
  EXPECT_EQ(file.entries().size(), 1'000'000U);
  EXPECT_TRUE(file.contains("999999"));
}

// Every value of a small type beside what its definition says.
TEST(Safetensors, widen_float8_as_its_definition_says) {
  const TestFolder folder;
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  const std::string path = folder.write(
      "f", safetensors_bytes(R"({"a":{"dtype":"F8_E4M3","shape":[256],"data_offsets":[0,256]},)"
                             R"("b":{"dtype":"F8_E5M2","shape":[256],"data_offsets":[256,512]}})",
                             all + all));
  const SafetensorsFile file(path);
  const Array e4m3 = file.read("a", {.widen = true}), e5m2 = file.read("b", {.widen = true});
  // The examples of "FP8 formats for deep learning", table 1.
  EXPECT_EQ(e4m3.at<float>({0b0'1111'110}), 448.0F);
  EXPECT_EQ(e4m3.at<float>({0b0'0001'000}), std::ldexp(1.0F, -6));
  EXPECT_EQ(e4m3.at<float>({0b0'0000'111}), 0.875F * std::ldexp(1.0F, -6));
  EXPECT_EQ(e4m3.at<float>({0b0'0000'001}), std::ldexp(1.0F, -9));
  EXPECT_EQ(e4m3.at<float>({0b1'0111'100}), -1.5F);
  EXPECT_TRUE(std::isnan(e4m3.at<float>({0b1'1111'111})));
  EXPECT_EQ(e5m2.at<float>({0b0'11110'11}), 57344.0F);
  EXPECT_EQ(e5m2.at<float>({0b0'00001'00}), std::ldexp(1.0F, -14));
  EXPECT_EQ(e5m2.at<float>({0b0'00000'11}), 0.75F * std::ldexp(1.0F, -14));
  EXPECT_EQ(e5m2.at<float>({0b0'00000'01}), std::ldexp(1.0F, -16));
  EXPECT_EQ(e5m2.at<float>({0b1'11111'00}), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(e5m2.at<float>({0b0'11111'01})));
  for (std::int64_t i = 1; i < 127; ++i) EXPECT_LT(e4m3.at<float>({i - 1}), e4m3.at<float>({i}));
  EXPECT_TRUE(std::signbit(e4m3.at<float>({128})) && std::signbit(e5m2.at<float>({128})));
}

}  // namespace
}  // namespace gradus
