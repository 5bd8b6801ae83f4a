// Lesson 13: the table of all slopes, and why one hardly ever writes it down.
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

void teach_table(const std::filesystem::path& page) {
  // [table]
  Graph g;
  const Tensor x = g.placeholder("x", {3}, float64);
  const std::vector<Tensor> p = unstack(x);
  const Tensor y = stack({p[0] * p[1], sin(p[1]) + square(p[2])});
  const Tensor J = jacobian(y, x);  // [2, 3]: row i has the slopes of y[i]
  // [table]
  Session session(g);
  const std::vector<Feed> feeds{{x, Array({2, 1, 3}, float64)}};
  fmt::print("1. y = (x0 x1, sin(x1) + x2^2) at x = (2, 1, 3). The Jacobian, and by hand:\n\n");
  example::show("J", session.run(J, feeds));
  example::show("by hand", Array({{1, 2, 0}, {0, std::cos(1.0), 6}}, float64));

  // [products]
  const Tensor v = g.constant({1, 0, 2}, float64), u = g.constant({10, 1}, float64);
  const Tensor forward = jvp({y}, {x}, {v})[0];             // without J
  const Tensor reverse = gradient(y, x, {.grad_ys = {u}});  // without J
  const std::vector<Tensor> by_table{matmul(J, v), matmul(u, J)};
  // [products]
  const std::vector<Array> all = session.run({forward, by_table[0], reverse, by_table[1],
                                              reduce_sum(u * forward), reduce_sum(reverse * v)},
                                             feeds);
  // [small step]
  constexpr double step = 1e-5;
  const auto at = [&](double t) {  // y, where x has moved by t v
    return session.run(y, {{x, Array({2 + t, 1, 3 + 2 * t}, float64)}}).to_vector<double>();
  };
  const std::vector<double> right = at(step), left = at(-step);
  const Array moved({(right[0] - left[0]) / (2 * step), (right[1] - left[1]) / (2 * step)});
  // [small step]
  fmt::print(
      "\n2. J v: how y moves if x moves along v = (1, 0, 2). u J: the gradient of 10 y0 + y1.\n"
      "   Both come without the table, each from one pass.\n\n");
  example::show("J v", all[0]);
  example::show("by table", all[1]);
  example::show("by step", moved);
  example::show("u J", all[2]);
  example::show("by table", all[3]);
  fmt::print("\n   And u (J v) = (u J) v: {} = {}\n", to_text(all[4], 4), to_text(all[5], 4));

  const Tensor loss = named(reduce_sum(u * y), "loss");
  write_page(page, session, loss, {x}, feeds,
             {.title = "Lesson 13: a row of numbers times the Jacobian",
              .introduction = "The loss is 10 y0 + y1, so 10 and 1 come in at the top of the way "
                              "back, and u J arrives at x."});
}

void teach_order() {
  // [order]
  Graph g;
  const auto table = [&](const char* name) { return g.placeholder(name, {100, 100}); };
  const Tensor A = table("A"), B = table("B"), C = table("C"), u = g.placeholder("u", {1, 100});
  const Tensor tables_first = matmul(u, matmul(A, matmul(B, C)));
  const Tensor row_first = matmul(matmul(matmul(u, A), B), C);
  // [order]
  Session session(g);
  const Array matrix = Array::full({100, 100}, 0.01);
  const std::vector<Feed> feeds{
      {A, matrix}, {B, matrix}, {C, matrix}, {u, Array::full({1, 100}, 1)}};
  const auto cost = [&](const Tensor& t) { return session.plan(t, feeds).flops(); };
  fmt::print(
      "\n3. The chain rule for three layers of 100 is a product of three Jacobians, and u J a row\n"
      "   times it. Brackets do not change the result, but the number of operations:\n\n"
      "  u (A (B C))   {:>8}   tables first\n"
      "  ((u A) B) C   {:>8}   row first: what reverse mode does\n",
      cost(tables_first), cost(row_first));
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("13_jacobians", "Lesson 13: Jacobians and products with them.");
  return example::teach(program, argc, argv, [](const std::filesystem::path& page) {
    teach_table(page);
    teach_order();
  });
}
