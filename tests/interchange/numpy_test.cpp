// NumPy reads what we write, and we what NumPy writes.
#include <gradus/npy.h>
#include <gradus/safetensors.h>

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/child_process.h"
#include "paths.h"
#include "support.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

// Debian's, which may not be the first in PATH.
const std::string python = "/usr/bin/python3";

bool has_numpy() {
  return run_child({.program = python, .arguments = {"-c", "import numpy"}}).failure.empty();
}

TEST(NumPy, reads_and_writes_the_same_arrays) {
  if (!has_numpy()) GTEST_SKIP() << "no python3-numpy";
  const TestFolder folder;
  std::vector<NamedArray> arrays = random_arrays();
  std::vector<float> numbers;
  for (int i = 0; i < 24; ++i) numbers.push_back(static_cast<float>(i));
  arrays.push_back({"counted", Array({2, 3, 4}, numbers)});
  write_npz(folder / "ours.npz", arrays);
  write_npz(folder / "ours_compressed.npz", arrays, {.compress = true});
  write_safetensors(folder / "ours.safetensors", arrays, {{"made_by", "Gradus"}});
  for (const NamedArray& array : arrays) write_npy(folder / (array.name + ".npy"), array.value);

  const ChildResult result = run_child(
      {.program = python,
       .arguments = {"-B", std::string(GRADUS_SOURCE_DIR) + "/tests/interchange/numpy_files.py",
                     folder.path().string()}});
  ASSERT_EQ(result.failure, "");
  EXPECT_EQ(read_npz(folder / "theirs.npz"), arrays);
  EXPECT_EQ(read_npz(folder / "theirs_compressed.npz"), arrays);
  EXPECT_EQ(read_safetensors(folder / "theirs.safetensors"), arrays);
  for (const NamedArray& array : arrays) {
    EXPECT_EQ(contents(folder / (array.name + ".saved.npy")),
              contents(folder / (array.name + ".npy")))
        << array.name;
    for (const char* way : {"fortran", "big", "2", "3"})
      EXPECT_EQ(read_npy(folder / (array.name + "." + way + ".npy")), array.value)
          << array.name << " " << way;
  }
  for (const char* kind : {"i1", "u1", "i2", "u2big", "u4", "f2", "f2big"}) {
    const Array small = read_npy(folder / (std::string("small_") + kind + ".npy"), {.widen = true});
    const Array wide = read_npy(folder / (std::string("wide_") + kind + ".npy"));
    ASSERT_EQ(small.shape(), wide.shape()) << kind;
    if (wide.dtype() != float32) {
      EXPECT_EQ(small, wide) << kind;
      continue;
    }
    // A NaN stays one, of whatever bits.
    const auto a = small.values<float>(), b = wide.values<float>();
    for (std::size_t i = 0; i < a.size(); ++i)
      ASSERT_TRUE((a[i] == b[i] && std::signbit(a[i]) == std::signbit(b[i])) ||
                  (std::isnan(a[i]) && std::isnan(b[i])))
          << kind << " " << i;
  }
}

}  // namespace
}  // namespace gradus
