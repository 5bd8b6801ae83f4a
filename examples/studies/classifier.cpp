// Classifiers of digits: a multi-layer perceptron, or a convolutional network.
#include <algorithm>

#include <fmt/format.h>

#include "study.h"

using namespace gradus;

namespace {

// [models]
Sequential mlp(const Graph& g) {
  Sequential model(g, "mlp");
  model.add(layers::Dense(model, 784, 512, {.activation = "relu"}))
      .add(layers::Dropout(0.3))
      .add(layers::Dense(model, 512, 512, {.activation = "relu"}))
      .add(layers::Dropout(0.3))
      .add(layers::Dense(model, 512, 10));
  return model;
}

Sequential cnn(const Graph& g) {
  Sequential model(g, "cnn");
  model.add([](Tensor rows) {
         return reshape(rows, {-1, 28, 28, 1});
       })
      .add(layers::Conv2D(model, 1, 32, 3, {.activation = "relu"}))
      .add(layers::MaxPool2D())
      .add(layers::Conv2D(model, 32, 64, 3, {.activation = "relu"}))
      .add(layers::MaxPool2D())
      .add(layers::Flatten())
      .add(layers::Dropout(0.3))
      .add(layers::Dense(model, 1600, 128, {.activation = "relu"}))
      .add(layers::Dropout(0.3))
      .add(layers::Dense(model, 128, 10));
  return model;
}
// [models]

void classifier(study::Study& study, const std::string& kind) {
  constexpr std::int64_t batch_size = 100;
  const std::int64_t epochs = study.epochs(kind == "mlp" ? 12 : 6);
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784}), digit = g.placeholder("digit", {any_size}, int64);
  Sequential model = kind == "mlp" ? mlp(g) : cnn(g);
  const auto loss_of = [&](const Tensor& logits) {
    return reduce_mean(sparse_softmax_cross_entropy_with_logits(digit, logits));
  };
  Tensor logits = model(x), loss = loss_of(model(x, {.training = true}));
  Tensor step = Adam{.learning_rate = study.falling_rate(1e-3, epochs, batch_size)}.minimize(loss);

  Session session(g, study.session_options());
  const Tensor right = accuracy(digit, logits);
  const History history = study.fit(
      kind, session, step, loss, {{x, study.train().images}, {digit, study.train().labels}},
      {.epochs = epochs,
       .batch_size = batch_size,
       .validation = {.data = {{x, study.validation().images}, {digit, study.validation().labels}},
                      .loss = loss_of(logits),
                      .metrics = {{"accuracy", right}}}});
  study.save(session, model.variables());

  const ImageSet& test = study.test();
  const Array predicted = predict(session, argmax(logits, 1), {{x, test.images}});
  const double share = accuracy(test.labels, predicted);
  const Array confused = confusion_matrix(test.labels, predicted, 10);
  fmt::print(
      "{:.2f} % of the test digits are recognised.\nRows: the digit; columns: what it was "
      "taken for.\n",
      100 * share);
  const std::span<const std::int64_t> counts = confused.values<std::int64_t>();
  for (std::size_t i = 0; i < 10; ++i)
    fmt::print("  {}: {:>5}\n", i, fmt::join(counts.subspan(10 * i, 10), " "));
  study.metric("model", kind);
  study.metric("test_accuracy", share);
  study.metric("validation_accuracy", history.of("val_accuracy"));
  study.metric("parameters", model.parameter_count());

  Plot curve("Validation images along training");
  std::vector<double> errors;
  for (const double accuracy : history.of("val_accuracy")) errors.push_back(100 * (1 - accuracy));
  curve.line(kind, errors);
  curve.x_label("epoch").y_label("errors in %").log_y();
  example::report(curve.write(study.file("training")));
  const Array mistakes = flatnonzero(not_equal(predicted, test.labels));
  if (mistakes.size() > 0)
    write_image_grid(
        study.file("mistakes.png"),
        {{"", test.images.rows(mistakes.rows(0, std::min<std::int64_t>(60, mistakes.size())))}},
        {.columns = 20, .scale = 2});
}

}  // namespace

int main(int argc, char** argv) {
  study::Study study("classifier", "Classifiers of digits, trained on all labels.");
  std::string kind = "mlp";
  study.program().option("--model", kind, "a multi-layer perceptron or a convolutional network",
                         {"mlp", "cnn"});
  return study.run(argc, argv, [&] { classifier(study, kind); });
}
