// Lesson 8: what the first weights do to values on the way up, and to gradients on the way down.
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

constexpr int depth = 20;
constexpr std::int64_t units = 100, rows = 200;

struct Choice {
  std::string name;
  std::function<Tensor(const Tensor&)> activation;
  Initializer weights;
  double factor;  // by which values shrink in a layer, as the formula has it; 0: none
};

double size_of_values(const Array& x) {  // the root of the mean square
  double sum = 0;
  for (const double v : x.values<double>()) sum += v * v;
  return std::sqrt(sum / static_cast<double>(x.size()));
}

void measure(const Choice& choice) {
  // [net]
  Graph g;
  const Tensor x = g.variable("x", normal({rows, units}, 0, 1, float64), /*trainable=*/false);
  std::vector<Tensor> h{x};
  for (int i = 0; i < depth; ++i) {
    const Variable W = g.variable("W" + std::to_string(i + 1), choice.weights);
    h.push_back(choice.activation(matmul(h.back(), W, {.transpose_b = true})));
  }
  const Tensor up = g.variable("up", normal({rows, units}, 0, 1, float64), /*trainable=*/false);
  const std::vector<Tensor> d = gradients({h.back()}, {h[1]}, {.grad_ys = {up}});
  // [net]
  const std::vector<Array> v = Session(g, {.seed = 1}).run({h[1], h[5], h[depth], d[0]});
  fmt::print("  {:<22} {:>8.2g} {:>8.2g} {:>8.2g}", choice.name, size_of_values(v[0]),
             size_of_values(v[1]), size_of_values(v[2]));
  if (choice.factor > 0)
    fmt::print(" {:>8.2g}", std::pow(choice.factor, depth));
  else
    fmt::print(" {:>8}", "-");
  fmt::print(" {:>10.2g}\n", size_of_values(v[3]));
}

void lesson(const std::filesystem::path& page) {
  const Shape shape{units, units};
  const auto with_tanh = [](const Tensor& z) { return tanh(z); };
  const auto with_relu = [](const Tensor& z) { return relu(z); };
  const auto with_sigmoid = [](const Tensor& z) { return sigmoid(z); };
  fmt::print(
      "A net of {} layers of {} units. Sizes are roots of mean squares; the inputs have 1, and\n"
      "so has the gradient that comes in at the top.\n\n"
      "                              values after layer     formula   gradient\n"
      "  activation, weights           1        5       20  layer 20  at layer 1\n",
      depth, units);
  // [choices]
  const std::vector<Choice> choices{
      {"tanh, normal 0.01", with_tanh, normal(shape, 0, 0.01, float64), std::sqrt(units) * 0.01},
      {"tanh, normal 1", with_tanh, normal(shape, 0, 1, float64), 0},
      {"tanh, Glorot", with_tanh, glorot_normal(shape, float64), 0},
      {"relu, Glorot", with_relu, glorot_normal(shape, float64), std::sqrt(0.5)},
      {"relu, He", with_relu, he_normal(shape, float64), 1},
      {"sigmoid, Glorot", with_sigmoid, glorot_normal(shape, float64), 0}};
  // [choices]
  for (const Choice& choice : choices) measure(choice);
  fmt::print(
      "\nA unit sums {0} products: {0} numbers of size w times h have a sum of size\n"
      "sqrt({0}) w h. Glorot's weights have w = 1 / sqrt({0}), so that the size stays; relu drops\n"
      "half of the squares, which He's weights, sqrt(2) larger, make good.\n"
      "tanh flattens what is large: with weights of size 1 nearly all values are at -1 or 1, and "
      "the\n"
      "gradient explodes, for each layer makes it sqrt({0}) times larger where tanh is not flat.\n"
      "The slope of sigmoid is 1/4 at most, so in {1} layers a gradient nearly vanishes.\n",
      units, depth);

  Graph g;
  const Tensor x = g.constant({{1, -1}, {0.5, 2}});
  Tensor h = x;
  for (int i = 1; i <= 5; ++i)
    h = sigmoid(matmul(h, g.variable("W" + std::to_string(i), glorot_normal({2, 2}))));
  const Tensor loss = named(reduce_sum(square(h)), "loss");
  Session session(g, {.seed = 1});
  write_page(
      page, session, loss, std::vector<Feed>{},
      {.title = "Lesson 8: gradients that vanish",
       .introduction = "Five layers with sigmoid. Go back from the loss: each layer's slopes "
                       "make the gradient smaller."});
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("8_initialization", "Lesson 8: initialization, vanishing gradients.");
  return example::teach(program, argc, argv, lesson);
}
