// The step of training the auto-encoder, in Gradus, as a user writes it.
//
//   ae_step batch=10 threads=1 dtype=float32 optimizer=sgd seconds=1
#include <memory>
#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "contestant.h"
#include "numbers.h"

using namespace gradus;

namespace {

Tensor minimize(const std::string& optimizer, const Tensor& loss) {
  if (optimizer == "adam") return Adam{.learning_rate = bench::learning_rate}.minimize(loss);
  return SGD{.learning_rate = bench::learning_rate}.minimize(loss);
}

struct Model {
  Tensor x, loss;
  std::vector<Variable> variables;  // W1, b1, W2, b2, b3, b4
};

Model float32_model(const Graph& g) {
  Tensor x = Graph(g).placeholder("x", {any_size, bench::inputs});
  models::AutoEncoder ae(g, {bench::inputs, bench::hidden, bench::code});
  Tensor loss =
      reconstruction_error(ae(x), x) + double{bench::decay} * l2(ae.trainable_variables("W*"));
  return {x, loss, ae.trainable_variables()};
}

// AutoEncoder's variables are float32: the same model from ops.
Model float64_model(const Graph& g) {
  using bench::code, bench::hidden, bench::inputs;
  Tensor x = g.placeholder("x", {any_size, inputs}, float64);
  Variable W1 = g.variable("W1", zeros({hidden, inputs}, float64));
  Variable W2 = g.variable("W2", zeros({code, hidden}, float64));
  Variable b1 = g.variable("b1", zeros({hidden}, float64));
  Variable b2 = g.variable("b2", zeros({code}, float64));
  Variable b3 = g.variable("b3", zeros({hidden}, float64));
  Variable b4 = g.variable("b4", zeros({inputs}, float64));
  Tensor h1 = elu(matmul(x, W1, {.transpose_b = true}) + b1);
  Tensor z = elu(matmul(h1, W2, {.transpose_b = true}) + b2);
  Tensor h3 = elu(matmul(z, W2) + b3);
  Tensor x_tilde = elu(matmul(h3, W1) + b4);
  Tensor loss = reconstruction_error(x_tilde, x) + double{bench::decay} * l2({W1, W2});
  return {x, loss, {W1, b1, W2, b2, b3, b4}};
}

template <class T>
Array initialize(Session& session, const Model& model, std::int64_t batch) {
  const bench::AutoEncoderNumbers<T> numbers(batch);
  const std::vector<T>* values[] = {&numbers.W1, &numbers.b1, &numbers.W2,
                                    &numbers.b2, &numbers.b3, &numbers.b4};
  for (std::size_t i = 0; i < model.variables.size(); ++i)
    session.set(model.variables[i], Array(model.variables[i].shape(), *values[i]));
  return Array({batch, bench::inputs}, numbers.x);
}

int measure(const bench::Arguments& arguments) {
  const bool is_double = arguments.text("dtype", "float32") == "float64";
  const std::int64_t batch = arguments.number("batch", 10);
  const Graph g;
  const Model model = is_double ? float64_model(g) : float32_model(g);
  Tensor step = minimize(arguments.text("optimizer", "sgd"), model.loss);
  Session session(g, {.threads = static_cast<int>(arguments.number("threads", 1))});
  const Array x = is_double ? initialize<double>(session, model, batch)
                            : initialize<float>(session, model, batch);
  return bench::serve(arguments, 20, [&] {
    return session.run({model.loss, step}, {{model.x, x}})[0].item<double>();
  });
}

}  // namespace

int main(int argc, char** argv) { return bench::run(argc, argv, measure); }
