#include "teachers_pages.h"

#include <cmath>

#include <fmt/format.h>

#include <gradus/gradus.h>
#include <gradus/page.h>

namespace gradus::test {
namespace {

using std::filesystem::path;

Mnist few_digits(std::int64_t count) {
  return generated_digits(5, {.train = count, .validation = 0, .test = 0});
}
Array uniform(const Shape& shape, std::uint64_t seed) {
  Graph g;
  return Session(g, {.seed = seed}).run(random_uniform(g, shape, -1, 1));
}

void basic_ae(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor loss = named(reduce_mean(reduce_sum(square(named(ae(x), "x_tilde") - x), {1})), "loss");
  Tensor step = SGD{.learning_rate = 0.1}.minimize(loss);
  Session session(g, {.seed = 42});
  PageRecorder recorder(session, loss);
  const Array points = noisy_sheet(6, 42).points;
  for (std::int64_t i = 0; i <= 60; ++i) {
    if (i % 20 == 0) recorder.snapshot(i, {{x, points}});
    session.run(step, {{x, points}});
  }
  recorder.write(file, {.title = "The basic auto-encoder"});
}

void tied_ae(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  models::AutoEncoder ae(g, {784, 256, 64});
  Tensor mse = named(reduce_mean(reduce_sum(square(named(ae(x), "x_tilde") - x), {1})), "mse");
  Tensor loss = named(mse + 1e-4 * l2(ae.trainable_variables("W*")), "loss");
  Session session(g, {.seed = 42});
  write_page(file, session, loss, {{x, few_digits(4).train.images}}, {.title = "Tied weights"});
}

void classifier(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), y = g.placeholder("y", {any_size}, int64);
  Sequential model(g);
  model.add(layers::Dense(model, 784, 16, {.activation = "relu"}));
  model.add(layers::Dense(model, 16, 10));
  Tensor loss = named(
      reduce_mean(sparse_softmax_cross_entropy_with_logits(y, named(model(x), "logits"))), "loss");
  Session session(g, {.seed = 1});
  const Mnist digits = few_digits(5);
  write_page(file, session, loss, {{x, digits.train.images}, {y, digits.train.labels}},
             {.title = "A classifier of digits"});
}

void convolution(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), y = g.placeholder("y", {any_size}, int64);
  Sequential model(g);
  model.add([](Tensor t) { return reshape(t, {-1, 28, 28, 1}); });
  model.add(layers::Conv2D(model, 1, 4, 3, {.activation = "relu"}));
  model.add(layers::MaxPool2D(2));
  model.add(flatten);
  model.add(layers::Dense(model, 13 * 13 * 4, 10));
  Tensor loss = named(reduce_mean(sparse_softmax_cross_entropy_with_logits(y, model(x))), "loss");
  Session session(g, {.seed = 1});
  const Mnist digits = few_digits(3);
  write_page(file, session, loss, {{x, digits.train.images}, {y, digits.train.labels}},
             {.title = "A convolutional net"});
}

void second_order(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 2});
  Variable W = g.variable("W", Array({{0.5, -1}, {1, 0.25}})),
           v = g.variable("v", Array({{1}, {-0.5}}));
  Tensor h1 = named(tanh(matmul(x, W)), "h1"), score = reduce_sum(matmul(h1, v));
  Tensor slope = named(gradient(score, x), "slope");
  Tensor loss = named(reduce_mean(square(norm(slope, 2, {1}) - 1)), "penalty");
  Session session(g);
  write_page(file, session, loss, {{x, Array({{0.5, 1}, {-1, 2}})}},
             {.title = "A penalty of a slope: second order"});
}

// micrograd's neuron, with its published numbers.
void neuron(const path& file) {
  Graph g;
  Variable x1 = g.variable("x1", Array(2.0)), x2 = g.variable("x2", Array(0.0)),
           w1 = g.variable("w1", Array(-3.0)), w2 = g.variable("w2", Array(1.0)),
           b = g.variable("b", Array(6.881373587019543));
  Tensor n = named(x1 * w1 + x2 * w2 + b, "n"), e = named(exp(2 * n), "e");
  Session session(g);
  write_page(file, session, named((e - 1) / (e + 1), "o"), {}, {.title = "A neuron"});
}

void expression(const path& file) {
  Graph g;
  Variable a = g.variable("a", Array(-4.0)), b = g.variable("b", Array(2.0));
  Tensor c = a + b, d = a * b + power(b, 3);
  c = c + (c + 1);
  c = c + 1 + c + (-a);
  d = d + d * 2 + relu(b + a);
  d = d + 3 * d + relu(b - a);
  Tensor e = c - d, f = square(e);
  Tensor loss = named(f / 2 + 10 / f, "g");
  Session session(g);
  write_page(file, session, loss, {}, {.title = "An expression that reads everything twice"});
}

void softmax_by_hand(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3}), y = g.placeholder("y", {any_size, 3});
  Variable W = g.variable("W", Array({{0.5, -1, 0}, {1, 0.25, -1}, {0, 1, 1}}));
  Tensor z = named(matmul(x, W), "z");
  Tensor e = named(exp(z - reduce_max(z, {1}, true)), "e");
  Tensor p = named(e / reduce_sum(e, {1}, true), "p");
  Tensor loss = named(-reduce_mean(reduce_sum(y * log(p), {1})), "loss");
  Session session(g);
  write_page(file, session, loss,
             {{x, Array({{1, 0, 2}, {0, 1, -1}})}, {y, Array({{1, 0, 0}, {0, 0, 1}})}},
             {.title = "Softmax by hand"});
}

void batch_norm(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  layers::BatchNorm norm(g, 3);
  layers::Dense dense(g, 3, 1);
  Tensor loss = named(reduce_mean(square(dense(norm(x, {.training = true})) - 1)), "loss");
  Session session(g, {.seed = 1});
  write_page(file, session, loss, {{x, uniform({4, 3}, 2)}}, {.title = "Batch normalization"});
}

void attention(const path& file) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 4});
  Variable Q = g.variable("Q", uniform({4, 3}, 1)), K = g.variable("K", uniform({4, 3}, 2)),
           V = g.variable("V", uniform({4, 3}, 3));
  Tensor q = named(matmul(x, Q), "q"), k = named(matmul(x, K), "k"), v = named(matmul(x, V), "v");
  Tensor A = named(softmax(matmul(q, k, {.transpose_b = true}) / std::sqrt(3.0)), "A");
  Tensor loss = named(reduce_sum(square(matmul(A, v))), "loss");
  Session session(g);
  write_page(file, session, loss, {{x, uniform({5, 4}, 4)}},
             {.title = "Attention",
              .introduction = "Five words look at each other.\n\nA says who looks at whom."});
}

void embedding(const path& file) {
  Graph g;
  Tensor ids = g.placeholder("ids", {any_size, 3}, int64), y = g.placeholder("y", {any_size, 2});
  Sequential model(g);
  model.add(layers::Embedding(model, 5, 3));
  model.add(layers::LSTM(model, 3, 2));
  Tensor loss = named(reduce_mean(square(model(ids) - y)), "loss");
  Session session(g, {.seed = 1});
  write_page(file, session, loss,
             {{ids, Array({{0, 3, 1}, {4, 3, 3}}).cast(int64)}, {y, Array({{1, 0}, {0, 1}})}},
             {.title = "Words in a recurrent net"});
}

// Layers of four units until so many nodes are there.
void deep(const path& file, std::size_t node_count) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 4}), h = x;
  Sequential model(g, "net");
  while (ancestors({h}).size() + 4 < node_count) {
    layers::Dense dense(model, 4, 4, {.activation = "tanh"});
    h = dense(h);
  }
  Tensor loss = named(reduce_mean(square(h - x)), "loss");
  Session session(g, {.seed = 1});
  write_page(file, session, loss, {{x, uniform({3, 4}, 4)}},
             {.title = fmt::format("A net of {} nodes", ancestors({loss}).size())});
}

}  // namespace

std::vector<std::string> write_teachers_pages(const path& folder) {
  struct Page {
    const char* name;
    void (*write)(const path&);
  };
  const Page pages[] = {
      {"basic_ae", basic_ae},         {"tied_ae", tied_ae},
      {"classifier", classifier},     {"convolution", convolution},
      {"second_order", second_order}, {"neuron", neuron},
      {"expression", expression},     {"softmax_by_hand", softmax_by_hand},
      {"batch_norm", batch_norm},     {"attention", attention},
      {"embedding", embedding},
  };
  std::filesystem::create_directories(folder);
  std::vector<std::string> names;
  for (const auto& [name, write] : pages) {
    write(folder / fmt::format("{}.html", name));
    names.emplace_back(name);
  }
  for (const std::size_t count : {31U, 71U, 150U, 341U, 1200U}) {
    names.push_back(fmt::format("net_{}", count));
    deep(folder / (names.back() + ".html"), count);
  }
  return names;
}

}  // namespace gradus::test
