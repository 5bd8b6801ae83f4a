// Where in the user's program something was asked for.
//
//   void f(SourceLocation where = SourceLocation::current());   // where is the caller's line
#pragma once

#include <cstdint>
#include <string>

namespace gradus {

// std::source_location without the header that clang 14 lacks; both compilers have the builtins.
// In a call over several lines the line is one of the call's.
class SourceLocation {
 public:
  static constexpr SourceLocation current(const char* file = __builtin_FILE(),
                                          std::uint32_t line = __builtin_LINE()) noexcept {
    return SourceLocation(file, line);
  }
  constexpr SourceLocation() = default;

  constexpr const char* file() const { return file_; }
  constexpr std::uint32_t line() const { return line_; }
  constexpr explicit operator bool() const { return line_ != 0; }

  friend constexpr bool operator==(SourceLocation, SourceLocation) = default;

 private:
  constexpr SourceLocation(const char* file, std::uint32_t line) : file_(file), line_(line) {}

  const char* file_ = "";
  std::uint32_t line_ = 0;
};

// "my_model.cpp:41": the file without its folders.
std::string to_text(SourceLocation where);

}  // namespace gradus
