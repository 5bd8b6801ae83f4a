// Where in a file something is wrong, with which messages begin.
//
//   const FilePlace place("safetensors: net.safetensors", where);
//   place.within("tensor \"W\"").refuse<DataError>("{} bytes of {}", count, expected);
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/one_line.h"
#include "core/throw_at.h"

namespace gradus {

class FilePlace {
 public:
  // `where` is the user's line.
  FilePlace(std::string text, SourceLocation where) : text_(std::move(text)), where_(where) {}
  FilePlace within(std::string_view part) const {
    return {fmt::format("{}: {}", text_, part), where_};
  }

  template <class E, class... T>
  [[noreturn]] void refuse(fmt::format_string<T...> text, T&&... values) const {
    throw E(at_line(text_ + ": " + fmt::format(text, std::forward<T>(values)...), where_));
  }

  SourceLocation where() const { return where_; }

 private:
  std::string text_;
  SourceLocation where_;
};

// A name or another text that a file holds, as messages show it: on one line, and cut where it is
// long.
inline std::string excerpt(std::string_view text) {
  constexpr std::size_t most = 80;
  return fmt::format("\"{}{}\"", one_line(text.substr(0, most)), text.size() > most ? "..." : "");
}

// For what std::bad_alloc becomes.
[[noreturn]] inline void refuse_memory(std::string_view prefix, const std::filesystem::path& path,
                                       SourceLocation where) {
  throw_at<MemoryError>(where, "{}: {}: no memory is left", prefix, path.string());
}

}  // namespace gradus
