#include "core/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace gradus {
namespace {

TEST(Utf8, characters_have_one_to_four_bytes) {
  EXPECT_EQ(utf8_length("a"), 1);
  EXPECT_EQ(utf8_length(std::string(1, '\0')), 1);
  EXPECT_EQ(utf8_length("\xC3\xA4 and more"), 2);
  EXPECT_EQ(utf8_length("\xE2\x82\xAC"), 3);
  EXPECT_EQ(utf8_length("\xF0\x9F\x98\x80"), 4);
  EXPECT_EQ(utf8_length("\xF4\x8F\xBF\xBF"), 4);
}

TEST(Utf8, what_is_none_has_length_0) {
  for (const char* text :
       {"", "\x80", "\xC3", "\xC3(", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE2\x82",
        "\xED\xA0\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"})
    EXPECT_EQ(utf8_length(text), 0) << text;
}

TEST(Utf8, a_text_is_or_is_not) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8(std::string_view("a\0\xC3\xA4", 4)));
  EXPECT_FALSE(is_utf8("a\xC3"));
  EXPECT_FALSE(is_utf8("\xFF z"));
}

}  // namespace
}  // namespace gradus
