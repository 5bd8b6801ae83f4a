// sum(elu(a b + c) d - e) and its five gradients in libtorch.
//
//   torch_elementwise count=10000000 threads=1 seconds=1
#include <torch/torch.h>

#include "contestant.h"
#include "numbers.h"

namespace {

int measure(const bench::Arguments& arguments) {
  const std::int64_t count = arguments.number("count", 10'000'000);
  torch::set_num_threads(static_cast<int>(arguments.number("threads", 1)));
  std::vector<torch::Tensor> p;
  for (std::uint64_t i = 0; i < 5; ++i) {
    std::vector<float> values = bench::numbers<float>(i, count, -0.5F, 0.5F);
    p.push_back(torch::from_blob(values.data(), {count}).clone().set_requires_grad(true));
  }
  return bench::serve(arguments, 2, [&] {
    for (torch::Tensor& v : p) v.mutable_grad() = torch::Tensor();
    const torch::Tensor y = (torch::elu(p[0] * p[1] + p[2]) * p[3] - p[4]).sum();
    y.backward();
    return y.item<double>();
  });
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
