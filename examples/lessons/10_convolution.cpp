// Lesson 10: a convolution is a small product that slides along the image.
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

// One image of one channel: [height, width] as conv2d wants it, and back.
Tensor as_image(const Tensor& x) { return reshape(x, {1, x.shape()[0], x.shape()[1], 1}); }

void teach_sliding() {
  // [sliding]
  Graph g;
  const Tensor image = g.constant({{0, 0, 5, 5, 5}, {0, 0, 5, 5, 5}, {0, 0, 5, 5, 5}});
  const Tensor filter = reshape(g.constant({{-1, 1}}), {1, 2, 1, 1});  // right less left
  const Tensor edges = squeeze(conv2d(as_image(image), filter));
  // [sliding]
  Session session(g);
  fmt::print(
      "1. The filter [-1, 1] lies on two neighbours, multiplies, adds, and moves on by one: what\n"
      "   comes out is their difference, which is 0 but at the edge.\n\n");
  example::show("image", session.run(image));
  example::show("edges", session.run(edges));

  fmt::print(
      "\n2. A filter of k elements has n - k + 1 places in a line of n. In steps of s (strides)\n"
      "   every s-th is used; with zeros around the image (Padding::same) none is lost:\n\n");
  const Tensor line = ones(g, {1, 1, 7, 1}), three = ones(g, {1, 3, 1, 1});
  const auto width = [&](const ConvolutionOptions& options) {
    return conv2d(line, three, options).shape()[2];
  };
  fmt::print("  n = 7, k = 3:   {} places, {} with s = 2, {} with Padding::same\n", width({}),
             width({.strides = {1, 2}}), width({.padding = Padding::same}));
}

void teach_matrix() {
  // [matrix]
  Graph g;
  const Tensor x = g.constant({1, 2, 4, 8, 16});
  const Tensor w = g.constant({1, 10, 100});
  const Tensor y = reshape(conv2d(reshape(x, {1, 1, 5, 1}), reshape(w, {1, 3, 1, 1})), {3});
  const Tensor M = jacobian(y, x);  // row i: how y[i] depends on each x
  // [matrix]
  const std::vector<Array> v = Session(g).run({y, M, matmul(M, x)});
  fmt::print(
      "\n3. It is a product with a matrix, whose rows are the filter, moved on by one. A dense\n"
      "   layer would have 15 weights there; these are 3, used in each row.\n\n");
  example::show("y", v[0]);
  example::show("M", v[1]);
  example::show("M x", v[2]);
}

void teach_gradients(const std::filesystem::path& page) {
  // [gradients]
  Graph g;
  const Tensor x = g.placeholder("x", {1, 1, 4, 1});
  const Variable w = g.variable("w", Array({1, -1}).reshaped({1, 2, 1, 1}));
  const Tensor y = named(conv2d(x, w), "y");
  const Tensor loss = named(reduce_sum(square(y)), "loss");
  const std::vector<Tensor> d = gradients(loss, {y, w, x});
  // [gradients]
  Session session(g);
  const std::vector<Feed> feeds{{x, Array({1, 3, 2, 5}).reshaped({1, 1, 4, 1})}};
  const std::vector<Array> v = session.run(d, feeds);
  const Explanation e = explain(session, loss, {w, x}, feeds);
  fmt::print(
      "\n4. Each weight is used at every place: its gradient is a sum over the places. x = [1, 3, "
      "2, 5]:\n\n");
  example::show("dy", v[0].reshaped({3}));
  example::show("dw", v[1].reshaped({2}));
  const auto dy = v[0].values<float>();
  fmt::print("  by hand   1 dy[0] + 3 dy[1] + 2 dy[2] = {}, 3 dy[0] + 2 dy[1] + 5 dy[2] = {}\n",
             dy[0] + 3 * dy[1] + 2 * dy[2], 3 * dy[0] + 2 * dy[1] + 5 * dy[2]);
  example::show("dx", v[2].reshaped({4}));
  bool ok = true;
  for (const auto& variable : e.variables) ok = ok && variable.check.ok();
  fmt::print("  small steps {}\n", ok ? "agree" : "do not agree");
  write_page(page, session, loss, {w, x}, feeds,
             {.title = "Lesson 10: convolution",
              .introduction = "One line of four numbers, a filter of two. The key b jumps to the "
                              "first backward step."});
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("10_convolution", "Lesson 10: convolution.");
  return example::teach(program, argc, argv, [](const std::filesystem::path& page) {
    teach_sliding();
    teach_matrix();
    teach_gradients(page);
  });
}
