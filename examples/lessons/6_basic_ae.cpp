// Lesson 6: the basic auto-encoder of the practical, from its first step to the trained one.
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

std::string bar(float loss) { return std::string(static_cast<std::size_t>(loss * 300), '#'); }

// Question 3 of the practical: a small tensor, of which the answer is known.
void check_model() {
  // [check]
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const models::BasicAE ae(g, {3, 2});
  const Tensor x_tilde = ae(x);
  Session session(g);
  session.set(ae.W(), Array({{1, 0, 0}, {0, 1, 0}}));  // keeps the first two coordinates
  const Array y = session.run(x_tilde, {{x, Array({{1, 2, 3}})}});
  // [check]
  fmt::print("1. With a W that keeps two coordinates, [[1, 2, 3]] becomes {}.\n", to_text(y));
}

// What an update is made of.
void show_assignment() {
  // [assign]
  Graph g;
  const Variable count = g.variable("count", Array(0)), total = g.variable("total", Array(0));
  const Tensor both = group({assign(count, count + 1), assign(total, total + count)});
  Session session(g);
  for (int i = 0; i < 3; ++i) session.run(both);
  // [assign]
  fmt::print(
      "\n2. assign(v, value) is a node: a run of it gives v the value, for the next run. group is "
      "a\n"
      "   node that runs several. count <- count + 1 and total <- total + count, three times:\n\n"
      "  count = {}, total = {}, which is 0 + 1 + 2: a run reads all variables as they were\n",
      to_text(session.value(count)), to_text(session.value(total)));
}

void train(std::uint64_t seed, const std::filesystem::path& page) {
  constexpr double learning_rate = 0.2;
  constexpr std::int64_t point_count = 100;
  const Array points = noisy_sheet(point_count, seed).points;
  // [model]
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const models::BasicAE ae(g, {3, 2});
  const Tensor loss = named(reconstruction_error(ae(x), x), "loss");
  const Tensor dW = gradient(loss, ae.W());
  const Tensor step = SGD{.learning_rate = learning_rate}.minimize(loss);
  Session session(g, {.seed = seed});
  // [model]

  fmt::print("\n3. The first step, W <- W - {} dW, on {} points:\n\n", learning_rate, point_count);
  PageRecorder recorder(session, loss);
  recorder.snapshot(0, {{x, points}});
  // [first step]
  const Array before = session.value(ae.W());
  const std::vector<Array> first = session.run({loss, dW, step}, {{x, points}});
  const Array after = session.value(ae.W());
  // [first step]
  example::show("W", before);
  example::show("dW", first[1]);
  example::show("new W", after);
  fmt::print("\n   The loss was {:.4f} and is now {:.4f}.\n", first[0].item(),
             session.run(loss, {{x, points}}).item());

  fmt::print("\n4. More steps:\n\n    step  loss\n");
  // [training]
  std::int64_t done = 1;
  for (std::int64_t moment : {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000}) {
    for (; done < moment; ++done) session.run(step, {{x, points}});
    const float now = session.run(loss, {{x, points}}).item();
    fmt::print("  {:>6}  {:.4f}  {}\n", done, now, bar(now));
    recorder.snapshot(done, {{x, points}});
  }
  // [training]
  fmt::print("     PCA  {:.4f}  the best that any plane can do\n",
             models::Pca(points, 2).reconstruction_error(points));

  recorder.write(page, {.title = "Lesson 6: the basic auto-encoder, from first step to trained",
                        .introduction = "The keys [ and ] go along training: all numbers, of both "
                                        "directions, are those of the moment."});
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t seed = 42;
  example::Program program("6_basic_ae",
                           "Lesson 6: the basic auto-encoder, from first step to trained.");
  program.option("--seed", seed, "of the data and the first weights");
  return example::teach(program, argc, argv, [&seed](const std::filesystem::path& page) {
    check_model();
    show_assignment();
    train(seed, page);
  });
}
