// Lesson 4: what is read twice gets the sum of two gradients, and so does what was repeated.
#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

const ExplainedContribution& at(const Explanation& e, const ContributionPlace& place) {
  return e.backward[place.step].contributions[place.contribution];
}

void teach_fan_out() {
  // [fan-out]
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor f = x * x + x;
  Session session(g);
  const Explanation e = explain(session, f, {x}, {{x, 2}});
  // [fan-out]
  fmt::print("1. x is read three times in f = x * x + x. At x = 2 its gradient receives\n\n");
  for (const ContributionPlace& place : e.variables[0].contributions) {
    const ExplainedContribution& c = at(e, place);
    fmt::print("  {} of {}   {:<13} = {}   sum so far {}\n", c.number, c.count, c.text,
               to_text(c.value), to_text(c.sum));
  }
  fmt::print(
      "\n   The sum is 2 x + 1 = 5. With = in place of += only the last one would be left: {}.\n"
      "   A small step says which is right: {:.4f}\n",
      to_text(at(e, e.variables[0].contributions.back()).value),
      e.variables[0].differences[0].numeric);
}

void teach_broadcasting(const std::filesystem::path& page) {
  // [broadcasting]
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2});
  const Variable b = g.variable("b", Array({1, -1}));
  const Tensor h = named(x + b, "h");
  const Tensor loss = named(reduce_sum(h * h), "loss");

  const std::vector<Tensor> d = gradients(loss, {h, b});
  Session session(g);
  const Array points({{1, 2}, {3, 4}, {5, 6}});
  const std::vector<Array> values = session.run(d, {{x, points}});
  // [broadcasting]
  fmt::print(
      "\n2. In h = x + b the bias is repeated for each row, so each row sends it a gradient:\n\n");
  example::show("h", session.run(h, {{x, points}}));
  example::show("dh", values[0]);
  example::show("db", values[1]);
  fmt::print(
      "\n   db is the sum of the rows of dh. A gradient has the shape of its value: without the "
      "sum\n"
      "   db would be [3, 2], and b is [2].\n");

  write_page(
      page, session, loss, {h, b}, {{x, points}},
      {.title = "Lesson 4: fan-out and broadcasting",
       .introduction = "h is read twice, b is repeated three times. Switch on each of the "
                       "two mistakes (button Mistakes) and see which numbers become wrong."});
}

void lesson(const std::filesystem::path& page) {
  teach_fan_out();
  teach_broadcasting(page);
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("4_fan_out_and_broadcasting", "Lesson 4: fan-out and broadcasting.");
  return example::teach(program, argc, argv, lesson);
}
