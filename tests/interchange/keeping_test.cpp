// What docs/keeping.md shows.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/npy.h>
#include <gradus/safetensors.h>

#include "support.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

struct Keeping : testing::Test {
  const TestFolder folder;
  const Array w = random_array({3, 2}, float32, 1), b = random_array({2}, float32, 2);
};

TEST_F(Keeping, of_safetensors) {
  const std::filesystem::path path = folder / "net.safetensors";
  // [safetensors]
  const std::vector<NamedArray> arrays{{"W", w}, {"b", b}};
  write_safetensors(path, arrays, {{"epoch", "12"}});

  const SafetensorsFile file(path);
  const Array b_again = file.read("b");                     // the rest of the file is not read
  const SafetensorsFile::Entry& first = file.entries()[0];  // "W", "F32", [3, 2]
  const std::vector<NamedArray> all = read_safetensors(path);
  // [safetensors]
  EXPECT_EQ(b_again, b);
  EXPECT_EQ(first.name, "W");
  EXPECT_EQ(first.dtype, "F32");
  EXPECT_EQ(first.shape, (Shape{3, 2}));
  EXPECT_EQ(all, arrays);
  EXPECT_EQ(file.metadata().at("epoch"), "12");
}

TEST_F(Keeping, of_small_types) {
  const std::filesystem::path path = folder.write(
      "half.safetensors",
      safetensors_bytes(R"({"W":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}})", "\x80\x3f"));
  // [widen]
  const std::vector<NamedArray> halves = read_safetensors(path, {.widen = true});
  // [widen]
  EXPECT_EQ(halves[0].value, Array(1));
  EXPECT_EQ(without_path(error_text<DTypeError>([&] { read_safetensors(path); }), path.string()),
            "tensor \"W\": BF16 is no dtype of Gradus; the option widen reads it as float32");
}

TEST_F(Keeping, of_numpy_files) {
  const std::filesystem::path one = folder / "w.npy", several = folder / "net.npz";
  // [numpy]
  write_npy(one, w);  // np.load(one)
  const Array w_again = read_npy(one);

  const std::vector<NamedArray> arrays{{"W", w}, {"b", b}};
  write_npz(several, arrays, {.compress = true});  // np.load(several)["W"]
  const std::vector<NamedArray> arrays_again = read_npz(several);
  // [numpy]
  EXPECT_EQ(w_again, w);
  EXPECT_EQ(arrays_again, arrays);
}

}  // namespace
}  // namespace gradus
