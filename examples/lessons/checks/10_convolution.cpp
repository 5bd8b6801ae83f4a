#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

std::int64_t places(std::int64_t n, std::int64_t k, std::int64_t stride);
Tensor pairs(const Tensor& x, const Tensor& w0, const Tensor& w1);
std::vector<Tensor> filter_gradients(const Tensor& x, const Tensor& dy);

namespace {

std::string fault_of_places() {
  for (const std::int64_t n : {7, 8, 28})
    for (const std::int64_t k : {1, 3, 5})
      for (const std::int64_t stride : {1, 2, 3}) {
        Graph g;
        const Tensor y =
            conv2d(ones(g, {1, 1, n, 1}), ones(g, {1, k, 1, 1}), {.strides = {1, stride}});
        const std::string fault = difference(
            fmt::format("n = {}, k = {}, stride = {}", n, k, stride),
            static_cast<double>(places(n, k, stride)), static_cast<double>(y.shape()[2]));
        if (!fault.empty()) return fault;
      }
  return "";
}

struct Line {
  Graph g;
  Tensor x = g.constant({1, 3, 2, 5, -4}), w0 = g.constant(2), w1 = g.constant(-1);
  Tensor filter = reshape(stack({w0, w1}), {1, 2, 1, 1});
  Tensor y = reshape(conv2d(reshape(x, {1, 1, 5, 1}), filter), {4});
  Tensor dy = g.constant({1, 10, -2, 0.5});
};

std::string fault_of_pairs() {
  Line line;
  const auto both = Session(line.g).run({pairs(line.x, line.w0, line.w1), line.y});
  return difference("pairs of [1, 3, 2, 5, -4] with 2 and -1", both[0], both[1]);
}

std::string fault_of_gradients() {
  Line line;
  const std::vector<Tensor> got = filter_gradients(line.x, line.dy);
  if (got.size() != 2) return fmt::format("it returns {} gradients, not 2", got.size());
  const std::vector<Tensor> wanted =
      gradients({line.y}, {line.w0, line.w1}, {.grad_ys = {line.dy}});
  const auto all = Session(line.g).run({got[0], got[1], wanted[0], wanted[1]});
  return first_fault({difference("dw0", all[0], all[2]), difference("dw1", all[1], all[3])});
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"places", "The first place is at 0, the last at n - k or just before. Integers divide so.",
        fault_of_places},
       {"pairs", "Which part of x is multiplied by w0, and which by w1? Both have n - 1 elements.",
        fault_of_pairs},
       {"filter_gradients",
        "At each place w0 is multiplied by another x. What comes from all places?",
        fault_of_gradients}});
}
