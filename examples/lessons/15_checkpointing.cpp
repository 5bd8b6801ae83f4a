// Lesson 15: less memory for more time. Values of the way up are computed again on the way down.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

constexpr std::size_t layers = 64;
constexpr std::int64_t rows = 256, units = 64;

using Weights = std::vector<Tensor>;

// [segment]
// The layers with these weights, one after the other.
Tensor segment(Tensor h, const Weights& weights) {
  for (const Tensor& W : weights) h = tanh(matmul(h, W));
  return h;
}
// [segment]

// The loss and the gradients of all weights, as nodes; of the way up only what enters each segment
// of so many layers is read again on the way down.
std::vector<Tensor> with_checkpoints(const Tensor& x, const Weights& weights, std::size_t length) {
  // [checkpoints]
  std::vector<Weights> parts;
  for (std::size_t i = 0; i < weights.size(); i += length)
    parts.emplace_back(&weights[i], &weights[i] + length);
  std::vector<Tensor> checkpoints{x};
  for (const Weights& part : parts) checkpoints.push_back(segment(checkpoints.back(), part));
  const Tensor loss = reduce_sum(square(checkpoints.back()));

  std::vector<Tensor> all{loss};
  Tensor dh = gradient(loss, checkpoints.back());
  for (std::size_t i = parts.size(); i-- > 0;) {
    const Tensor h = stop_gradient(checkpoints[i]);  // the way back ends here
    const Tensor again = segment(h, parts[i]);       // the same values, as new nodes
    std::vector<Tensor> xs = parts[i];
    xs.push_back(h);
    std::vector<Tensor> d = gradients({again}, xs, {.grad_ys = {dh}});
    dh = d.back();  // what the segment below gets
    all.insert(all.end(), d.begin(), d.end() - 1);
  }
  // [checkpoints]
  return all;
}

struct Net {
  Net() : x(g.placeholder("x", {any_size, units})) {
    for (std::size_t i = 0; i < layers; ++i)
      weights.emplace_back(g.variable("W" + std::to_string(i + 1), orthogonal({units, units})));
  }
  Graph g;
  Tensor x;
  Weights weights;
};

struct Measured {
  double kilobytes, megaflops;
  Array slopes;  // of the first layer's weights
};

Measured measured(const Net& net, const std::vector<Tensor>& all, const Tensor& first,
                  bool once = false) {
  // [session]
  Session session(net.g, {.seed = 1, .threads = 1, .passes = {.common_subexpressions = once}});
  // [session]
  const std::vector<Feed> feeds{{net.x, Array::full({rows, units}, 0.1)}};
  const PlanReport plan = session.plan(all, feeds);
  return {static_cast<double>(plan.arena_bytes) / 1024, static_cast<double>(plan.flops()) / 1e6,
          session.run(first, feeds)};
}

void show(const std::string& name, const Measured& now, const Measured& plain) {
  fmt::print("  {:<18} {:>8.0f} KB {:>5.0f} MFLOP  {:.2f}\n", name, now.kilobytes, now.megaflops,
             now.megaflops / plain.megaflops);
}

void lesson(const std::filesystem::path& /*no page: it would show but the plain way back*/) {
  fmt::print(
      "{} layers; the value of each has {} KB. The slope of tanh is 1 - h^2: on the way down each\n"
      "layer reads its value of the way up, so all are kept until then.\n\n"
      "                       memory          work  work / plain\n",
      layers, rows * units * 4 / 1024);
  const Net net;
  const Tensor loss = reduce_sum(square(segment(net.x, net.weights)));
  std::vector<Tensor> all = gradients(loss, net.weights);
  const Tensor first = all[0];
  all.push_back(loss);
  const Measured plain = measured(net, all, first);
  show("all values kept", plain, plain);
  bool agree = true;
  for (const std::size_t length : {1U, 2U, 4U, 8U, 16U, 32U, 64U}) {
    const std::vector<Tensor> nodes = with_checkpoints(net.x, net.weights, length);
    // Segments come from the last to the first: the first layer leads the last one's gradients.
    const Measured now = measured(net, nodes, nodes[nodes.size() - length]);
    show(fmt::format("segments of {}", length), now, plain);
    agree = agree && now.slopes == plain.slopes;
  }
  fmt::print(
      "\nThe gradients are {}. Of segments of k layers, {} / k values at their beginnings are "
      "kept\n"
      "and the k of the one that is computed again: fewest for k = 8, the root of {}. A pass up\n"
      "costs one product a layer, a pass down two, and to go up again one more: about 4 / 3.\n",
      agree ? "the same" : "others", layers, layers);
  const std::vector<Tensor> nodes = with_checkpoints(net.x, net.weights, 8);
  const Measured once = measured(net, nodes, nodes[nodes.size() - 8], true);
  fmt::print(
      "\nThe pass common_subexpressions is off here. It sees that two nodes have one value and\n"
      "computes it once, which is what a checkpoint does not want: with it, segments of 8 take\n"
      "{:.0f} KB and {:.0f} MFLOP.\n",
      once.kilobytes, once.megaflops);
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("15_checkpointing", "Lesson 15: checkpointing, time for memory.");
  return example::teach(program, argc, argv, lesson);
}
