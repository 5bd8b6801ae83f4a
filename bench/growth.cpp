// Wide, long, deep and crowded graphs: what a node takes, from its first line to the end of the
// first run, must not grow with their number. Writes "time SECONDS" and "memory BYTES" of one node.
//
//   growth shape=concat n=1000000
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "contestant.h"

using namespace gradus;

namespace {

using Count = std::int64_t;

// The first number of the first value.
double run(const Graph& g, const std::vector<Tensor>& fetches,
           const std::vector<Feed>& feeds = {}) {
  Session session(g, {.threads = 1});
  return session.run(fetches, feeds)[0].cast(float64).values<double>()[0];
}

// Each node reads the one before.
double chain(Count n) {
  Graph g;
  const Variable x = g.variable("x", Array({0.5}));
  Tensor y = x;
  for (Count i = 0; i < n; ++i) y = elu(y + 1e-7);
  return run(g, {gradient(reduce_sum(y), x)});
}

// All nodes read x, which receives as many parts of its gradient.
double fan_out(Count n) {
  Graph g;
  const Variable x = g.variable("x", Array({0.5}));
  std::vector<Operand> squares;
  for (Count i = 0; i < n; ++i) squares.emplace_back(square(x));
  return run(g, {gradient(reduce_sum(concat(squares, 0)), x)});
}

// One node reads all others.
double wide_concat(Count n) {
  Graph g;
  const Variable x = g.variable("x", Array({0.5}));
  std::vector<Operand> parts;
  std::vector<Tensor> xs;
  for (Count i = 0; i < n; ++i) {
    xs.push_back(x + static_cast<double>(i % 7));
    parts.emplace_back(xs.back());
  }
  const std::vector<Tensor> dx = gradients(reduce_sum(square(concat(parts, 0))), xs);
  return run(g, dx);
}

// Each node is a part of x.
double unstack_in_reverse(Count n) {
  Graph g;
  const Variable x = g.variable("x", constant({n}, 0.5));
  Tensor state = g.constant(1);
  for (const Tensor& part : unstack(x)) state = state * 0.5 + part;
  return run(g, {state, gradient(state, x)});
}

double adam(Count n) {
  Graph g;
  Tensor loss = g.constant(0);
  for (Count i = 0; i < n; ++i) loss = loss + square(g.variable("W" + std::to_string(i), Array(1)));
  return run(g, {loss, Adam{}.minimize(loss)});
}

// Each scope is inside of the one before.
double nested_scopes(Count n) {
  Graph g;
  std::vector<std::unique_ptr<NameScope>> scopes;
  Tensor y = g.constant(1);
  for (Count i = 0; i < n; ++i) {
    scopes.push_back(std::make_unique<NameScope>(g.shared_state(), "block", SourceLocation()));
    y = sqrt(y + 1);
  }
  const double value = run(g, {y});
  while (!scopes.empty()) scopes.pop_back();
  return value;
}

// As many modules of one name as there are layers, found by their names.
double names(Count n) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  Tensor y = x;
  std::string last;
  for (Count i = 0; i < n; ++i) {
    const NameScope scope = g.scope("dense");
    y = y + g.variable("b", Array(1e-3));
    last = scope.name();
    y = g.find(last + "/add");
  }
  return run(g, {g.find(last + "/add")}, {{x, 1}});
}

// Each run has a size of its own. There are no columns, whose elements would take their time.
double batch_sizes(Count n) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 0});
  const Tensor y = reduce_sum(square(x) + 1);
  Session session(g, {.threads = 1});
  double sum = 0;
  for (Count i = 0; i < n; ++i) sum += session.run(y, {{x, Array::zeros({i, 0})}}).item<float>();
  return sum;
}

double feeds_and_fetches(Count n) {
  Graph g;
  std::vector<Feed> feeds;
  std::vector<Tensor> fetches;
  for (Count i = 0; i < n; ++i) {
    const Tensor x = g.placeholder("x" + std::to_string(i), {});
    feeds.emplace_back(x, Array(1));
    fetches.push_back(x * 2);
  }
  Session session(g, {.threads = 1});
  return session.run(fetches, feeds).back().item<float>();
}

int measure(const bench::Arguments& arguments) {
  const std::map<std::string, double (*)(Count)> shapes{{"chain", chain},
                                                        {"fan_out", fan_out},
                                                        {"concat", wide_concat},
                                                        {"unstack", unstack_in_reverse},
                                                        {"adam", adam},
                                                        {"scopes", nested_scopes},
                                                        {"names", names},
                                                        {"batches", batch_sizes},
                                                        {"feeds", feeds_and_fetches}};
  const auto shape = shapes.find(arguments.text("shape", "chain"));
  if (shape == shapes.end())
    throw std::invalid_argument("no shape is named " + arguments.text("shape", ""));
  const Count n = arguments.number("n", 10'000);
  // What is there once is not a node's.
  shape->second(10);
  const std::int64_t memory = bench::peak_memory();
  const double start = bench::now();
  const double value = shape->second(n);
  const double seconds = bench::now() - start;
  const auto of_one = static_cast<double>(n);
  std::printf("ready %.9g\ntime %.9g\nmemory %.0f\n", value, seconds / of_one,
              std::max(1.0, static_cast<double>(bench::peak_memory() - memory) / of_one));
  return 0;
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
