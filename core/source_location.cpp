#include <gradus/source_location.h>

#include <string_view>

#include <fmt/format.h>

namespace gradus {

std::string to_text(SourceLocation where) {
  std::string_view file = where.file();
  if (auto slash = file.find_last_of('/'); slash != file.npos) file.remove_prefix(slash + 1);
  return fmt::format("{}:{}", file, where.line());
}

}  // namespace gradus
