// Lesson 5: the two gradients of a matrix product, and a matrix that enters two products.
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

void teach_matmul() {
  // [matmul]
  Graph g;
  const Tensor A = g.constant({{1, 2, 3}, {4, 5, 6}});
  const Tensor B = g.constant({{1, 0}, {0, 1}, {2, -1}});
  const Tensor C = matmul(A, B);
  const Tensor loss = reduce_sum(square(C));

  const std::vector<Tensor> d = gradients(loss, {C, A, B});
  const Tensor dA = matmul(d[0], B, {.transpose_b = true});  // dA = dC B^T
  const Tensor dB = matmul(A, d[0], {.transpose_a = true});  // dB = A^T dC
  // [matmul]
  const std::vector<Array> v = Session(g).run({d[0], d[1], dA, d[2], dB});
  fmt::print("1. C = A B. The gradients by Gradus, and by the two rules:\n\n");
  example::show("dC", v[0]);
  example::show("dA", v[1]);
  example::show("dC B^T", v[2]);
  example::show("dB", v[3]);
  example::show("A^T dC", v[4]);
}

void teach_tied_weights(const std::filesystem::path& page) {
  const Array points({{1, 2, -1}, {0.5, -1, 2}}), matrix = Array({{0.5, 0, 1}, {0, 1, 0.5}});
  // [tied]
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable W = g.variable("W", matrix);
  const auto encode = [&](const Tensor& V) {
    const NameScope scope = g.scope("encoder");
    return named(matmul(x, V, {.transpose_b = true}), "code");
  };
  const auto decode = [&](const Tensor& code, const Tensor& V) {
    const NameScope scope = g.scope("decoder");
    return named(matmul(code, V), "x_tilde");
  };
  const Tensor loss = named(reconstruction_error(decode(encode(W), W), x), "loss");

  Session session(g);
  const Explanation e = explain(session, loss, {W}, {{x, points}});
  // [tied]
  fmt::print("\n2. One W in two products: x_tilde = (x W^T) W. Its gradient has two parts:\n\n");
  for (const ContributionPlace& place : e.variables[0].contributions) {
    const ExplainedContribution& c = e.backward[place.step].contributions[place.contribution];
    fmt::print("  {}, {} of {}: {}\n", place.label, c.number, c.count, c.text);
    example::show("", c.value);
  }
  fmt::print("  their sum\n");
  example::show("dW", e.variables[0].gradient);
  fmt::print("  small steps {}\n", e.variables[0].check.ok() ? "agree" : "do not agree");

  // [untied]
  const Variable U = g.variable("U", matrix), V = g.variable("V", matrix);
  const Tensor untied = reconstruction_error(decode(encode(U), V), x);
  const std::vector<Array> d = session.run(gradients(untied, {V, U}), {{x, points}});
  // [untied]
  fmt::print("\n3. Two matrices with the same numbers get one part each:\n\n");
  example::show("decoder's", d[0]);
  example::show("encoder's", d[1]);

  write_page(page, session, loss, {{x, points}},
             {.title = "Lesson 5: matmul and tied weights",
              .introduction = "Click W in the graph: beside its value stand its gradient, what the "
                              "decoder and the encoder send, and their sum. Either can be "
                              "switched off."});
}

void teach_cost() {
  // [cost]
  Graph g;
  const Tensor x = g.placeholder("x", {100, 100});
  std::vector<Variable> weights;
  Tensor h = x;
  for (int i = 1; i <= 10; ++i) {
    weights.push_back(g.variable("W" + std::to_string(i), glorot_uniform({100, 100})));
    h = tanh(matmul(h, weights.back()));
  }
  std::vector<Tensor> all = gradients(reduce_sum(h), weights);
  all.push_back(reduce_sum(h));
  // [cost]
  Session session(g);
  const std::vector<Feed> feeds{{x, Array::zeros({100, 100})}};
  const auto forward = static_cast<double>(session.plan(all.back(), feeds).flops());
  const auto both = static_cast<double>(session.plan(all, feeds).flops());
  fmt::print(
      "\n4. A product forward, two backward. Ten layers with ten matrices of 100 x 100:\n\n"
      "  forward                {:.1f} million operations\n"
      "  forward and backward   {:.1f} million, {:.1f} times as much\n",
      forward / 1e6, both / 1e6, both / forward);
}

void lesson(const std::filesystem::path& page) {
  teach_matmul();
  teach_tied_weights(page);
  teach_cost();
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("5_matmul_and_tied_weights", "Lesson 5: matmul and tied weights.");
  return example::teach(program, argc, argv, lesson);
}
