// The figures of docs/gallery.md: gallery FOLDER writes each as .svg and as .dot.
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "program.h"

using namespace gradus;

namespace {

std::filesystem::path folder;

// [figure]
void figure(const std::string& name, const std::vector<Tensor>& tensors,
            const DiagramOptions& options = {}) {
  for (const char* extension : {".svg", ".dot"})
    write_diagram(folder / (name + extension), tensors, options);
}
// [figure]
void figure(const std::string& name, const Graph& graph, const std::vector<NodeId>& nodes,
            const DiagramOptions& options = {}) {
  for (const char* extension : {".svg", ".dot"})
    write_diagram(folder / (name + extension), graph, nodes, options);
}
void figure(const std::string& name, const Error& error, const DiagramOptions& options = {}) {
  for (const char* extension : {".svg", ".dot"})
    write_diagram(folder / (name + extension), error, options);
}

void figure(const std::string& name, const std::vector<PassTrace>& passes, std::size_t pass,
            const DiagramOptions& options = {}) {
  for (const char* extension : {".svg", ".dot"})
    write_diagram(folder / (name + extension), passes, pass, options);
}

void draw_operands() {
  // [operands]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  Tensor n = g.placeholder("n", {any_size, 3}, int64);
  Tensor twice = named(x + x, "twice");
  Tensor decay = exp(0.5 * twice), rest = 1 - twice;
  Tensor y = where(n > 0, rest, decay);
  figure("operands", {y});
  // [operands]
}

void draw_basic_ae() {
  // [basic_ae]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor x_tilde = named(ae(x), "x_tilde");
  Tensor loss = named(reduce_mean(reduce_sum(square(x_tilde - x), {1})), "loss");
  figure("basic_ae", {loss});
  // [basic_ae]

  // [basic_ae_gradients]
  std::vector<Tensor> d = gradients(loss, {ae.W(), ae.b1(), ae.b2()});
  d.push_back(loss);
  figure("basic_ae_gradients", d);
  // [basic_ae_gradients]

  // [values]
  Session session(g, {.seed = 4});
  Array points({{1, 0.5, -1}, {0, 2, 0.25}});
  figure("values", {loss}, {.values = values_and_gradients_of(session, loss, {{x, points}})});
  // [values]

  // [step]
  Tensor step = named(SGD{.learning_rate = 0.2}.minimize(loss), "step");
  figure(
      "step", {loss, step},
      {.title = "One step of training", .theme = DiagramTheme::dark, .collapses_gradients = true});
  // [step]
}

void draw_passes() {
  // [passes]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae(g, {3, 2});
  Tensor loss = reduce_mean(reduce_sum(square(ae(x) - x), {1}));
  Tensor step = named(SGD{.learning_rate = 0.2}.minimize(loss), "step");
  std::vector<PassTrace> passes = trace_passes({step}, {{x, Array::zeros({10, 3})}});
  for (std::size_t i = 0; i < passes.size(); ++i)
    figure("passes_" + std::string(passes[i].name), passes, i);
  // [passes]
}

void draw_tied_ae() {
  // [tied_ae]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  models::AutoEncoder ae(g, {784, 256, 64});  // 784-256-64-256-784, tied
  Tensor x_tilde = named(ae(x), "x_tilde");
  Tensor mse = named(reduce_mean(reduce_sum(square(x_tilde - x), {1})), "mse");
  Tensor loss = named(mse + 1e-4 * l2(ae.trainable_variables("W*")), "loss");
  figure("tied_ae", {loss});
  // [tied_ae]

  // [tied_ae_gradients]
  std::vector<Tensor> d = gradients(loss, ae.variables());
  d.push_back(loss);
  figure("tied_ae_gradients", d);
  figure("tied_ae_rules", d, {.collapses_gradients = true});
  // [tied_ae_gradients]

  Tensor step = named(Adam{}.minimize(mse), "step");
  // [collapsed]
  figure("collapsed", {step, mse}, {.collapsed_scopes = {"auto_encoder", "gradients*", "adam"}});
  // [collapsed]

  // [between]
  Tensor W2 = g.find("auto_encoder/W2");
  figure("between", g, between({W2}, {mse}));
  // [between]

  // [digits]
  Mnist digits = generated_digits(42, {.train = 2000, .validation = 0, .test = 10});
  Session session(g, {.seed = 42});
  for (const Array& images : digits.train.batches(10, 0)) session.run(step, {{x, images}});
  figure("digits", {x_tilde},
         {.collapsed_scopes = {"*coder_*"},
          .values = values_of(session, x_tilde, {{x, digits.test.images.rows(0, 3)}})});
  // [digits]
}

void draw_unrolled() {
  // [unrolled]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 28, 28});
  layers::LSTM lstm(g, 28, 64);
  layers::Dense dense(g, 64, 10);
  Tensor loss = named(reduce_mean(square(dense(lstm(x)))), "loss");
  Tensor step = named(Adam{}.minimize(loss), "step");
  figure("unrolled", {loss, step});
  // [unrolled]
}

void draw_error() {
  // [wrong]
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Variable W1 = g.variable("W1", glorot_uniform({256, 784}));
  Variable W2 = g.variable("W2", glorot_uniform({64, 256}));
  try {
    Tensor h = elu(matmul(x, W1, {.transpose_b = true}));
    Tensor code = elu(matmul(h, W2));  // forgets to transpose
  } catch (const ShapeError& error) {
    figure("wrong", error);
  }
  // [wrong]
}

int draw() {
  example::make_folder(folder);
  draw_operands();
  draw_basic_ae();
  draw_passes();
  draw_tied_ae();
  draw_unrolled();
  draw_error();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string out = "out/gallery";
  example::Program program("gallery", "Draws the figures of docs/gallery.md.");
  program.option("FOLDER", out, "where each is written as .svg and as .dot");
  return program.run(argc, argv, [&] { return folder = out, draw(); });
}
