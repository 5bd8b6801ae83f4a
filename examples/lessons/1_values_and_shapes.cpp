// Lesson 1: a value is numbers in a shape, and each op has a rule for the shape of its result.
#include <functional>
#include <string>
#include <tuple>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

// The first line of the error with which a call is refused.
std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const ShapeError& error) {
    const std::string text = error.what();
    return text.substr(0, text.find('\n'));
  }
  return "not refused";
}

void lesson(const std::filesystem::path& page) {
  fmt::print("1. An array is numbers in a shape.\n\n");
  // [values]
  const Array number(5);
  const Array vector({1, 2, 3});
  const Array matrix({{1, 2, 3}, {4, 5, 6}});  // 2 rows, 3 columns
  // [values]
  example::show("number", number);
  example::show("vector", vector);
  example::show("matrix", matrix);

  // [shapes]
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});  // rows are points, as many as one likes
  const Variable W = g.variable("W", Array({{1, 0, -1}, {2, 1, 0}}));
  const Variable b = g.variable("b", Array({10, 20}));
  const Tensor product = matmul(x, W, {.transpose_b = true});
  const Tensor z = named(product + b, "z");
  const Tensor length = named(reduce_sum(square(z), 1), "length");
  const Tensor loss = named(reduce_mean(length), "loss");
  // [shapes]
  fmt::print("\n2. A tensor has a shape before it has numbers; ? is known only in a run.\n\n");
  for (const auto& [formula, tensor, rule] :
       {std::tuple{"x", x, "as declared"}, std::tuple{"W", Tensor(W), "that of its array"},
        std::tuple{"x W^T", product, "[?, 3] [3, 2]: the inner 3 meet and vanish"},
        std::tuple{"x W^T + b", z, "[?, 2] + [2]: b is repeated for each row"},
        std::tuple{"sum over axis 1", length, "axis 1, the columns, vanishes"},
        std::tuple{"mean over all", loss, "a single number"}})
    fmt::print("  {:<16} {:<8} {}\n", formula, to_text(tensor.shape()), rule);

  // [run]
  Session session(g);
  const Array two = session.run(z, {{x, Array({{1, 2, 3}, {4, 5, 6}})}});
  const Array one = session.run(z, {{x, Array({{1, 2, 3}})}});
  // [run]
  fmt::print("\n3. In a run every size is known. The same graph takes two points, or one:\n\n");
  example::show("z of two", two);
  example::show("z of one", one);

  fmt::print("\n4. What does not fit is refused before there is any number:\n\n  {}\n  {}\n",
             refusal([&] { matmul(x, W); }), refusal([&] {
               z + g.constant({1, 2, 3});
             }));

  fmt::print("\n5. What fits by accident is not. The means of the rows, [3], beside [3, 3]:\n\n");
  // [accident]
  const Tensor square_matrix = g.constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  const Tensor wrong = square_matrix - reduce_mean(square_matrix, 1);
  // [accident]
  example::show("means", session.run(reduce_mean(square_matrix, 1)));
  example::show("wrong", session.run(wrong));

  // [keepdims]
  const Tensor largest = reduce_max(square_matrix, 1);                    // [3]
  const Tensor column = reduce_max(square_matrix, 1, /*keepdims=*/true);  // [3, 1]
  const Tensor reshaped = reshape(largest, {3, 1});                       // the same by hand
  // [keepdims]
  fmt::print(
      "\n6. keepdims leaves the axis that is reduced, with size 1: the numbers are the same, but\n"
      "   they stand below each other. So does reshape, which keeps numbers and their order:\n\n");
  example::show("largest", session.run(largest));
  example::show("column", session.run(column));
  example::show("reshaped", session.run(reshaped));

  write_page(
      page, session, loss, {{x, Array({{1, 2, 3}, {4, 5, 6}})}},
      {.title = "Lesson 1: values and shapes",
       .introduction = "Go through the forward steps with the right arrow key. Under each value "
                       "stands its shape. The key p hides the next shape: type it before "
                       "you see it."});
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("1_values_and_shapes", "Lesson 1: values and shapes.");
  return example::teach(program, argc, argv, lesson);
}
