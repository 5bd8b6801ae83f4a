// The whole text of an error, to be compared.
#pragma once

#include <exception>
#include <string>

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

}  // namespace gradus
