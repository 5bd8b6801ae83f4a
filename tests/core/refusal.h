// The whole message of an error, with the line of this very call written as "here".
//
//   refusal<ShapeError>([&] { Shape{-2}; });   // "shape: dimension -2 is negative: [-2]\n  at
//   here"
#pragma once

#include <functional>
#include <string>

#include <gradus/error.h>

namespace gradus {

template <class ExpectedError>
std::string refusal(const std::function<void()>& call,
                    SourceLocation where = SourceLocation::current()) {
  try {
    call();
  } catch (const ExpectedError& error) {
    std::string text = error.what();
    const std::string line = to_text(where);
    // Not line 12 in line 120.
    for (auto at = text.find(line); at != text.npos; at = text.find(line, at + 1)) {
      const auto end = at + line.size();
      if (end == text.size() || text[end] < '0' || text[end] > '9')
        text.replace(at, line.size(), "here");
    }
    return text;
  }
  return "nothing was refused";
}

}  // namespace gradus
