// Errors at the user's line.
#pragma once

#include <new>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <gradus/array.h>
#include <gradus/error.h>

namespace gradus {

// throw_at<GraphError>(where, "find: no node is named \"{}\"", name);
template <class E, class... T>
[[noreturn]] void throw_at(SourceLocation where, fmt::format_string<T...> text, T&&... values) {
  throw E(at_line(fmt::format(text, std::forward<T>(values)...), where));
}

// As it is written: 7, 0.5, nan.
std::string to_text(const Number& number);

// DTypeError "<function>: 77 is no dtype".
void check_dtype(std::string_view function, DType dtype, SourceLocation where);
// DTypeError "<function>: 2.7 is no int32"; as above if the dtype is none.
void check_fits(std::string_view function, const Number& number, DType dtype, SourceLocation where);

// What `make` returns. Where it finds no memory, MemoryError says for what: run: no memory for
// <what()>.
template <class What, class Make>
decltype(auto) with_memory_for(const What& what, SourceLocation where, const Make& make) {
  const auto refuse = [&] { throw_at<MemoryError>(where, "run: no memory for {}", what()); };
  try {
    return make();
  } catch (const std::bad_alloc&) {
    refuse();
    throw;
  } catch (const MemoryError&) {
    refuse();
    throw;
  }
}

}  // namespace gradus
