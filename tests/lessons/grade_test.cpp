// What the lessons' grader says of an answer.
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "exercises/to_do.h"
#include "grade.h"

namespace lesson {
namespace {

using gradus::Array;

// What grade() prints, and its exit code at the end.
std::string graded(const std::vector<Exercise>& exercises) {
  char name[] = "exercise_1";
  char* argv[] = {name};
  testing::internal::CaptureStdout();
  const int code = grade(1, argv, exercises);
  return testing::internal::GetCapturedStdout() + "exit " + std::to_string(code);
}

Exercise saying(const std::string& fault) {
  return {"name", "think", [fault] { return fault; }};
}

TEST(Grade, all_right_is_0) {
  EXPECT_EQ(graded({saying(""), saying("")}),
            "name                   right\nname                   right\n\n2 of 2 right\nexit 0");
}

TEST(Grade, one_that_is_not_yet_has_its_fault_and_hint_and_is_1) {
  EXPECT_EQ(graded({saying(""), saying("it is 2, not 3")}),
            "name                   right\nname                   not yet\n    it is 2, not 3\n"
            "    Hint: think\n\n1 of 2 right\nexit 1");
}

TEST(Grade, what_is_thrown_is_told_by_its_first_line) {
  const Exercise refused{"name", "think", []() -> std::string {
                           throw std::runtime_error("matmul: no\n  at  file.cpp:3");
                         }};
  EXPECT_NE(graded({refused}).find("    matmul: no\n    Hint: think"), std::string::npos);
  const Exercise gap{"name", "think", []() -> std::string { to_do(1, "two"); }};
  EXPECT_NE(graded({gap}).find("not yet\n    still to be written\n"), std::string::npos);
}

TEST(Grade, a_difference_tells_of_shapes_first) {
  EXPECT_EQ(difference("x", Array({1, 2}), Array({{1, 2}})), "x: the shape is [2], not [1, 2]");
  EXPECT_EQ(difference("x", Array({1, 2}), Array({1, 3})), "x: it is [1, 2], not [1, 3]");
  EXPECT_EQ(difference("x", 1.5, 2), "x: it is 1.5, not 2");
}

TEST(Grade, what_is_near_does_not_differ) {
  EXPECT_EQ(difference("x", Array({1, 2}), Array({1, 2.000001})), "");
  EXPECT_EQ(difference("x", Array({1}, gradus::float64), Array({1})), "");
  EXPECT_NE(difference("x", Array({1, 2}), Array({1, 2.0001})), "");
  EXPECT_EQ(difference("x", Array({1, 2}), Array({1, 2.0001}), 1e-3), "");
}

TEST(Grade, nan_differs_and_equal_infinities_do_not) {
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               inf = std::numeric_limits<double>::infinity();
  EXPECT_NE(difference("x", nan, 1), "");
  EXPECT_NE(difference("x", nan, nan), "");
  EXPECT_EQ(difference("x", inf, inf), "");
  EXPECT_NE(difference("x", -inf, inf), "");
}

}  // namespace
}  // namespace lesson
