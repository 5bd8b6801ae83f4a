// What tests of graphs and runs share.
#pragma once

#include <string>
#include <vector>

#include <gradus/array.h>
#include <gradus/error.h>
#include <gradus/random.h>

namespace gradus {

// A line of a program that misuses the library.
inline constexpr SourceLocation user_line = SourceLocation::current("model.cpp", 41);
inline const std::string at_user_line = "\n  at  model.cpp:41";

// The whole message of the error; which type it is of is a part of it.
template <class Expected, class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (const Expected& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("another type of error: ") + error.what();
  }
  return "no error";
}

// Numbers in [low, high), the same for the same name.
inline Array random_array(const Shape& shape, const std::string& name, double low = -1,
                          double high = 1, DType dtype = float64) {
  Random random(11, name);
  std::vector<double> values(static_cast<std::size_t>(shape.element_count()));
  for (double& v : values) v = random.uniform(low, high);
  return Array(shape, values).cast(dtype);
}

}  // namespace gradus
