// Initializer: how a variable gets its first value. The usual ones are in <gradus/initializers.h>.
#pragma once

#include <functional>
#include <string>

#include <gradus/array.h>
#include <gradus/random.h>

namespace gradus {

// `make` is called once per session, with a generator keyed by the session's seed and the
// variable's name: so another variable elsewhere changes no value.
struct Initializer {
  std::string name;  // "glorot_uniform"
  Shape shape;
  DType dtype = float32;
  std::function<Array(Random&)> make;
};

// Every session starts with a copy of this value.
inline Initializer initial_value(const Array& value) {
  return {"initial_value", value.shape(), value.dtype(), [value](Random&) { return value; }};
}

}  // namespace gradus
