// Each file of the corpora that scripts/fuzz begins with, cut at each byte and with each bit
// flipped: arrays or a typed error.
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/checkpoint.h>
#include <gradus/graph.h>
#include <gradus/npy.h>
#include <gradus/safetensors.h>

#include "paths.h"
#include "support/damaged_files.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

template <class Read>
void check_corpus(const std::string& name, Read read) {
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/fuzz/corpus" / name)) {
    const std::string bytes = contents(entry.path());
    SCOPED_TRACE(entry.path().filename());
    ++files;
    read_flipped(bytes, read);
    // Of a whole file no part is one, too.
    EXPECT_EQ(read_cut(bytes, read).accepted, 0);
  }
  EXPECT_GT(files, 3);
}

TEST(DamagedFiles, of_safetensors_are_refused_or_read) {
  check_corpus("safetensors",
               [](const std::string& path) { read_safetensors(path, {.widen = true}); });
}

TEST(DamagedFiles, of_npy_are_refused_or_read) {
  check_corpus("npy", [](const std::string& path) { read_npy(path, {.widen = true}); });
}

TEST(DamagedFiles, of_npz_are_refused_or_read) {
  check_corpus("npz", [](const std::string& path) { read_npz(path, {.widen = true}); });
}

TEST(DamagedFiles, of_checkpoints_are_refused_or_read) {
  Graph graph;
  graph.variable("w", Array({{1, 2}, {3, 4}}));
  graph.variable("b", Array({5, 6}));
  graph.variable("steps", Array(7));
  Session session(graph, {.threads = 1});
  check_corpus("checkpoint", [&](const std::string& path) { load_checkpoint(path, session); });
}

}  // namespace
}  // namespace gradus
