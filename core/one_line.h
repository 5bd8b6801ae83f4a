// Text of any origin, made fit for one line of a picture.
#pragma once

#include <string>
#include <string_view>

namespace gradus {

// Control characters become spaces; bytes that are no UTF-8, and characters that XML forbids,
// become U+FFFD.
std::string one_line(std::string_view text);

// Of ASCII's.
bool is_letter(char c);

}  // namespace gradus
