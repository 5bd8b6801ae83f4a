// BasicAE: the auto-encoder of Exercise 1, with one layer for the encoder and one for the decoder.
//
//   BasicAE ae(g, {3, 2});            // 3-D inputs, 2-D codes
//   Tensor x_tilde = ae(x);
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/module.h>

namespace gradus::models {

// code = elu(x W^T + b1),  x_tilde = elu(code W + b2): the decoder's matrix is the transpose of the
// encoder's. x is [n, inputs], W is [units, inputs].
class BasicAE : public Module {
 public:
  // unit_nbrs: the dimension of the inputs, then the number of units. GraphError if there are not
  // two numbers, or one is not positive.
  BasicAE(const Parent& parent, const std::vector<std::int64_t>& unit_nbrs,
          SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x) const { return decode(Operand(encode(x), x.where())); }
  Tensor encode(Operand x) const;
  Tensor decode(Operand code) const;

  const Variable& W() const { return variables()[0]; }
  const Variable& b1() const { return variables()[1]; }
  const Variable& b2() const { return variables()[2]; }
};

}  // namespace gradus::models
