// The practical's training runs, step by step, beside TensorFlow's.
#include <cmath>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <gradus/gradus.h>

#include "paths.h"

namespace gradus {
namespace {

using Json = nlohmann::json;

// The numbers of the reference are functions of their indices; see "formulas" in the file.
Array inputs(std::int64_t n, std::int64_t size) {
  Array x = Array::zeros({n, size});
  for (std::int64_t k = 0; k < n; ++k)
    for (std::int64_t j = 0; j < size; ++j)
      x.mutable_values<float>()[static_cast<std::size_t>(k * size + j)] = static_cast<float>(
          0.5 + 0.4 * std::sin(0.3 * static_cast<double>(k) + 1.7 * static_cast<double>(j)));
  return x;
}
Array matrix(std::int64_t units, std::int64_t inputs, std::int64_t layer) {
  Array W = Array::zeros({units, inputs});
  for (std::int64_t i = 0; i < units; ++i)
    for (std::int64_t j = 0; j < inputs; ++j)
      W.mutable_values<float>()[static_cast<std::size_t>(i * inputs + j)] =
          static_cast<float>(std::sin(1 + 0.7 * static_cast<double>(i) +
                                      1.3 * static_cast<double>(j) + static_cast<double>(layer)) /
                             std::sqrt(static_cast<double>(inputs)));
  return W;
}
Array bias(std::int64_t units, std::int64_t layer) {
  Array b = Array::zeros({units});
  for (std::int64_t i = 0; i < units; ++i)
    b.mutable_values<float>()[static_cast<std::size_t>(i)] =
        static_cast<float>(0.01 * std::cos(static_cast<double>(i + layer)));
  return b;
}

struct Moments {
  double sum = 0, sum_of_squares = 0, first = 0, last = 0;
};
Moments moments(const Array& a) {
  Moments m;
  for (float v : a.values<float>()) {
    m.sum += v;
    m.sum_of_squares += static_cast<double>(v) * v;
  }
  m.first = a.values<float>().front();
  m.last = a.values<float>().back();
  return m;
}

double worst_relative_error(double worst, double ours, double theirs) {
  return std::max(worst, std::abs(ours - theirs) / std::abs(theirs));
}

void set_initial_values(Session& session, const std::vector<Variable>& variables) {
  // W1, b1, W2, b2, ... and the decoder's biases: the layer counts up with the biases.
  std::int64_t layer = 0;
  for (const Variable& v : variables)
    if (v.rank() == 2)
      session.set(v, matrix(v.shape()[0], v.shape()[1], layer));
    else
      session.set(v, bias(v.shape()[0], layer++));
}

void expect_equal_to_tensorflow(const Json& run, const std::vector<Variable>& variables,
                                const Tensor& x, const Tensor& loss, const Graph& g, int threads) {
  const Tensor step = SGD{.learning_rate = run["lr"].get<double>()}.minimize(loss);
  Session session(g, {.threads = threads});
  set_initial_values(session, variables);
  const std::int64_t n = run["n"], batch = run["batch"], steps = run["steps"];
  const Array data = inputs(n, x.shape()[1]);
  double worst = 0;
  for (std::int64_t s = 0; s < steps; ++s) {
    const std::int64_t first = s * batch % n;
    const float ours =
        session.run({loss, step}, {{x, data.rows(first, first + batch)}})[0].item<float>();
    worst = worst_relative_error(worst, ours, run["losses"][static_cast<std::size_t>(s)]);
  }
  EXPECT_LE(worst, 1e-4) << "losses";
  for (const auto& [name, theirs] : run["final"].items()) {
    for (const Variable& v : variables) {
      const std::string own = v.name().substr(v.name().rfind('/') + 1);
      if (own != name && !(own == "W" && name == "W1")) continue;
      const Moments m = moments(session.value(v));
      EXPECT_LE(worst_relative_error(0, m.sum_of_squares, theirs["sumSquares"]), 1e-4) << name;
      EXPECT_NEAR(m.sum, double(theirs["sum"]), 1e-4) << name;
      EXPECT_NEAR(m.first, double(theirs["first"]), 1e-4) << name;
      EXPECT_NEAR(m.last, double(theirs["last"]), 1e-4) << name;
    }
  }
}

Json reference(std::size_t which) {
  std::ifstream file(GRADUS_TEST_DATA "/tensorflow_trajectories.json");
  return Json::parse(file)["cases"][which];
}

TEST(Trajectories, basic_auto_encoder_trains_as_in_tensorflow) {
  for (const int threads : {1, 2}) {
    const Json run = reference(0);
    Graph g;
    Tensor x = g.placeholder("x", {any_size, 3});
    const models::BasicAE ae(g, {3, 2});
    expect_equal_to_tensorflow(run, ae.variables(), x, reconstruction_error(ae(x), x), g, threads);
  }
}

TEST(Trajectories, tied_auto_encoder_with_l2_and_mini_batches_trains_as_in_tensorflow) {
  for (const int threads : {1, 2}) {
    const Json run = reference(1);
    Graph g;
    Tensor x = g.placeholder("x", {any_size, 20});
    models::AutoEncoder ae(g, {20, 12, 5});
    Tensor loss =
        reconstruction_error(ae(x), x) + double(run["lambda"]) * l2(ae.trainable_variables("W*"));
    expect_equal_to_tensorflow(run, ae.variables(), x, loss, g, threads);
  }
}

}  // namespace
}  // namespace gradus
