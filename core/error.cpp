#include <gradus/error.h>

namespace gradus {

std::string at_line(std::string text, SourceLocation where) {
  if (where) text += "\n  at  " + to_text(where);
  return text;
}

}  // namespace gradus
