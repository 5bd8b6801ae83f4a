#include <gradus/recurrent.h>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/ops.h>

#include "check_size.h"

namespace gradus::layers {
namespace {

std::string name_of(const RecurrentOptions& options, std::string_view usual) {
  return options.name.empty() ? std::string(usual) : options.name;
}

struct Sizes {
  Sizes(std::string_view layer, std::int64_t of_inputs, std::int64_t of_units, std::int64_t gates,
        SourceLocation where)
      : inputs(checked_size(layer, "inputs", of_inputs, where)),
        units(checked_size(layer, "units", of_units, where)),
        W({gates * units, inputs}, where),
        U({gates * units, units}, where),
        b({gates * units}, where) {}

  std::int64_t inputs, units;
  Shape W, U, b;
};

// W x (+ b).
Tensor of_element(Operand x, const Variable& W, const Variable& b) {
  const Tensor y = matmul(x, W, {.transpose_b = true});
  return b ? y + b : y;
}

// Of each element of x [batch, time, inputs], in the order in which they are read. (One product of
// all elements would be 1.3 times as slow, for its parts are copied; but 0.8 times for a batch of
// one row.)
std::vector<Tensor> of_elements(std::string_view layer, Operand x, const Variable& W,
                                const Variable& b, bool go_backwards) {
  const Shape& shape = x.tensor().shape();
  if (shape.rank() != 3 || shape[1] < 1)
    throw ShapeError(
        at_line(fmt::format("{}: x \"{}\" {} is no sequence [batch, time, inputs] of known time",
                            layer, x.tensor().name(), to_text(shape)),
                x.where()));
  if (const std::int64_t inputs = W.shape()[1]; shape[2] != inputs)
    throw ShapeError(at_line(fmt::format("{}: x \"{}\" {} has not {} inputs", layer,
                                         x.tensor().name(), to_text(shape), inputs),
                             x.where()));
  std::vector<Tensor> parts = unstack(x, 1);
  if (go_backwards) std::ranges::reverse(parts);
  for (Tensor& part : parts) part = of_element(part, W, b);
  return parts;
}

// Reads x from `state` on; next(element, state) moves that, and gives its h.
template <class State, class Next>
Tensor read(std::string_view layer, Operand x, const Variable& W, const Variable& b,
            const RecurrentOptions& options, State& state, Next next) {
  std::vector<Operand> all;
  Tensor h;
  for (const Tensor& element : of_elements(layer, x, W, b, options.go_backwards)) {
    h = next(element, state);
    if (options.return_sequences) all.emplace_back(h);
  }
  return options.return_sequences ? stack(all, 1) : h;
}

// The bias of an LSTM whose forget gate, the second of four, begins at 1.
Initializer with_forget_bias(Initializer rest) {
  const auto make = rest.make;
  rest.make = [make](Random& random) {
    Array b = make(random);
    const std::int64_t units = b.size() / 4;
    visit_float(b.dtype(), [&]<Element T>(T) {
      std::ranges::fill(b.mutable_values<T>().subspan(static_cast<std::size_t>(units),
                                                      static_cast<std::size_t>(units)),
                        T{1});
    });
    return b;
  };
  return rest;
}

}  // namespace

SimpleRNN::SimpleRNN(const Parent& parent, std::int64_t inputs, std::int64_t units,
                     const RecurrentOptions& options, SourceLocation where)
    : Module(parent, name_of(options, "simple_rnn"), where), options_(options) {
  const Sizes sizes("SimpleRNN", inputs, units, 1, where);
  W_ = variable("W", options.kernel_initializer(sizes.W), where);
  U_ = variable("U", options.recurrent_initializer(sizes.U), where);
  if (options.use_bias) b_ = variable("b", options.bias_initializer(sizes.b), where);
}

Tensor SimpleRNN::next(const Tensor& of_x, const Tensor& h) const {
  return options_.activation(h ? of_x + matmul(h, U_, {.transpose_b = true}) : of_x);
}

Tensor SimpleRNN::operator()(Operand x, const Tensor& before) const {
  const At here(x);
  const NameScope scope = enter();
  Tensor state = before;
  return read("SimpleRNN", x, W_, b_, options_, state,
              [&](const Tensor& element, Tensor& h) { return h = next(element, h); });
}

Tensor SimpleRNN::step(Operand x, const Tensor& h) const {
  const At here(x);
  const NameScope scope = enter();
  return next(of_element(x, W_, b_), h);
}

LSTM::LSTM(const Parent& parent, std::int64_t inputs, std::int64_t units,
           const RecurrentOptions& options, SourceLocation where)
    : Module(parent, name_of(options, "lstm"), where), options_(options) {
  const Sizes sizes("LSTM", inputs, units, 4, where);
  W_ = variable("W", options.kernel_initializer(sizes.W), where);
  U_ = variable("U", options.recurrent_initializer(sizes.U), where);
  if (!options.use_bias) return;
  const Initializer b = options.bias_initializer(sizes.b);
  b_ = variable("b", options.unit_forget_bias ? with_forget_bias(b) : b, where);
}

LSTM::State LSTM::next(const Tensor& of_x, const State& state) const {
  const Tensor z = state.h ? of_x + matmul(state.h, U_, {.transpose_b = true}) : of_x;
  const std::vector<Tensor> gates = split(z, 4, 1);
  const Tensor i = options_.recurrent_activation(gates[0]);
  const Tensor f = options_.recurrent_activation(gates[1]);
  const Tensor candidate = options_.activation(gates[2]);
  const Tensor o = options_.recurrent_activation(gates[3]);
  const Tensor added = i * candidate;
  const Tensor c = state.c ? f * state.c + added : added;
  return {o * options_.activation(c), c};
}

LSTM::Result LSTM::run(Operand x, const State& before) const {
  const At here(x);
  const NameScope scope = enter();
  State state = before;
  const Tensor y = read("LSTM", x, W_, b_, options_, state, [&](const Tensor& element, State& s) {
    s = next(element, s);
    return s.h;
  });
  return {y, state};
}

Tensor LSTM::operator()(Operand x, const State& state) const { return run(x, state).y; }

LSTM::State LSTM::step(Operand x, const State& state) const {
  const At here(x);
  const NameScope scope = enter();
  return next(of_element(x, W_, b_), state);
}

GRU::GRU(const Parent& parent, std::int64_t inputs, std::int64_t units,
         const RecurrentOptions& options, SourceLocation where)
    : Module(parent, name_of(options, "gru"), where), options_(options) {
  const Sizes sizes("GRU", inputs, units, 3, where);
  W_ = variable("W", options.kernel_initializer(sizes.W), where);
  U_ = variable("U", options.recurrent_initializer(sizes.U), where);
  if (!options.use_bias) return;
  b_ = variable("b", options.bias_initializer(sizes.b), where);
  c_ = variable("c", options.bias_initializer(sizes.b), where);
}

Tensor GRU::next(const Tensor& of_x, const Tensor& h) const {
  const std::vector<Tensor> x = split(of_x, 3, 1);
  if (!h && !c_) {
    const Tensor z = options_.recurrent_activation(x[0]);
    return (1 - z) * options_.activation(x[2]);
  }
  Tensor of_h;
  if (h) {
    of_h = matmul(h, U_, {.transpose_b = true});
    if (c_) of_h = of_h + c_;
  } else {
    of_h = broadcast_like(c_, of_x);
  }
  const std::vector<Tensor> u = split(of_h, 3, 1);
  const Tensor z = options_.recurrent_activation(x[0] + u[0]);
  const Tensor r = options_.recurrent_activation(x[1] + u[1]);
  const Tensor candidate = options_.activation(x[2] + r * u[2]);
  const Tensor added = (1 - z) * candidate;
  return h ? z * h + added : added;
}

Tensor GRU::operator()(Operand x, const Tensor& before) const {
  const At here(x);
  const NameScope scope = enter();
  Tensor state = before;
  return read("GRU", x, W_, b_, options_, state,
              [&](const Tensor& element, Tensor& h) { return h = next(element, h); });
}

Tensor GRU::step(Operand x, const Tensor& h) const {
  const At here(x);
  const NameScope scope = enter();
  return next(of_element(x, W_, b_), h);
}

}  // namespace gradus::layers
