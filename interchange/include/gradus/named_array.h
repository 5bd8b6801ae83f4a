// An array under the name that a file gives it.
#pragma once

#include <string>

#include <gradus/array.h>

namespace gradus {

struct NamedArray {
  std::string name;
  Array value;
};

}  // namespace gradus
