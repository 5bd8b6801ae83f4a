// Layers: names, shapes, what they refuse. Their numbers are compared with PyTorch's by
// pytorch/compare_with_pytorch.py.
#include <gmock/gmock.h>

#include <gradus/gradus.h>

#include "core/refusal.h"
#include "support/error_text.h"

namespace gradus::layers {
namespace {

using testing::ElementsAre;

std::vector<std::string> names_of(const std::vector<Variable>& variables) {
  std::vector<std::string> names;
  for (const Variable& v : variables) names.push_back(v.name());
  return names;
}

std::string shape_of(const Tensor& x) { return to_text(x.shape()); }

struct Layers : testing::Test {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 4});
  Tensor image = g.placeholder("image", {any_size, 28, 28, 1});
  Tensor sequence = g.placeholder("sequence", {any_size, 5, 3});
};

TEST_F(Layers, have_kerass_shapes) {
  EXPECT_EQ(shape_of(Dense(g, 4, 7)(x)), "[?, 7]");
  EXPECT_EQ(shape_of(Dense(g, 3, 7)(sequence)), "[?, 5, 7]");
  EXPECT_EQ(shape_of(Embedding(g, 10, 6)(g.placeholder("ids", {any_size, 5}, int64))), "[?, 5, 6]");
  EXPECT_EQ(shape_of(Conv2D(g, 1, 8, 3)(image)), "[?, 26, 26, 8]");
  EXPECT_EQ(shape_of(Conv2D(g, 1, 8, {5, 3}, {.strides = 2, .padding = Padding::same})(image)),
            "[?, 14, 14, 8]");
  EXPECT_EQ(shape_of(Conv2DTranspose(g, 1, 8, 3, {.strides = 2, .padding = Padding::same})(image)),
            "[?, 56, 56, 8]");
  EXPECT_EQ(shape_of(MaxPool2D()(image)), "[?, 14, 14, 1]");
  EXPECT_EQ(shape_of(AveragePool2D({4, 2}, {.strides = 2})(image)), "[?, 13, 14, 1]");
  EXPECT_EQ(shape_of(Flatten()(image)), "[?, 784]");
  EXPECT_EQ(shape_of(LayerNorm(g, 4)(x)), "[?, 4]");
  EXPECT_EQ(shape_of(SimpleRNN(g, 3, 6)(sequence)), "[?, 6]");
  EXPECT_EQ(shape_of(LSTM(g, 3, 6, {.return_sequences = true})(sequence)), "[?, 5, 6]");
  EXPECT_EQ(shape_of(GRU(g, 3, 6)(sequence)), "[?, 6]");
  EXPECT_EQ(shape_of(MultiHeadAttention(g, 3, 2, 4)(sequence, sequence)), "[?, 5, 3]");
}

TEST_F(Layers, name_their_variables_by_path) {
  const Dense first(g, 4, 3), second(g, 4, 3), named(g, 4, 3, {.name = "head", .use_bias = false});
  EXPECT_THAT(names_of(second.variables()), ElementsAre("dense_1/W", "dense_1/b"));
  EXPECT_THAT(names_of(named.variables()), ElementsAre("head/W"));
  EXPECT_FALSE(named.b());
  EXPECT_EQ(to_text(first.W().shape()), "[3, 4]");
  EXPECT_EQ(to_text(Conv2D(g, 2, 8, 3).W().shape()), "[3, 3, 2, 8]");
  EXPECT_EQ(to_text(Conv2DTranspose(g, 2, 8, 3).W().shape()), "[3, 3, 8, 2]");
  EXPECT_THAT(names_of(LSTM(g, 3, 6).variables()), ElementsAre("lstm/W", "lstm/U", "lstm/b"));
  EXPECT_EQ(MultiHeadAttention(g, 8, 2, 4).parameter_count(), 4 * (8 * 8 + 8));
  EXPECT_EQ(first(x).name(), "dense/add");
}

TEST_F(Layers, take_activations_and_initializers_by_name_or_as_functions) {
  const Dense relu_layer(g, 4, 2, {.activation = "relu", .kernel_initializer = "ones"});
  const Dense halved(
      g, 4, 2,
      {.activation = {"halved", [](const Tensor& h) { return 0.5 * h; }},
       .kernel_initializer = [](const Shape& shape, Layout) { return constant(shape, 2); },
       .bias_initializer = "ones"});
  Session session(g);
  const Feed feed(x, Array({{1, 2, 3, -10}}));
  EXPECT_EQ(to_text(session.run(relu_layer(x), {feed})), "[[0, 0]]");
  EXPECT_EQ(to_text(session.run(halved(x), {feed})), "[[-3.5, -3.5]]");
  EXPECT_EQ(error_text<GraphError>([] { Activation("gelu9", SourceLocation()); }),
            "activation: \"gelu9\" is not known; there are linear, elu, relu, sigmoid, softplus, "
            "tanh, celu, exp, gelu, hard_sigmoid, leaky_relu, log_sigmoid, mish, selu, silu, "
            "softmax, softsign");
  EXPECT_EQ(error_text<GraphError>([] {
              Activation("mine", std::function<Tensor(const Tensor&)>(), SourceLocation());
            }),
            "activation: \"mine\" has no function");
  EXPECT_EQ(error_text<GraphError>([] { WeightInitializer("xavier", SourceLocation()); }),
            "initializer: \"xavier\" is not known; there are zeros, ones, uniform, normal, "
            "truncated_normal, glorot_uniform, glorot_normal, he_uniform, he_normal, orthogonal");
}

// Each known activation is the function of its name.
TEST_F(Layers, know_activations_by_the_names_of_their_functions) {
  for (const char* name :
       {"elu", "relu", "sigmoid", "softplus", "tanh", "celu", "exp", "gelu", "hard_sigmoid",
        "leaky_relu", "log_sigmoid", "mish", "selu", "silu", "softmax", "softsign"}) {
    EXPECT_EQ(Activation(name).name(), name);
    const std::string listed = listing({Activation(name)(x)});
    EXPECT_NE(listed.find(name), std::string::npos) << listed;
  }
  EXPECT_EQ(Activation()(x), x);
}

TEST_F(Layers, refuse_sizes_at_the_callers_line) {
  EXPECT_EQ(refusal<GraphError>([&] { Dense(g, 4, 0); }),
            "Dense: units must be 1 or more, got 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { Embedding(g, -1, 3); }),
            "Embedding: count must be 1 or more, got -1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] {
              Conv2D(g, 1, 3, {3, 0});
            }),
            "Conv2D: the kernel's width must be 1 or more, got 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { BatchNorm(g, 3, {.momentum = 2}); }),
            "BatchNorm: momentum must be in [0, 1], got 2\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { BatchNorm(g, 3, {.epsilon = 0}); }),
            "BatchNorm: epsilon must be above 0, got 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([] { Dropout(1); }),
            "Dropout: rate must be in [0, 1), got 1\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { MultiHeadAttention(g, 4, 2, 2, {.dropout = -1}); }),
            "MultiHeadAttention: dropout must be in [0, 1), got -1\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              LSTM(g, 3, 2)
              (x);
            }),
            "LSTM: x \"x\" [?, 4] is no sequence [batch, time, inputs] of known time\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              GRU(g, 4, 2)
              (sequence);
            }),
            "GRU: x \"sequence\" [?, 5, 3] has not 4 inputs\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { MultiHeadAttention(g, 4, 2, 2)(x, x); }),
            "MultiHeadAttention: query \"x\" [?, 4] is no sequence [batch, time, size] of known "
            "time\n  at  here");
}

TEST_F(Layers, batch_norm_follows_the_batches_that_are_trained_on) {
  const BatchNorm norm(g, 2, {.momentum = 0.9});
  const Tensor h = g.placeholder("h", {any_size, 2});
  const Tensor loss = reduce_sum(square(norm(h, {.training = true})));
  const Tensor used = norm(h);
  const Tensor step = SGD{}.minimize(loss);
  const Tensor other = SGD{}.minimize(reduce_sum(square(Dense(g, 2, 1)(norm(h)))));
  Session session(g);
  const Feed feed(h, Array({{1, 10}, {3, 30}}));

  // Looking at the result, and training on what was normalized for use, moves nothing.
  session.run({loss, used, other}, {feed});
  EXPECT_EQ(to_text(session.value(norm.moving_mean())), "[0, 0]");
  session.run(step, {feed});
  EXPECT_EQ(to_text(session.value(norm.moving_mean())), "[0.2, 2]");
  EXPECT_EQ(to_text(session.value(norm.moving_variance())), "[1, 10.9]");
  session.run(step, {feed});
  EXPECT_EQ(to_text(session.value(norm.moving_mean())), "[0.38, 3.8]");
  EXPECT_THAT(names_of(norm.trainable_variables()),
              ElementsAre("batch_norm/gamma", "batch_norm/beta"));
}

TEST_F(Layers, batch_norm_moves_with_gradients_that_are_applied_by_hand) {
  const BatchNorm norm(g, 4, {.momentum = 0, .center = false, .scale = false});
  const Dense dense(g, 4, 1);
  const Tensor loss = reduce_sum(square(dense(norm(x, {.training = true}))));
  const Tensor step = Adam{}.apply_gradients({{gradient(loss, dense.W()), dense.W()}});
  Session session(g);
  session.run(step, {{x, Array({{1, 2, 3, 4}, {3, 2, 1, 0}})}});
  EXPECT_EQ(to_text(session.value(norm.moving_mean())), "[2, 2, 2, 2]");
  EXPECT_TRUE(norm.trainable_variables().empty());
}

TEST_F(Layers, dropout_drops_in_training_alone) {
  const Dropout half(0.5);
  EXPECT_EQ(half(x), x);
  Session session(g, {.seed = 1});
  const Array y = session.run(half(x, {.training = true}), {{x, Array::full({100, 4}, 1)}});
  std::int64_t dropped = 0;
  for (const float v : y.values<float>()) {
    EXPECT_TRUE(v == 0 || v == 2) << v;
    dropped += v == 0;
  }
  EXPECT_NEAR(static_cast<double>(dropped), 200, 50);
}

TEST_F(Layers, sequential_calls_its_layers_in_order) {
  Sequential model(g, "cnn");
  model.add(Conv2D(model, 1, 2, 3, {.activation = "relu"}))
      .add(MaxPool2D())
      .add(Flatten())
      .add(Dropout(0.5))
      .add([](const Tensor& h) { return 2 * h; })
      .add(Dense(model, 13 * 13 * 2, 10));
  EXPECT_EQ(shape_of(model(image)), "[?, 10]");
  EXPECT_THAT(names_of(model.variables()),
              ElementsAre("cnn/conv2d/W", "cnn/conv2d/b", "cnn/dense/W", "cnn/dense/b"));
  const auto has_dropout = [&](const Tensor& y) {
    return listing({y}).find("random_bernoulli") != std::string::npos;
  };
  EXPECT_FALSE(has_dropout(model(image)));
  EXPECT_TRUE(has_dropout(model(image, {.training = true})));
  EXPECT_EQ(Sequential(g)(x), x);
  // Wrong use of a layer is told at the line that calls the model.
  EXPECT_EQ(error_text<ShapeError>([&] { model(x); }).find("layers_test.cpp") != std::string::npos,
            true);
}

TEST_F(Layers, sequences_are_read_backwards_and_step_by_step) {
  const LSTM forwards(g, 3, 4, {.return_sequences = true});
  const std::vector<Tensor> elements = unstack(sequence, 1);
  LSTM::State state;
  for (const Tensor& element : elements) state = forwards.step(element, state);
  const auto [y, last] = forwards.run(sequence);
  const GRU gru(g, 3, 4);
  Tensor h;
  for (const Tensor& element : elements) h = gru.step(element, h);
  const SimpleRNN rnn(g, 3, 4, {.go_backwards = true});
  Tensor r;
  for (std::size_t k = elements.size(); k-- > 0;) r = rnn.step(elements[k], r);

  Random random(3, "sequence");
  std::vector<float> values(2 * 5 * 3);
  for (float& v : values) v = static_cast<float>(random.uniform(-1, 1));
  Session session(g, {.seed = 2});
  const std::vector<Array> seen = session.run({state.h, last.h, slice(y, {{}, {-1, {}}}), state.c,
                                               last.c, gru(sequence), h, rnn(sequence), r},
                                              {{sequence, Array({2, 5, 3}, values)}});
  const auto expect_near = [&](std::size_t i, std::size_t k) {
    for (std::size_t e = 0; e < 8; ++e)
      EXPECT_NEAR(seen[i].values<float>()[e], seen[k].values<float>()[e], 1e-6) << i;
  };
  expect_near(0, 1);
  EXPECT_EQ(seen[1].values<float>()[7], seen[2].values<float>()[7]);
  expect_near(3, 4);
  expect_near(5, 6);
  expect_near(7, 8);
}

TEST_F(Layers, the_forget_gate_begins_open) {
  const LSTM lstm(g, 3, 2), without(g, 3, 2, {.unit_forget_bias = false});
  Session session(g);
  EXPECT_EQ(to_text(session.value(lstm.variables()[2])), "[0, 0, 1, 1, 0, 0, 0, 0]");
  EXPECT_EQ(to_text(session.value(without.variables()[2])), "[0, 0, 0, 0, 0, 0, 0, 0]");
}

TEST_F(Layers, an_element_does_not_see_later_ones_in_causal_attention) {
  const MultiHeadAttention attention(g, 3, 2, 4);
  const Tensor y = attention(sequence, sequence, {.causal = true});
  Session session(g, {.seed = 4});
  Array a = Array::full({1, 5, 3}, 0.5), b = a;
  b.mutable_values<float>()[14] = -3;  // of the last element
  const Array of_a = session.run(y, {{sequence, a}}), of_b = session.run(y, {{sequence, b}});
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(of_a.values<float>()[i], of_b.values<float>()[i]);
  EXPECT_NE(of_a.values<float>()[14], of_b.values<float>()[14]);
  // Its weights of attention are dropped in training alone.
  const MultiHeadAttention dropping(g, 3, 2, 4, {.dropout = 0.5});
  const auto draws = [&](const AttentionCall& call) {
    return listing({dropping(sequence, sequence, call)}).find("random_bernoulli") !=
           std::string::npos;
  };
  EXPECT_TRUE(draws({.training = true}));
  EXPECT_FALSE(draws({}));
}

}  // namespace
}  // namespace gradus::layers
