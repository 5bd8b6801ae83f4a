// SimpleRNN, LSTM and GRU: layers that read a sequence, element by element. Sequences are [batch,
// time, inputs]; the time must be known when the graph is built, for every step has its own nodes.
//
//   layers::LSTM lstm(g, 28, 64);
//   Tensor last = lstm(x);                                   // [batch, 64]
//   layers::LSTM first(g, 28, 64, {.return_sequences = true});       // [batch, time, 64]
//
// Weights have the gates one after the other along their first axis: W is [gates x units, inputs],
// U [gates x units, units], b [gates x units].
#pragma once

#include <cstdint>
#include <string>

#include <gradus/activation.h>
#include <gradus/module.h>
#include <gradus/weight_initializer.h>

namespace gradus::layers {

struct RecurrentOptions {
  std::string name{};  // "simple_rnn", "lstm", "gru"
  Activation activation = "tanh";
  Activation recurrent_activation = "sigmoid";  // of the gates
  bool use_bias = true;
  WeightInitializer kernel_initializer = "glorot_uniform";
  WeightInitializer recurrent_initializer = "orthogonal";
  WeightInitializer bias_initializer = "zeros";
  bool unit_forget_bias =
      true;  // LSTM: the forget gate's bias begins at 1 (Jozefowicz et al., 2015)
  bool return_sequences = false;  // all steps' states, and not the last alone
  bool go_backwards = false;      // from the last element to the first; so is the result
};

// h <- activation(W x + U h + b).
class SimpleRNN : public Module {
 public:
  // GraphError unless both sizes are 1 or more.
  SimpleRNN(const Parent& parent, std::int64_t inputs, std::int64_t units,
            const RecurrentOptions& options = {}, SourceLocation where = SourceLocation::current());

  // [batch, units], or [batch, time, units] of return_sequences. ShapeError unless x is [batch,
  // time, inputs], the time known and 1 or more. `h` [batch, units] is the state before: zeros, if
  // it is empty.
  Tensor operator()(Operand x, const Tensor& h = {}) const;
  // The state after one element x [batch, inputs].
  Tensor step(Operand x, const Tensor& h) const;

 private:
  Tensor next(const Tensor& of_x, const Tensor& h) const;

  RecurrentOptions options_;
  Variable W_, U_, b_;
};

// i = s(Wi x + Ui h + bi), f = s(Wf x + Uf h + bf), o = s(Wo x + Uo h + bo), s being the recurrent
// activation;  c <- f c + i activation(Wc x + Uc h + bc);  h <- o activation(c)
// (Hochreiter and Schmidhuber, 1997; Gers et al., 2000). The gates' order is i, f, c, o.
struct LSTMState {
  Tensor h = {}, c = {};  // empty: zeros
};
class LSTM : public Module {
 public:
  using State = LSTMState;

  LSTM(const Parent& parent, std::int64_t inputs, std::int64_t units,
       const RecurrentOptions& options = {}, SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x, const State& state = {}) const;
  // The same, and the state after the last element.
  struct Result {
    Tensor y;
    State state;
  };
  Result run(Operand x, const State& state = {}) const;
  State step(Operand x, const State& state) const;

 private:
  State next(const Tensor& of_x, const State& state) const;

  RecurrentOptions options_;
  Variable W_, U_, b_;
};

// z = s(Wz x + bz + Uz h + cz), r = s(Wr x + br + Ur h + cr);
// h <- z h + (1 - z) activation(Wh x + bh + r (Uh h + ch))
// (Cho et al., 2014; the reset gate after the product, as in Keras and cuDNN). The gates' order is
// z, r, h.
class GRU : public Module {
 public:
  GRU(const Parent& parent, std::int64_t inputs, std::int64_t units,
      const RecurrentOptions& options = {}, SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x, const Tensor& h = {}) const;
  Tensor step(Operand x, const Tensor& h) const;

 private:
  Tensor next(const Tensor& of_x, const Tensor& h) const;

  RecurrentOptions options_;
  Variable W_, U_, b_, c_;
};

}  // namespace gradus::layers
