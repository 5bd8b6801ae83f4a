#include <gradus/idx.h>

#include <gmock/gmock.h>
#include <gradus/generated_digits.h>

#include "core/child_process.h"
#include "data/support.h"
#include "support/error_text.h"

namespace gradus {
namespace {

using namespace testing_data;

std::string written(const Array& array, const IdxOptions& options = {}) {
  const TestFolder folder;
  write_idx(folder / "x", array, options);
  return contents(folder / "x");
}

TEST(WriteIdx, elements_are_big_endian_after_their_header) {
  EXPECT_EQ(written(Array({{1, -2}}, int32)),
            idx_header(0x0C, {1, 2}) + big_endian(1) + big_endian(0xFFFFFFFE));
  EXPECT_EQ(written(Array({-2.5})), idx_header(0x0D, {1}) + big_endian(0xC0200000));
  EXPECT_EQ(written(Array({-2.5}, float64)),
            idx_header(0x0E, {1}) + big_endian(0xC0040000) + big_endian(0));
  EXPECT_EQ(written(Array({true, false}, boolean)), idx_header(0x08, {2}) + std::string("\1\0", 2));
}

TEST(WriteIdx, whole_numbers_of_every_dtype_may_be_bytes) {
  for (DType dtype : {float32, float64, int32, int64})
    EXPECT_EQ(written(Array({{0, 127}, {128, 255}}, dtype), {.as_bytes = true}),
              idx_header(0x08, {2, 2}) + std::string("\0\x7f\x80\xff", 4));
}

TEST(WriteIdx, what_was_written_reads_back) {
  const TestFolder folder;
  for (const char* name : {"x", "x.gz"})
    for (DType dtype : {float32, float64, int32})
      for (const Array& array :
           {Array({{1, -2, 3}, {4, 5, 6}}, dtype), Array::zeros({0, 5}, dtype),
            Array::full({1, 1, 1, 1, 1, 1, 1, 2}, 7, dtype), Array::full({100, 9'000}, 3, dtype)}) {
        write_idx(folder / name, array);
        EXPECT_EQ(read_idx(folder / name), array);
      }
}

TEST(WriteIdx, a_name_ending_in_gz_makes_gzip) {
  const TestFolder folder;
  const Array array =
      generated_digits(1, {.train = 2'000, .validation = 0, .test = 0}).train.images;
  write_idx(folder / "x.gz", array);
  const std::string packed = contents(folder / "x.gz");
  EXPECT_EQ(packed.substr(0, 2), "\x1f\x8b");
  EXPECT_LT(packed.size(), array.byte_count() / 3);
  EXPECT_EQ(read_idx(folder / "x.gz"), array);
  write_idx(folder / "y.gz", array);
  EXPECT_EQ(contents(folder / "y.gz"), packed);
}

TEST(WriteIdx, read_mnist_reads_a_data_set_that_was_written) {
  const Mnist digits = generated_digits(3, {.train = 20, .validation = 0, .test = 10});
  const TestFolder folder;
  const auto write = [&](const std::string& name, const ImageSet& set) {
    Array images = set.images.reshaped({any_size, 28, 28});
    for (float& pixel : images.mutable_values<float>()) pixel = std::round(pixel * 255);
    write_idx(folder / (name + "-images-idx3-ubyte.gz"), images, {.as_bytes = true});
    write_idx(folder / (name + "-labels-idx1-ubyte"), set.labels, {.as_bytes = true});
  };
  write("train", digits.train);
  write("t10k", digits.test);
  const Mnist mnist = read_mnist(folder, 0);
  EXPECT_EQ(mnist.train.labels, digits.train.labels);
  EXPECT_EQ(mnist.test.labels, digits.test.labels);
  const auto read = mnist.train.images.values<float>(), made = digits.train.images.values<float>();
  for (std::size_t i = 0; i < made.size(); ++i)
    ASSERT_EQ(read[i], std::round(made[i] * 255) / 255) << i;
}

TEST(WriteIdx, refuses_what_idx_has_not) {
  const TestFolder folder;
  const auto text = [&]<class E>(E, const Array& array, const IdxOptions& options) {
    const std::string whole = error_text<E>([&] { write_idx(folder / "x", array, options); });
    EXPECT_FALSE(std::filesystem::exists(folder / "x"));
    EXPECT_THAT(whole, testing::HasSubstr("\n  at  write_idx_test.cpp:"));
    return whole.substr(0, whole.find("\n  at  "));
  };
  const DataError data("");
  EXPECT_EQ(text(DTypeError(""), Array({1}, int64), {}),
            "idx: int64, expected float32, float64, int32 or bool, or .as_bytes = true");
  EXPECT_EQ(text(ShapeError(""), Array(1), {}), "idx: a scalar, expected 1 to 8 dimensions");
  EXPECT_EQ(text(ShapeError(""), Array::zeros({0, std::int64_t{1} << 32}), {}),
            "idx: a dimension of 4294967296 is not below 2^32: [0, 4294967296]");
  const IdxOptions as_bytes{.as_bytes = true};
  EXPECT_EQ(text(data, Array({1, 256}, int32), as_bytes),
            "idx: element 1 is 256, expected 0, 1, ... or 255 as a byte");
  EXPECT_EQ(text(data, Array({-1}, int64), as_bytes),
            "idx: element 0 is -1, expected 0, 1, ... or 255 as a byte");
  EXPECT_EQ(text(data, Array({0.5}), as_bytes),
            "idx: element 0 is 0.5, expected 0, 1, ... or 255 as a byte");
  EXPECT_EQ(text(data, Array({1e300}, float64), as_bytes),
            "idx: element 0 is 1e+300, expected 0, 1, ... or 255 as a byte");
  EXPECT_EQ(text(data, Array({std::numeric_limits<float>::quiet_NaN()}), as_bytes),
            "idx: element 0 is nan, expected 0, 1, ... or 255 as a byte");
  EXPECT_THAT(error_text<FileError>([] { write_idx("no/such/x", Array({1})); }),
              testing::StartsWith("file \"no/such/x\" cannot be written: No such file or directory"
                                  "\n  at  write_idx_test.cpp:"));
}

// gzip's checksums by another implementation, and NumPy for what they hold.
TEST(WriteIdx, python_reads_what_was_written) {
  const TestFolder folder;
  write_idx(folder / "x.gz", Array({{1, -2, 3}, {4, 5, 1e30}}));
  const ChildResult result =
      run_child({.program = "/usr/bin/python3",
                 .arguments = {"-B", "-c",
                               "import gzip, struct\n"
                               "b = gzip.open('x.gz').read()\n"
                               "assert struct.unpack('>4B2I6f', b) == \\\n"
                               "  (0, 0, 13, 2, 2, 3, 1, -2, 3, 4, 5, struct.unpack('f', "
                               "struct.pack('f', 1e30))[0])\n"},
                 .folder = folder.path()});
  if (result.end == ChildEnd::not_found) GTEST_SKIP() << "no python3";
  EXPECT_EQ(result.failure + result.output, "");
}

}  // namespace
}  // namespace gradus
