#include <gradus/error.h>

#include <gtest/gtest.h>

#include <type_traits>

namespace gradus {
namespace {

TEST(Error, is_the_base_of_each_kind) {
  static_assert(std::is_base_of_v<std::runtime_error, Error>);
  static_assert(std::is_base_of_v<Error, ShapeError> && std::is_base_of_v<Error, DTypeError>);
  static_assert(std::is_base_of_v<Error, GraphError> && std::is_base_of_v<Error, FeedError>);
  static_assert(std::is_base_of_v<Error, DataError> && std::is_base_of_v<Error, FileError>);
  static_assert(std::is_base_of_v<Error, MemoryError> && std::is_base_of_v<Error, InternalError>);
  EXPECT_STREQ(GraphError("graph: wrong").what(), "graph: wrong");
}

TEST(Error, says_the_line_where_it_is_known) {
  const auto here = SourceLocation::current("/home/of/my_model.cpp", 41);
  EXPECT_EQ(at_line("op: wrong", here), "op: wrong\n  at  my_model.cpp:41");
  EXPECT_EQ(at_line("op: wrong", {}), "op: wrong");
}

TEST(SourceLocation, is_the_callers_line_in_a_default_argument) {
  const auto of_caller = [](SourceLocation where = SourceLocation::current()) { return where; };
  const SourceLocation where = of_caller();
  EXPECT_EQ(to_text(where), "error_test.cpp:" + std::to_string(__LINE__ - 1));
}

TEST(SourceLocation, writes_a_file_without_folders_as_it_is) {
  EXPECT_EQ(to_text(SourceLocation::current("a.cpp", 7)), "a.cpp:7");
  EXPECT_FALSE(SourceLocation{});
}

}  // namespace
}  // namespace gradus
