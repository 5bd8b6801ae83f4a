// The step of training the auto-encoder in libtorch, eager, as its users write it.
//
//   torch_step batch=10 threads=1 dtype=float32 seconds=1
#include <torch/torch.h>

#include "contestant.h"
#include "numbers.h"

namespace {

template <class T>
int measure_as(const bench::Arguments& arguments) {
  using bench::code, bench::hidden, bench::inputs;
  const std::int64_t batch = arguments.number("batch", 10);
  torch::set_num_threads(static_cast<int>(arguments.number("threads", 1)));
  bench::AutoEncoderNumbers<T> n(batch);
  const auto tensor = [](std::vector<T>& values, const std::vector<std::int64_t>& shape) {
    return torch::from_blob(values.data(), shape, c10::CppTypeToScalarType<T>::value).clone();
  };
  std::vector<torch::Tensor> variables{tensor(n.W1, {hidden, inputs}), tensor(n.W2, {code, hidden}),
                                       tensor(n.b1, {hidden}),         tensor(n.b2, {code}),
                                       tensor(n.b3, {hidden}),         tensor(n.b4, {inputs})};
  for (torch::Tensor& v : variables) v.set_requires_grad(true);
  const torch::Tensor x = tensor(n.x, {batch, inputs});

  return bench::serve(arguments, 20, [&] {
    const torch::Tensor &W1 = variables[0], &W2 = variables[1];
    const torch::Tensor h1 = torch::elu(torch::addmm(variables[2], x, W1.t()));
    const torch::Tensor z = torch::elu(torch::addmm(variables[3], h1, W2.t()));
    const torch::Tensor h3 = torch::elu(torch::addmm(variables[4], z, W2));
    const torch::Tensor x_tilde = torch::elu(torch::addmm(variables[5], h3, W1));
    const torch::Tensor loss =
        torch::mse_loss(x_tilde, x, at::Reduction::Sum) / static_cast<double>(batch) +
        bench::decay * (W1.pow(2).sum() + W2.pow(2).sum());
    loss.backward();
    const torch::NoGradGuard no_gradients;
    for (torch::Tensor& v : variables) {
      v.add_(v.grad(), -bench::learning_rate);
      v.mutable_grad() = torch::Tensor();
    }
    return loss.template item<double>();
  });
}

int measure(const bench::Arguments& arguments) {
  return arguments.text("dtype", "float32") == "float64" ? measure_as<double>(arguments)
                                                         : measure_as<float>(arguments);
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
