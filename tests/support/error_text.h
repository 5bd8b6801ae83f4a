// The whole text of an error, to be compared.
#pragma once

#include <exception>
#include <string>

#include <gradus/source_location.h>

namespace gradus {

// What `action` throws as an E, or a sentence that says what happened instead.
template <class E, class Action>
std::string error_text(Action action) {
  try {
    action();
  } catch (const E& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another error: ") + error.what();
  }
  return "no error";
}

// The same with "here" for the line of this call. In the arguments of a macro, over several lines,
// compilers differ in which of them it is.
template <class E, class Action>
std::string error_text_here(Action action, SourceLocation where = SourceLocation::current()) {
  std::string text = error_text<E>(action);
  const std::string line = to_text(where);
  if (text.ends_with(line)) text.replace(text.size() - line.size(), line.size(), "here");
  return text;
}

}  // namespace gradus
