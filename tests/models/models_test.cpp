#include <cmath>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"
#include "paths.h"
#include "support/error_text.h"

namespace gradus::models {
namespace {

std::vector<std::string> names(const std::vector<Variable>& variables) {
  std::vector<std::string> all;
  for (const Variable& v : variables) all.push_back(v.name() + " " + to_text(v.shape()));
  return all;
}

TEST(BasicAE, makes_its_variables_from_unit_nbrs) {
  Graph g;
  const BasicAE ae(g, {3, 2});
  EXPECT_EQ(names(ae.variables()),
            (std::vector<std::string>{"basic_ae/W [2, 3]", "basic_ae/b1 [2]", "basic_ae/b2 [3]"}));
}

TEST(BasicAE, maps_x_through_W_and_its_transpose) {
  Graph g;
  const BasicAE ae(g, {2, 1});
  Tensor x = g.placeholder("x", {any_size, 2});
  Tensor y = ae(x);
  EXPECT_EQ(to_text(y.shape()), "[?, 2]");
  Session session(g);
  session.set(ae.W(), Array({{1, 2}}));
  session.set(ae.b1(), Array({-7}));
  session.set(ae.b2(), Array({0.5, 0}));
  // code = elu(1 + 4 - 7) = e^-2 - 1 for (1, 2); x_tilde = elu(code (1, 2) + (0.5, 0))
  const double code = std::expm1(-2.0);
  const Array result = session.run(y, {{x, Array({{1, 2}})}});
  EXPECT_NEAR(result.at<float>({0, 0}), std::expm1(code + 0.5), 1e-6);
  EXPECT_NEAR(result.at<float>({0, 1}), std::expm1(2 * code), 1e-6);
}

TEST(AutoEncoder, a_tied_one_has_the_encoders_matrices_alone) {
  Graph g;
  const AutoEncoder ae(g, {784, 256, 64});
  EXPECT_EQ(names(ae.variables()),
            (std::vector<std::string>{"auto_encoder/W1 [256, 784]", "auto_encoder/b1 [256]",
                                      "auto_encoder/W2 [64, 256]", "auto_encoder/b2 [64]",
                                      "auto_encoder/b3 [256]", "auto_encoder/b4 [784]"}));
  EXPECT_EQ(names(ae.trainable_variables("W*")),
            (std::vector<std::string>{"auto_encoder/W1 [256, 784]", "auto_encoder/W2 [64, 256]"}));
  EXPECT_EQ(ae.parameter_count(), 218448);
  EXPECT_EQ(ae.code_size(), 64);
}

TEST(AutoEncoder, an_untied_one_has_matrices_for_the_decoder) {
  Graph g;
  AutoEncoder ae(g, {5, 3, 2}, {.tied = false});
  EXPECT_EQ(names(ae.trainable_variables("W*")),
            (std::vector<std::string>{"auto_encoder/W1 [3, 5]", "auto_encoder/W2 [2, 3]",
                                      "auto_encoder/W3 [3, 2]", "auto_encoder/W4 [5, 3]"}));
  EXPECT_EQ(to_text(ae(g.placeholder("x", {any_size, 5})).shape()), "[?, 5]");
}

TEST(AutoEncoder, with_one_layer_it_is_the_basic_one) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  const BasicAE basic(g, {3, 2});
  AutoEncoder general(g, {3, 2});
  Tensor a = basic(x), b = general(x);
  Session session(g, {.seed = 3});
  for (std::size_t i = 0; i < 3; ++i)
    session.set(general.variables()[i], session.value(basic.variables()[i]));
  const std::vector<Array> y = session.run({a, b}, {{x, Array({{1, 2, 3}, {-1, 0, 1}})}});
  EXPECT_EQ(y[0], y[1]);
}

TEST(AutoEncoder, encode_and_decode_are_its_halves_and_code_is_between_them) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 4});
  AutoEncoder ae(g, {4, 3, 2});
  EXPECT_FALSE(ae.code());
  Tensor whole = ae(x), code = ae.code(), halves = ae.decode(ae.encode(x));
  EXPECT_EQ(to_text(code.shape()), "[?, 2]");
  Session session(g, {.seed = 1});
  const Feed feed(x, Array({{1, 2, 3, 4}}));
  const std::vector<Array> y = session.run({whole, halves}, {feed});
  EXPECT_EQ(y[0], y[1]);
}

TEST(AutoEncoder, activations_are_options) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 2});
  AutoEncoder ae(g, {2, 2},
                 {.activation = {"halved", [](const Tensor& h) { return 0.5 * h; }},
                  .output_activation = "sigmoid"});
  Tensor y = ae(x);
  Session session(g);
  session.set(ae.variables()[0], Array({{1, 0}, {0, 1}}));
  const Array result = session.run(y, {{x, Array({{2, -4}})}});
  EXPECT_NEAR(result.at<float>({0, 0}), 1 / (1 + std::exp(-1.0)), 1e-6);
  EXPECT_NEAR(result.at<float>({0, 1}), 1 / (1 + std::exp(2.0)), 1e-6);
}

TEST(AutoEncoder, the_code_has_an_activation_of_its_own) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 2});
  const Activation halved("halved", [](const Tensor& h) { return 0.5 * h; });
  const Activation negative("negative", [](const Tensor& h) { return -h; });
  const AutoEncoder ae(g, {2, 2, 2}, {.activation = halved, .code_activation = negative}),
      plain(g, {2, 2, 2}, {.activation = halved});
  Tensor code = ae.encode(x), plain_code = plain.encode(x);
  Session session(g);
  const Array identity({{1, 0}, {0, 1}});
  for (const AutoEncoder* model : {&ae, &plain})
    for (const Variable& W : model->trainable_variables("W*")) session.set(W, identity);
  const std::vector<Array> codes = session.run({code, plain_code}, {{x, Array({{2, -4}})}});
  EXPECT_EQ(codes[0], Array({{-1, 2}}));
  EXPECT_EQ(codes[1], Array({{0.5, -1}}));
}

TEST(AutoEncoder, an_input_of_the_wrong_size_is_refused_at_the_callers_line) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 5});
  AutoEncoder ae(g, {4, 2});
  const std::string line = std::to_string(__LINE__ + 1);
  const auto call = [&] { ae(x); };
  EXPECT_EQ(error_text<ShapeError>(call),
            "matmul: inner dimensions differ: [?, 5] x [2, 4]^T  (5 and 4)\n"
            "  at  models_test.cpp:" +
                line +
                ", node \"auto_encoder/encoder_1/matmul\"\n"
                "  a   \"x\"                float32 [?, 5]\n"
                "  b   \"auto_encoder/W1\"  float32 [2, 4]");
}

TEST(AutoEncoder, two_models_in_one_graph_have_names_of_their_own) {
  Graph g;
  const AutoEncoder first(g, {4, 2}), second(g, {4, 2});
  EXPECT_EQ(first.name(), "auto_encoder");
  EXPECT_EQ(second.name(), "auto_encoder_1");
  EXPECT_EQ(g.trainable_variables("auto_encoder_1/*").size(), 3u);
}

TEST(Models, wrong_unit_nbrs_are_refused) {
  Graph g;
  const SourceLocation nowhere;
  EXPECT_EQ(error_text<GraphError>([&] {
              BasicAE(g, {3, 2, 1}, nowhere);
            }),
            "BasicAE: unit_nbrs must be 2 positive numbers, inputs first: [3, 2, 1]");
  EXPECT_EQ(error_text<GraphError>([&] { AutoEncoder(g, {3}, {}, nowhere); }),
            "AutoEncoder: unit_nbrs must be 2 or more positive numbers, inputs first: [3]");
  EXPECT_EQ(error_text<GraphError>([&] {
              AutoEncoder(g, {3, 0}, {}, nowhere);
            }),
            "AutoEncoder: unit_nbrs must be 2 or more positive numbers, inputs first: [3, 0]");
  EXPECT_EQ(error_text<GraphError>([&] { AutoEncoder(g, {}, {}, nowhere); }),
            "AutoEncoder: unit_nbrs must be 2 or more positive numbers, inputs first: []");
  EXPECT_EQ(g.node_count(), 0);
}

TEST(Module, summary_counts_a_tied_matrix_once_and_lists_its_uses) {
  Graph g;
  AutoEncoder ae(g, {784, 256, 64});
  ae(g.placeholder("x", {any_size, 784}));
  std::ifstream file(GRADUS_TEST_DATA "/summary.txt");
  EXPECT_EQ(ae.summary(), std::string(std::istreambuf_iterator<char>(file), {}));
}

TEST(Module, summary_before_the_first_call_has_no_uses) {
  Graph g;
  EXPECT_EQ(BasicAE(g, {3, 2}).summary(),
            "basic_ae\n"
            "-------------------------------------\n"
            "variable  shape   parameters  used in\n"
            "-------------------------------------\n"
            "W         [2, 3]           6  -\n"
            "b1        [2]              2  -\n"
            "b2        [3]              3  -\n"
            "-------------------------------------\n"
            "total                     11\n");
}

// The same training twice, for one and for two threads.
Array trained_weights(int threads) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  AutoEncoder ae(g, {784, 64, 16});
  Tensor step =
      Adam{}.minimize(reconstruction_error(ae(x), x) + 1e-4 * l2(ae.trainable_variables("W*")));
  const Mnist digits = generated_digits(5, {.train = 300, .validation = 0, .test = 0});
  Session session(g, {.seed = 9, .threads = threads});
  for (int epoch = 0; epoch < 2; ++epoch)
    for (const Array& images : digits.train.batches(10, epoch)) session.run(step, {{x, images}});
  for (const Array& images : digits.train.batches(300, 0)) session.run(step, {{x, images}});
  return session.value(ae.variables()[0]);
}

TEST(Models, the_same_seed_gives_the_same_bits_twice_and_for_any_number_of_threads) {
  const Array one = trained_weights(1);
  EXPECT_EQ(one, trained_weights(1));
  EXPECT_EQ(one, trained_weights(2));
  EXPECT_EQ(one, trained_weights(4));
}

TEST(Models, units_that_no_matrix_can_have_are_refused_at_the_users_line) {
  Graph g;
  constexpr std::int64_t large = std::int64_t{1} << 31, larger = std::int64_t{1} << 61;
  const std::string text =
      "shape: [2147483648, 2147483648] has more than 2^60 elements\n  at  here";
  EXPECT_EQ(refusal<ShapeError>([&] { BasicAE(g, {large, large}); }), text);
  EXPECT_EQ(refusal<ShapeError>([&] { AutoEncoder(g, {large, large}); }), text);
  EXPECT_EQ(refusal<ShapeError>([&] {
              AutoEncoder(g, {2, larger});
            }),
            "shape: [2305843009213693952, 2] has more than 2^60 elements\n  at  here");
  constexpr std::int64_t units = std::int64_t{1} << 30;
  const AutoEncoder deep(g, std::vector<std::int64_t>(9, units));
  EXPECT_EQ(refusal<ShapeError>([&] { deep.parameter_count(); }),
            "module: \"" + deep.name() + "\" has 2^63 parameters or more");
}

}  // namespace
}  // namespace gradus::models
