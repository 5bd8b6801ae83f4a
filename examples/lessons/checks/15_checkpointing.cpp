#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

std::int64_t values_kept(std::int64_t layers, std::int64_t length);
std::vector<Tensor> gradients_again(const Tensor& x, const Tensor& W, const Tensor& dy);

namespace {

// One for each segment that begins, and one for each layer of the last.
std::string fault_of_number() {
  for (const std::int64_t layers : {12, 64, 100})
    for (std::int64_t length = 1; length <= layers; ++length) {
      if (layers % length != 0) continue;
      std::int64_t kept = 0;
      for (std::int64_t layer = 0; layer < layers; ++layer) {
        if (layer % length == 0) ++kept;
        if (layer >= layers - length) ++kept;
      }
      const std::string fault =
          difference(fmt::format("{} layers in segments of {}", layers, length),
                     static_cast<double>(values_kept(layers, length)), static_cast<double>(kept));
      if (!fault.empty()) return fault;
    }
  return "";
}

std::string fault_of_gradients() {
  Graph g;
  const Tensor x = g.constant({{1, -1, 0.5}, {0, 2, 1}});
  const Tensor W = g.constant({{0.5, 1}, {-1, 0}, {0.25, 2}}), dy = g.constant({{1, 2}, {-3, 1}});
  const std::vector<Tensor> got = gradients_again(x, W, dy);
  if (got.size() != 2) return fmt::format("it returns {} gradients, not 2", got.size());
  const std::vector<Tensor> wanted = gradients({tanh(matmul(x, W))}, {x, W}, {.grad_ys = {dy}});
  const auto all = Session(g).run({got[0], got[1], wanted[0], wanted[1]});
  return first_fault({difference("dx", all[0], all[2]), difference("dW", all[1], all[3])});
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"values_kept", "How many segments begin? How many layers has one?", fault_of_number},
       {"gradients_again",
        "Go up first. On the way down the slope of tanh comes first, then lesson 5's rules.",
        fault_of_gradients}});
}
