#include <gradus/dense.h>

#include <gradus/at.h>
#include <gradus/ops.h>

#include "check_size.h"

namespace gradus::layers {

Dense::Dense(const Parent& parent, std::int64_t inputs, std::int64_t units,
             const DenseOptions& options, SourceLocation where)
    : Module(parent, options.name, where), activation_(options.activation) {
  checked_size("Dense", "inputs", inputs, where);
  checked_size("Dense", "units", units, where);
  W_ = variable("W", options.kernel_initializer({units, inputs}), where);
  if (options.use_bias) b_ = variable("b", options.bias_initializer({units}), where);
}

Tensor Dense::operator()(Operand x) const {
  const At here(x);
  const NameScope scope = enter();
  const Tensor y = matmul(x, W_, {.transpose_b = true});
  return activation_(b_ ? y + b_ : y);
}

}  // namespace gradus::layers
