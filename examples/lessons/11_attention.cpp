// Lesson 11: attention, a look-up in which every entry answers a little.
#include <cmath>
#include <cstdint>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

// [attention]
// Q is [queries, size], K is [keys, size], V is [keys, columns].
Tensor weights_of(const Tensor& Q, const Tensor& K, double size) {
  return softmax(matmul(Q, K, {.transpose_b = true}) / std::sqrt(size));
}
// [attention]

void teach_look_up(const std::filesystem::path& page) {
  // [look up]
  Graph g;
  const Tensor Q = g.placeholder("Q", {any_size, 2});
  const Variable K = g.variable("K", Array({{1, 0}, {0, 1}, {-1, 0}}));
  const Variable V = g.variable("V", Array({{10, 0}, {20, 0}, {30, 1}}));
  const Tensor P = named(weights_of(Q, K, 2), "P");
  const Tensor y = named(matmul(P, V), "y");
  // [look up]
  Session session(g);
  const Array queries({{0, 0}, {1, 0}, {20, 0}});
  fmt::print(
      "1. A query is compared with each key by a product; softmax makes weights of that, and the\n"
      "   answer is the mean of the values with these weights. Three queries, three keys:\n\n");
  example::show("Q", queries);
  example::show("K", session.value(K));
  example::show("V", session.value(V));
  example::show("P", session.run(P, {{Q, queries}}));
  example::show("y", session.run(y, {{Q, queries}}));
  fmt::print(
      "\n   The query 0 is like no key more than like another: it gets the plain mean of V. The\n"
      "   large one along the first key gets its value alone, as from a table.\n");

  const Tensor loss = named(reduce_sum(square(y)), "loss");
  const std::vector<Feed> feeds{{Q, Array({{0, 0}, {1, 0}})}};
  const Explanation e = explain(session, loss, {K, V}, feeds);
  fmt::print("   Unlike a table it has slopes: for K and V small steps {}.\n",
             e.variables[0].check.ok() && e.variables[1].check.ok() ? "agree" : "do not agree");
  write_page(page, session, loss, feeds,
             {.title = "Lesson 11: attention",
              .introduction = "Two queries, three keys. Click P: each row sums to 1. Then go back "
                              "from the loss to K and V."});
}

void teach_scale() {
  fmt::print(
      "\n2. Why the root? A product of two vectors of `size` random numbers has the size\n"
      "   sqrt(size), and softmax of large numbers looks at one key alone:\n\n"
      "  size   of Q K^T   sqrt(size)   largest weight, mean   with the root\n");
  for (const std::int64_t size : {4, 64, 1024}) {
    Graph g;
    const Variable Q = g.variable("Q", normal({200, size}, 0, 1));
    const Variable K = g.variable("K", normal({20, size}, 0, 1));
    const Tensor scores = matmul(Q, K, {.transpose_b = true});
    const auto sharpness = [](const Tensor& P) { return reduce_mean(reduce_max(P, 1)); };
    const std::vector<Array> v = Session(g, {.seed = 1})
                                     .run({reduce_std(scores), sharpness(softmax(scores)),
                                           sharpness(weights_of(Q, K, static_cast<double>(size)))});
    fmt::print("  {:<6} {:>8.1f} {:>12.1f} {:>22.2f} {:>15.2f}\n", size, v[0].item(),
               std::sqrt(static_cast<double>(size)), v[1].item(), v[2].item());
  }
}

void teach_causal() {
  // [causal]
  Graph g;
  const Tensor x = g.placeholder("x", {1, 3, 4});  // a sentence of three words
  const layers::MultiHeadAttention attention(g, 4, 1, 4);
  const Tensor all = attention(x, x), causal = attention(x, x, {.causal = true});
  // [causal]
  Session session(g, {.seed = 1});
  const auto first_words = [&](const Tensor& y, double last) {
    const Array words({{{1, 0, 2, 0}, {0, 1, 0, 1}, {last, 0, 0, last}}});
    return session.run(y, {{x, words}}).reshaped({3, 4}).rows(0, 2);
  };
  const auto stay = [&](const Tensor& y) {
    return first_words(y, 1) == first_words(y, 5) ? "stay" : "change";
  };
  fmt::print(
      "\n3. Each word asks all words. Causal attention lets none see a later one, so that the net\n"
      "   can be trained to guess the next word. If word 3 changes, the answers of 1 and 2\n\n"
      "  {} without the mask, and {} with it\n",
      stay(all), stay(causal));
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("11_attention", "Lesson 11: attention.");
  return example::teach(program, argc, argv, [](const std::filesystem::path& page) {
    teach_look_up(page);
    teach_scale();
    teach_causal();
  });
}
