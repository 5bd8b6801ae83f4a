// Errors at the user's line.
#pragma once

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {

// throw_at<GraphError>(where, "find: no node is named \"{}\"", name);
template <class E, class... T>
[[noreturn]] void throw_at(SourceLocation where, fmt::format_string<T...> text, T&&... values) {
  throw E(at_line(fmt::format(text, std::forward<T>(values)...), where));
}

}  // namespace gradus
