// At: a function that is written over ops reports what it refuses at its caller's line.
//
//   Tensor mean_squared_error(Operand a, Operand b) {
//     const At here(a);
//     return reduce_mean(square(a - b));
//   }
#pragma once

#include <cstdint>

#include <gradus/source_location.h>
#include <gradus/tensor.h>

namespace gradus {

// While it lives, new nodes of this graph belong to this line. The outermost wins.
class At {
 public:
  // GraphError if the operand is no tensor.
  explicit At(const Operand& operand);
  At(GraphState& state, SourceLocation where);
  At(const At&) = delete;
  At& operator=(const At&) = delete;
  ~At();

 private:
  GraphState& state_;
  std::uint32_t before_;
};

}  // namespace gradus
