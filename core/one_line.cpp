#include "one_line.h"

#include <cctype>
#include <cstddef>

#include "utf8.h"

namespace gradus {
namespace {

// U+0080 to U+009F, U+FFFE and U+FFFF.
bool is_forbidden_in_xml(std::string_view character) {
  return (character.starts_with('\xC2') && static_cast<unsigned char>(character[1]) < 0xA0) ||
         character == "\xEF\xBF\xBE" || character == "\xEF\xBF\xBF";
}

// The length of the character that starts here, or 0 if it is no UTF-8 or not allowed in XML.
std::size_t character_length(std::string_view text) {
  const std::size_t length = utf8_length(text);
  return is_forbidden_in_xml(text.substr(0, length)) ? 0 : length;
}

}  // namespace

std::string one_line(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const bool is_control = length == 1 && (text[0] < ' ' || text[0] == '\x7F');
    if (is_control)
      out += ' ';
    else if (length == 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }

}  // namespace gradus
