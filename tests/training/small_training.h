// A training of some steps in which everything counts: random numbers, moving averages, slots of an
// optimizer, the order of the batches, and runs between the steps.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gradus/gradus.h>

namespace gradus {

inline constexpr std::array optimizer_names{"sgd",     "momentum", "nesterov",
                                            "rmsprop", "centered", "adam"};
inline constexpr std::array model_names{"dense", "dropout", "batch_norm"};

inline Tensor minimize(std::string_view optimizer, const Tensor& loss) {
  if (optimizer == "sgd") return SGD{.learning_rate = 0.05}.minimize(loss);
  if (optimizer == "momentum") return SGD{.learning_rate = 0.05, .momentum = 0.9}.minimize(loss);
  if (optimizer == "nesterov")
    return SGD{.learning_rate = 0.05, .momentum = 0.9, .nesterov = true}.minimize(loss);
  if (optimizer == "rmsprop") return RMSprop{.learning_rate = 0.01}.minimize(loss);
  if (optimizer == "centered")
    return RMSprop{.learning_rate = 0.01, .momentum = 0.5, .centered = true}.minimize(loss);
  return Adam{.learning_rate = 0.01}.minimize(loss);
}

struct SmallTraining {
  static constexpr std::int64_t epochs = 3, steps_of_epoch = 4, steps = epochs * steps_of_epoch;

  SmallTraining(std::string_view optimizer, std::string_view model, int threads = 1)
      : session(g, {.seed = 7, .threads = threads}) {
    W = g.variable("W", glorot_uniform({5, 3}));
    V = g.variable("V", glorot_uniform({3, 5}));
    Tensor h = tanh(matmul(x, W, {.transpose_b = true}));
    if (model == "dropout") h = dropout(h, 0.3);
    if (model == "batch_norm") {
      const Variable scale = g.variable("scale", ones({5}));
      moving_mean = g.variable("moving_mean", zeros({5}), false);
      const auto [y, mean, variance] = batch_norm(h, scale, 0);
      average = assign(moving_mean, 0.9 * moving_mean + 0.1 * mean);
      h = y;
    }
    error = reduce_mean(square(matmul(h, V, {.transpose_b = true}) - x));
    loss = 2 * error;
    step = minimize(optimizer, loss);
    if (average) step = group({step, average});
  }

  // Four batches, the last of them shorter. To make them takes a run, as a careless program does
  // it.
  Batches<Array> batches_of(std::int64_t epoch) {
    session.run(random_seen);
    std::vector<double> numbers(11 * 3);
    Random random(3, "rows");
    for (double& number : numbers) number = random.uniform(-1, 1);
    return batches(Array({11, 3}, std::span<const double>(numbers)).cast(float32), 3, epoch,
                   {.seed = 7});
  }

  History train(const CheckpointOptions& checkpoint, std::int64_t wanted_epochs = epochs) {
    return fit(session, step, loss, x, [this](std::int64_t epoch) { return batches_of(epoch); },
               {.epochs = wanted_epochs,
                .batch_size = 2,
                .metrics = {{"error", error}},
                .validation = validation_options(),
                .callbacks = callbacks,
                .checkpoint = checkpoint});
  }

  Validation validation_options() const {
    return {.data = {{x, Array({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}})}, {factor, Array(0.5)}},
            .loss = validation};
  }

  // Bits of all variables, and the random state.
  std::string bits() {
    std::string text;
    for (const Variable& v : g.variables()) {
      const Array value = session.value(v);
      text.append(static_cast<const char*>(value.data()), value.byte_count());
    }
    const RandomState random = session.random_state();
    return text + std::to_string(random.seed) + " " + std::to_string(random.run_count);
  }

  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  Tensor random_seen = random_normal(g, {});
  Variable W, V, moving_mean;
  Tensor average, error, loss, step;
  Tensor factor = g.placeholder("factor", {});
  Tensor validation = factor * reduce_mean(x) * reduce_sum(square(random_normal(g, {2})));
  std::vector<Callback> callbacks = {};
  Session session;
};

}  // namespace gradus
