#include <gradus/random_ops.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>
#include <gradus/random.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

using attributes::dtype;
using attributes::high;
using attributes::low;
using attributes::mean;
using attributes::probability;
using attributes::shape;
using attributes::stddev;
using attributes::stream;

// The shape of the model, or of the attribute if there is none.
Shape chosen_shape(const Call& f, std::span<const Shape> model) {
  if (!model.empty()) return model[0];
  if (!f[shape].is_known())
    f.fail(fmt::format("the shape must be known, got {}", to_text(f[shape])));
  return f[shape];
}
constexpr auto chosen_float = [](const Call& f, std::span<const DType>) {
  if (!is_float(f[dtype]))
    f.fail_dtype(fmt::format("gives float32 or float64, not {}", to_text(f[dtype])));
  return f[dtype];
};

using Words = std::array<std::uint32_t, 4>;

// Seed, run and stream become the key and the upper half of the counter; the element's place
// counts.
class Source {
 public:
  explicit Source(const KernelCall& call)
      : node_(philox(halves(call.run, static_cast<std::uint64_t>(call.f[stream])),
                     {low_half(call.seed), high_half(call.seed)})) {}
  Words words(std::int64_t block) const {
    const auto b = static_cast<std::uint64_t>(block);
    return philox({low_half(b), high_half(b), node_[2], node_[3]}, {node_[0], node_[1]});
  }

 private:
  static constexpr std::uint32_t low_half(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
  static constexpr std::uint32_t high_half(std::uint64_t x) { return low_half(x >> 32); }
  static constexpr Words halves(std::uint64_t a, std::uint64_t b) {
    return {low_half(a), high_half(a), low_half(b), high_half(b)};
  }

  Words node_;
};

// In [0, 1): one word for a float, two for a double.
template <class T>
constexpr std::size_t words_of = sizeof(T) / sizeof(std::uint32_t);
template <class T>
double uniform(const Words& words, std::size_t i) {
  if constexpr (words_of<T> == 1)
    return words[i] * 0x1p-32;
  else
    return static_cast<double>((std::uint64_t{words[2 * i]} << 32 | words[2 * i + 1]) >> 11) *
           0x1p-53;
}

// y = numbers(words) for the 4 / words_of<T> elements of each block.
template <class T, std::size_t per_block, class F>
void fill(const KernelCall& call, F numbers) {
  const Source source(call);
  T* const y = static_cast<T*>(call.result);
  const std::int64_t n = call.output.shape.element_count();
  constexpr std::int64_t size = per_block, blocks_per_part = 1 << 10;
  const std::int64_t blocks = n / size + (n % size != 0);
  const std::int64_t parts = blocks / blocks_per_part + (blocks % blocks_per_part != 0);
  call.threads.parallel_for(parts, [&](std::int64_t part) {
    const std::int64_t last = std::min(blocks, (part + 1) * blocks_per_part);
    for (std::int64_t b = part * blocks_per_part; b < last; ++b) {
      const std::array<T, per_block> all = numbers(source.words(b));
      std::copy_n(all.begin(), std::min(size, n - b * size), y + b * size);
    }
  });
}

void fill_uniform(const KernelCall& call) {
  const double from = call.f[low], to = call.f[high];
  visit_float(call.output.dtype, [&]<class T>(T) {
    // Rounding must not reach `high`.
    const T last = std::nextafter(static_cast<T>(to), static_cast<T>(from));
    fill<T, 4 / words_of<T>>(call, [&](const Words& words) {
      std::array<T, 4 / words_of<T>> all;
      for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = std::min(static_cast<T>(from + (to - from) * uniform<T>(words, i)), last);
      return all;
    });
  });
}

// Box and Muller: two uniform numbers become two normal ones.
void fill_normal(const KernelCall& call) {
  const double center = call.f[mean], width = call.f[stddev];
  visit_float(call.output.dtype, [&]<class T>(T) {
    fill<T, 4 / words_of<T>>(call, [&](const Words& words) {
      std::array<T, 4 / words_of<T>> all;
      for (std::size_t i = 0; i < all.size(); i += 2) {
        const double radius = width * std::sqrt(-2 * std::log1p(-uniform<T>(words, i)));
        const double angle = 2 * std::numbers::pi * uniform<T>(words, i + 1);
        all[i] = static_cast<T>(center + radius * std::cos(angle));
        all[i + 1] = static_cast<T>(center + radius * std::sin(angle));
      }
      return all;
    });
  });
}

void fill_bernoulli(const KernelCall& call) {
  const double p = call.f[probability];
  fill<bool, 4>(call, [&](const Words& words) {
    std::array<bool, 4> all;
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = words[i] * 0x1p-32 < p;
    return all;
  });
}

}  // namespace

// y ~ U(low, high)
extern constexpr Op random_uniform_op{
    .name = "random_uniform",
    .doc =
        "Random numbers from low to high, high left out, in a given shape or that of a model: "
        "others in each run, the same for one seed.",
    .attributes = {&shape, &dtype, &low, &high, &stream},
    .text = "uniform({low}, {high})",
    .latex = R"(\operatorname{uniform}({low}, {high}))",
    .shape = [](const Call& f, std::span<const Shape> model) -> Shape {
      const double from = rounded_to(f[dtype], f[low]), to = rounded_to(f[dtype], f[high]);
      if (!(from < to) || !std::isfinite(f[high] - f[low]) || !std::isfinite(to - from))
        f.fail_argument(fmt::format("there are no numbers from {} to {}", f[low], f[high]));
      return chosen_shape(f, model);
    },
    .dtype = chosen_float,
    .shape_operands = 0b1,
    .kernel = GeneralKernel{fill_uniform},
    .is_random = true,
    .gradient = {{}},
    .gradient_text = {""},
    .examples = {{[](Graph& g) { return random_uniform(g, {2}); }, "[0.7944925, 0.3131129]"}},
};

// y ~ N(mean, stddev^2)
extern constexpr Op random_normal_op{
    .name = "random_normal",
    .doc =
        "Random numbers of a normal distribution, in a given shape or that of a model: others in "
        "each run, the same for one seed.",
    .attributes = {&shape, &dtype, &mean, &stddev, &stream},
    .text = "normal({mean}, {stddev})",
    .latex = R"(\operatorname{normal}({mean}, {stddev}))",
    .shape = [](const Call& f, std::span<const Shape> model) -> Shape {
      if (!std::isfinite(rounded_to(f[dtype], f[mean])) || !(f[stddev] >= 0) ||
          !std::isfinite(rounded_to(f[dtype], f[stddev])))
        f.fail_argument(fmt::format("there is no normal distribution of mean {} and stddev {}",
                                    f[mean], f[stddev]));
      return chosen_shape(f, model);
    },
    .dtype = chosen_float,
    .shape_operands = 0b1,
    .kernel = GeneralKernel{fill_normal},
    .is_random = true,
    .gradient = {{}},
    .gradient_text = {""},
    .examples = {{[](Graph& g) { return random_normal(g, {2}); }, "[-0.6870857, 1.640871]"}},
};

// y ~ B(1, probability)
extern constexpr Op random_bernoulli_op{
    .name = "random_bernoulli",
    .doc =
        "Random truth values, true with a probability, in a given shape or that of a model: others "
        "in each run, the same for one seed.",
    .attributes = {&shape, &probability, &stream},
    .text = "bernoulli({probability})",
    .latex = R"(\operatorname{bernoulli}({probability}))",
    .shape = [](const Call& f, std::span<const Shape> model) -> Shape {
      if (!(f[probability] >= 0 && f[probability] <= 1))
        f.fail_argument(fmt::format("a probability must be from 0 to 1, got {}", f[probability]));
      return chosen_shape(f, model);
    },
    .dtype = [](std::span<const DType>) { return boolean; },
    .shape_operands = 0b1,
    .kernel = GeneralKernel{fill_bernoulli},
    .is_random = true,
    .gradient = {{}},
    .gradient_text = {""},
    .examples = {{[](Graph& g) { return random_bernoulli(g, {4}); },
                  "[false, true, false, false]"}},
};

namespace {

// Node ids are used once, so no two nodes share a stream.
std::int64_t next_stream(const GraphState& graph) {
  return graph.streams_before + graph.node_count();
}

Tensor add_source(const Op& op, const Graph& graph, std::initializer_list<Attribute> list,
                  SourceLocation where) {
  return add_node(op, graph, std::span(list.begin(), list.size()), where);
}
DType dtype_of_model(const Operand& model) {
  return model.is_number() || !model.tensor() ? float32 : model.tensor().dtype();
}
// What is no tensor is refused by add_node.
std::int64_t stream_beside(const Operand& model) {
  return model.is_number() || !model.tensor() ? 0 : next_stream(model.tensor().state());
}

}  // namespace

Tensor random_uniform(const Graph& graph, const Shape& size, double from, double to, DType type,
                      SourceLocation where) {
  return add_source(
      random_uniform_op, graph,
      {shape = size, dtype = type, low = from, high = to, stream = next_stream(graph.state())},
      where);
}
Tensor random_normal(const Graph& graph, const Shape& size, double center, double width, DType type,
                     SourceLocation where) {
  return add_source(random_normal_op, graph,
                    {shape = size, dtype = type, mean = center, stddev = width,
                     stream = next_stream(graph.state())},
                    where);
}
Tensor random_bernoulli(const Graph& graph, const Shape& size, double p, SourceLocation where) {
  return add_source(random_bernoulli_op, graph,
                    {shape = size, probability = p, stream = next_stream(graph.state())}, where);
}

Tensor random_uniform_like(Operand model, double from, double to) {
  return add_node(random_uniform_op, {&model},
                  {shape = Shape(), dtype = dtype_of_model(model), low = from, high = to,
                   stream = stream_beside(model)});
}
Tensor random_normal_like(Operand model, double center, double width) {
  return add_node(random_normal_op, {&model},
                  {shape = Shape(), dtype = dtype_of_model(model), mean = center, stddev = width,
                   stream = stream_beside(model)});
}
Tensor random_bernoulli_like(Operand model, double p) {
  return add_node(random_bernoulli_op, {&model},
                  {shape = Shape(), probability = p, stream = stream_beside(model)});
}

}  // namespace gradus
