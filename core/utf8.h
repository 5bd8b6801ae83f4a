// Characters of a text of any origin.
#pragma once

#include <cstddef>
#include <string_view>

namespace gradus {

// The bytes of the UTF-8 character that a text begins with; 0 if it begins with none, or is empty.
std::size_t utf8_length(std::string_view text);

// Whether it consists of such characters.
bool is_utf8(std::string_view text);

}  // namespace gradus
