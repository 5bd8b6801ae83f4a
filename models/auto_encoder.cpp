#include <gradus/auto_encoder.h>

#include <limits>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/initializers.h>
#include <gradus/ops.h>

#include "graph/graph_state.h"
#include "unit_nbrs.h"

namespace gradus::models {
// [constructor]
AutoEncoder::AutoEncoder(const Parent& parent, const std::vector<std::int64_t>& unit_nbrs,
                         const AutoEncoderOptions& options, SourceLocation where)
    : Module(parent, "auto_encoder", where),
      unit_nbrs_(checked_unit_nbrs(unit_nbrs, "AutoEncoder", 2,
                                   std::numeric_limits<std::size_t>::max(), where)),
      options_(options) {
  const std::size_t layers = unit_nbrs_.size() - 1;
  for (std::size_t k = 1; k <= layers; ++k)
    encoder_.push_back(
        {variable(fmt::format("W{}", k), glorot_uniform({unit_nbrs_[k], unit_nbrs_[k - 1]}), where),
         variable(fmt::format("b{}", k), zeros({unit_nbrs_[k]}), where)});
  for (std::size_t k = layers; k >= 1; --k) {
    const std::size_t number = 2 * layers + 1 - k;
    const std::int64_t inputs = unit_nbrs_[k], units = unit_nbrs_[k - 1];
    const Variable W = options_.tied ? encoder_[k - 1].W
                                     : variable(fmt::format("W{}", number),
                                                glorot_uniform({units, inputs}), where);
    decoder_.push_back(
        {W, variable(fmt::format("b{}", number), zeros({units}), where), options_.tied});
  }
}
// [constructor]

// [call]
Tensor AutoEncoder::apply(const Layer& layer, const Tensor& h, const Activation& f) const {
  return f(matmul(h, layer.W, {.transpose_b = !layer.is_transposed}) + layer.b);
}

Tensor AutoEncoder::encode(Operand x) const {
  const At here(x);  // what is wrong with x is reported at the caller's line
  const NameScope module = enter();
  Tensor h = x.tensor();
  for (std::size_t k = 0; k < encoder_.size(); ++k) {
    const NameScope scope = graph().scope(fmt::format("encoder_{}", k + 1));
    h = apply(encoder_[k], h,
              k + 1 == encoder_.size() ? options_.code_activation : options_.activation);
  }
  return h;
}

Tensor AutoEncoder::decode(Operand code) const {
  const At here(code);
  const NameScope module = enter();
  Tensor h = code.tensor();
  for (std::size_t k = 0; k < decoder_.size(); ++k) {
    const NameScope scope = graph().scope(fmt::format("decoder_{}", k + 1));
    h = apply(decoder_[k], h,
              k + 1 == decoder_.size() ? options_.output_activation : options_.activation);
  }
  return h;
}
// [call]

Tensor AutoEncoder::operator()(Operand x) {
  code_ = encode(x);
  return decode(Operand(code_, x.where()));
}

}  // namespace gradus::models
