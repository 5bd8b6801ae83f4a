#include "graph/names/path_tree.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace gradus {
namespace {

TEST(PathTree, has_one_number_for_each_path_however_it_is_put_together) {
  PathTree paths;
  const std::uint32_t model = paths.add(PathTree::root, "model");
  const std::uint32_t W = paths.add(model, "encoder/W");
  EXPECT_EQ(paths.add(PathTree::root, "model/encoder/W"), W);
  EXPECT_EQ(paths.add(paths.add(model, "encoder"), "W"), W);
  EXPECT_NE(paths.add(model, "W"), W);
  EXPECT_EQ(paths.text(W), "model/encoder/W");
  EXPECT_EQ(paths.text(PathTree::root), "");
  EXPECT_EQ(paths.last_part(W), "W");
  EXPECT_EQ(paths.text(W, model), "encoder/W");
  EXPECT_EQ(paths.text(W, W), "");
}

TEST(PathTree, tells_slashes_that_stand_alone_apart) {
  PathTree paths;
  std::set<std::uint32_t> numbers{PathTree::root};
  for (const std::string text : {"a", "/a", "a/", "a//a", "a/a", "/", "//", ""}) {
    const std::uint32_t path = paths.add(PathTree::root, text);
    EXPECT_TRUE(numbers.insert(path).second) << text;
    EXPECT_EQ(paths.find(PathTree::root, text), path) << text;
    EXPECT_EQ(paths.text(path), text);
  }
}

TEST(PathTree, finds_without_adding) {
  PathTree paths;
  paths.add(PathTree::root, "a/b");
  EXPECT_EQ(paths.size(), 3U);
  EXPECT_EQ(paths.find(PathTree::root, "a/c/d"), PathTree::none);
  EXPECT_EQ(paths.find(PathTree::root, "b"), PathTree::none);
  EXPECT_EQ(paths.size(), 3U);
}

}  // namespace
}  // namespace gradus
