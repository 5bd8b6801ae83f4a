// An op that the library does not have, made outside of it: docs/own_ops.md explains it.
#include <cstdio>

#include <gradus/gradus.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>

namespace mine {

using namespace gradus;

// [formula]
// y = x^3;  dy/dx = 3 x^2
extern constexpr Op cube_op{
    .name = "cube",
    .doc = "Third power: y = x^3.",
    .operands = {"x"},
    .text = {"{x}^3", Precedence::power},
    .latex = {"{x}^{3}", Precedence::power},
    .kernel = elementwise<1>([](auto x) { return x * x * x; }),
    .gradient = {[](Tensor dy, Tensor x) { return dy * (3 * square(x)); }},
    .gradient_text = {"dx = 3 x^2 dy"},
};

Tensor cube(Operand x) { return add_node(cube_op, {&x}); }
// [formula]

// [array]
inline constexpr Key<std::int64_t> distance{"distance"};

template <class T>
void subtract_earlier(const KernelCall& call) {
  const std::int64_t rows = call.output.shape[0], n = call.output.shape[1];
  const std::int64_t d = call.f[distance];
  const T* x = call.inputs[0].as<T>();
  T* y = static_cast<T*>(call.result);
  // One part per row, whoever computes it: the bits do not depend on the number of threads.
  call.threads.parallel_for(rows, [&](std::int64_t i) {
    for (std::int64_t j = 0; j < n; ++j) y[i * n + j] = x[i * (n + d) + j + d] - x[i * (n + d) + j];
  });
}

// y[i, j] = x[i, j + distance] - x[i, j]
extern constexpr Op lag_op{
    .name = "lag",
    .doc = "How much each element of a row differs from the one so many columns before.",
    .operands = {"x"},
    .attributes = {&distance},
    .text = "lag({x}, {distance})",
    .latex = {R"(\Delta_{{distance}} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x) -> Shape {
      if (x.rank() != 2) f.fail("needs a matrix, got " + to_text(x));
      if (f[distance] < 1) f.fail_argument("distance must be 1 or more");
      if (x[1] != any_size && x[1] < f[distance])
        f.fail("a row of " + to_text(x) + " is too short");
      return {x[0], x[1] == any_size ? any_size : x[1] - f[distance]};
    },
    .kernel = GeneralKernel{[](const KernelCall& call) {
      call.output.dtype == float32 ? subtract_earlier<float>(call) : subtract_earlier<double>(call);
    }},
};

Tensor lag(Operand x, std::int64_t columns) { return add_node(lag_op, {&x}, {distance = columns}); }
// [array]

}  // namespace mine

int main() {
  // [use]
  gradus::Graph g;
  const gradus::Variable x =
      g.variable("x", gradus::Array({{1, 2, 4}, {0, 3, 9}}, gradus::float64));
  const gradus::Tensor y = mine::cube(x);
  gradus::Session session(g);
  std::puts(to_text(session.run(y)).c_str());                // [[1, 8, 64], [0, 27, 729]]
  std::puts(to_text(session.run(mine::lag(x, 1))).c_str());  // [[1, 2], [3, 6]]
  const gradus::GradientReport report = check_gradients(session, y, {x});
  std::puts(to_text(report).c_str());
  // [use]
  return report.ok() ? 0 : 1;
}
