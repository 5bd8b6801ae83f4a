// Lesson 7: scores become probabilities, without numbers that are too large or too small.
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

// [naive]
Tensor naive_softmax(const Tensor& x) {
  const Tensor e = exp(x);
  return e / reduce_sum(e, -1, /*keepdims=*/true);
}
// [naive]

void teach_softmax() {
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  const Tensor naive = naive_softmax(x), ready = softmax(x);
  Session session(g);
  const Array small({1, 2, 3}), large({1001, 1002, 1003});
  fmt::print("1. e^x, divided by the sum of all e^x: positive numbers whose sum is 1.\n\n");
  example::show("x", small);
  example::show("e^x", session.run(exp(x), {{x, small}}));
  example::show("softmax", session.run(naive, {{x, small}}));

  fmt::print("\n2. The same, 1000 larger. e^1001 is no float: inf / inf is nan.\n\n");
  example::show("x", large);
  example::show("naive", session.run(naive, {{x, large}}));
  example::show("softmax", session.run(ready, {{x, large}}));
  fmt::print(
      "\n   softmax() takes the largest x away first. Above and below the line every e^x is\n"
      "   then e^1003 times smaller: the quotient stays, and the largest power is e^0 = 1.\n");
}

void teach_logarithm() {
  // [logarithm]
  Graph g;
  const Tensor x = g.constant({0, 200});
  const std::vector<Array> v = Session(g).run({softmax(x), log(softmax(x)), log_softmax(x)});
  // [logarithm]
  fmt::print("\n3. A probability that is too small for a float is 0, and its logarithm -inf:\n\n");
  example::show("softmax", v[0]);
  example::show("log of it", v[1]);
  fmt::print("\n   log_softmax = x - log(sum of e^x) never makes the small number:\n\n");
  example::show("log_sm", v[2]);
}

void teach_gradient(const std::filesystem::path& page) {
  // [gradient]
  Graph g;
  const Tensor x = g.placeholder("x", {3});
  const Tensor label = g.constant({0, 1, 0});  // the second class is the right one
  const Tensor loss = named(softmax_cross_entropy_with_logits(label, x), "loss");
  const std::vector<Tensor> all{loss, gradient(loss, x), softmax(x) - label};
  // [gradient]
  Session session(g);
  const std::vector<Feed> feeds{{x, Array({1, 2, 3})}};
  const std::vector<Array> v = session.run(all, feeds);
  const Explanation e = explain(session, loss, {x}, feeds);
  fmt::print("\n4. The loss -log p[label] is {:.4f}. Its gradient in x is p - label:\n\n",
             v[0].item());
  example::show("gradient", v[1]);
  example::show("p - label", v[2]);
  fmt::print("  small steps {}\n", e.variables[0].check.ok() ? "agree" : "do not agree");

  write_page(page, session, loss, {x}, feeds,
             {.title = "Lesson 7: softmax and cross entropy",
              .introduction = "One op does softmax and logarithm together. The key b jumps to the "
                              "backward step: what comes back is the probabilities, less 1 at the "
                              "right class."});
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("7_softmax", "Lesson 7: softmax and numerical stability.");
  return example::teach(program, argc, argv, [](const std::filesystem::path& page) {
    teach_softmax();
    teach_logarithm();
    teach_gradient(page);
  });
}
