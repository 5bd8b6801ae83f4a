// AutoEncoder: the auto-encoder of Exercise 2, with any number of layers.
//
//   AutoEncoder ae(g, {784, 256, 64});          // 784-256-64-256-784, tied
//   Tensor x_tilde = ae(x);
//   Tensor loss = reconstruction_error(x_tilde, x) + 1e-4 * l2(ae.trainable_variables("W*"));
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/activation.h>
#include <gradus/module.h>

namespace gradus::models {

struct AutoEncoderOptions {
  bool tied = true;  // the decoder's matrices are the transposes of the encoder's
  Activation activation = "elu";
  Activation code_activation = activation;  // of the encoder's last layer
  Activation output_activation = "elu";     // of the decoder's
};

// Layer k maps its inputs h to f(h W_k^T + b_k), the practical's eq. (2), W_k being [units,
// inputs]. With L layers in the encoder there are 2 L; if tied, the decoder's W_k is the transpose
// of W_{2L+1-k}, eq. (3) and (4). Variables: W1, b1, ..., WL, bL, then the decoder's b's (and W's
// if not tied).
class AutoEncoder : public Module {
 public:
  // unit_nbrs: the dimension of the inputs, then the units of each layer of the encoder, the size
  // of the code last. GraphError if there are fewer than two, or one is not positive.
  AutoEncoder(const Parent& parent, const std::vector<std::int64_t>& unit_nbrs,
              const AutoEncoderOptions& options = {},
              SourceLocation where = SourceLocation::current());

  // x_tilde for x [n, inputs]; both have one shape.
  Tensor operator()(Operand x);
  Tensor encode(Operand x) const;
  Tensor decode(Operand code) const;

  // The code inside the latest call; an empty Tensor before the first.
  const Tensor& code() const { return code_; }
  std::int64_t code_size() const { return unit_nbrs_.back(); }

 private:
  struct Layer {
    Variable W, b;
    bool is_transposed = false;  // W is another layer's, and enters the other way round
  };

  Tensor apply(const Layer& layer, const Tensor& h, const Activation& f) const;

  std::vector<std::int64_t> unit_nbrs_;
  AutoEncoderOptions options_;
  std::vector<Layer> encoder_, decoder_;
  Tensor code_;
};

}  // namespace gradus::models
