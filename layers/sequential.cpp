#include <gradus/sequential.h>

#include <gradus/at.h>
#include <gradus/ops.h>

namespace gradus {

Tensor Sequential::operator()(Operand x, CallOptions options) const {
  const At here(x);
  const NameScope scope = enter();
  Tensor h = x.tensor();
  for (const auto& layer : layers_) h = layer(Operand(h, x.where()), options);
  return h;
}

Tensor layers::Flatten::operator()(Operand x) const { return flatten(x); }

}  // namespace gradus
