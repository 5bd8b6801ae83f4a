// Modules: names, parts, what belongs to whom.
#include <gradus/module.h>

#include <gmock/gmock.h>

#include <gradus/auto_encoder.h>
#include <gradus/gradients.h>
#include <gradus/initializers.h>
#include <gradus/ops.h>
#include <gradus/optimizers.h>
#include <gradus/session.h>
#include <gradus/traversal.h>

#include "support/error_text.h"

namespace gradus {
namespace {

using testing::ElementsAre;

class Linear : public Module {
 public:
  Linear(const Parent& parent, std::int64_t inputs, std::int64_t units,
         const std::string& name = "linear")
      : Module(parent, name),
        W_(variable("W", glorot_uniform({units, inputs}))),
        b_(variable("b", zeros({units}))) {}

  Tensor operator()(const Tensor& x) const {
    const NameScope scope = enter();
    return matmul(x, W_, {.transpose_b = true}) + b_;
  }

 private:
  Variable W_, b_;
};

// Two parts of one name, one of its own, and a part that has parts.
class Vae : public Module {
 public:
  explicit Vae(const Parent& parent)
      : Module(parent, "vae"),
        encoder_1_(*this, 4, 3, "encoder_1"),
        mu_(*this, 3, 2),
        sigma_(*this, 3, 2),
        decoder_(*this, {4, 2}),
        temperature_(variable("temperature", ones({}), false)) {}

  Tensor operator()(const Tensor& x) {
    const NameScope scope = enter();
    const Tensor h = relu(encoder_1_(x));
    return decoder_.decode(mu_(h) + temperature_ * sigma_(h));
  }
  const Linear& encoder() const { return encoder_1_; }

 private:
  Linear encoder_1_, mu_, sigma_;
  models::AutoEncoder decoder_;
  Variable temperature_;
};

std::vector<std::string> names(const std::vector<Variable>& variables) {
  std::vector<std::string> names;
  for (const Variable& v : variables) names.push_back(v.name());
  return names;
}

TEST(Module, has_the_variables_of_its_parts_named_by_their_paths) {
  Graph g;
  const Vae vae(g);
  EXPECT_THAT(names(vae.variables()),
              ElementsAre("vae/encoder_1/W", "vae/encoder_1/b", "vae/linear/W", "vae/linear/b",
                          "vae/linear_1/W", "vae/linear_1/b", "vae/auto_encoder/W1",
                          "vae/auto_encoder/b1", "vae/auto_encoder/b2", "vae/temperature"));
  EXPECT_THAT(names(vae.encoder().variables()), ElementsAre("vae/encoder_1/W", "vae/encoder_1/b"));
  EXPECT_EQ(vae.encoder().name(), "vae/encoder_1");
  EXPECT_EQ(vae.parameter_count(), 15 + 8 + 8 + 8 + 2 + 4 + 1);
}

TEST(Module, finds_variables_by_their_path_or_by_their_own_name) {
  Graph g;
  const Vae vae(g);
  EXPECT_THAT(
      names(vae.trainable_variables("W*")),
      ElementsAre("vae/encoder_1/W", "vae/linear/W", "vae/linear_1/W", "vae/auto_encoder/W1"));
  EXPECT_THAT(names(vae.trainable_variables("linear/*")),
              ElementsAre("vae/linear/W", "vae/linear/b"));
  EXPECT_TRUE(vae.trainable_variables("vae/*").empty());
}

TEST(Module, of_one_graph_twice_has_names_of_its_own) {
  Graph g;
  const Vae first(g), second(g);
  EXPECT_EQ(second.encoder().name(), "vae_1/encoder_1");
  EXPECT_EQ(first.variables().size(), second.variables().size());
}

TEST(Module, that_is_called_names_nodes_by_its_parts_wherever_the_call_stands) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 4});
  Vae vae(g);
  const NameScope scope = g.scope("elsewhere");
  vae(x);
  EXPECT_EQ(g.find("vae/encoder_1/matmul").op_name(), "matmul");
  EXPECT_EQ(g.find("vae/relu").op_name(), "relu");
  EXPECT_EQ(g.find("vae/auto_encoder/decoder_1/elu").op_name(), "elu");
}

TEST(Module, that_is_copied_stands_for_the_same_variables) {
  Graph g;
  const Vae vae(g);
  const Vae copy = vae;
  EXPECT_EQ(names(copy.variables()), names(vae.variables()));
  EXPECT_EQ(names(copy.encoder().variables()), names(vae.encoder().variables()));
}

TEST(Module, is_made_within_the_scope_that_is_open) {
  Graph g;
  const NameScope scope = g.scope("generator");
  EXPECT_EQ(Vae(g).encoder().name(), "generator/vae/encoder_1");
}

TEST(Module, whose_part_is_frozen_trains_the_rest) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 4});
  Linear hidden(g, 4, 3, "hidden"), out(g, 3, 1, "out");
  const Tensor loss = reduce_mean(square(out(hidden(x))));
  hidden.set_trainable(false);
  EXPECT_THAT(names(g.trainable_variables()), ElementsAre("out/W", "out/b"));
  const Tensor step = SGD{.learning_rate = 0.1}.minimize(loss);
  Session session(g);
  const Array before = session.value(hidden.variables()[0]),
              out_before = session.value(out.variables()[0]);
  session.run(step, {{x, Array({{1, 2, 3, 4}})}});
  EXPECT_EQ(session.value(hidden.variables()[0]), before);
  EXPECT_NE(session.value(out.variables()[0]), out_before);
  hidden.set_trainable(true);
  EXPECT_EQ(g.trainable_variables().size(), 4U);
}

TEST(Module, integers_are_never_trainable) {
  Graph g;
  const Variable count = g.variable("count", zeros({}, int64));
  EXPECT_EQ(error_text_here<GraphError>([&] { count.set_trainable(true); }),
            "set_trainable: \"count\" is int64: only floats can be trained\n  at  here");
  count.set_trainable(false);
  EXPECT_FALSE(count.is_trainable());
}

// The practical's question 2.4: weights are told from biases by the first letter of their names.
TEST(Module, weights_are_found_by_the_first_letter_of_their_names) {
  Graph g;
  const models::AutoEncoder model(g, {4, 2});
  Tensor sum = model.graph().constant(0);
  for (const Variable& v : model.trainable_variables())
    if (v.local_name()[0] == 'W') sum += reduce_sum(square(v));
  Session session(g);
  const std::vector<Variable> weights = model.trainable_variables("W*");
  ASSERT_EQ(weights.size(), 1U);
  EXPECT_EQ(session.run(sum), session.run(reduce_sum(square(weights[0]))));
}

TEST(TensorList, of_variables_goes_where_tensors_are_asked_for) {
  Graph g;
  const Linear linear(g, 2, 1);
  const Tensor loss = reduce_sum(square(linear(g.placeholder("x", {1, 2}))));
  const std::vector<Tensor> slopes = gradients(loss, linear.variables());
  ASSERT_EQ(slopes.size(), 2U);
  EXPECT_EQ(slopes[1].shape(), Shape({1}));
  Session session(g);
  const std::vector<Array> values = session.run(g.variables());
  EXPECT_EQ(values[0], session.value(linear.variables()[0]));
  EXPECT_EQ(session.run(linear.variables()[1]), values[1]);
  EXPECT_EQ(descendants(linear.variables()).size(),
            descendants({linear.variables()[0], linear.variables()[1]}).size());
}

TEST(Summary, has_the_variables_of_parts) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 4});
  Vae vae(g);
  vae(x);
  EXPECT_EQ(vae.summary(),
            "vae\n"
            "-----------------------------------------------------------\n"
            "variable         shape   parameters  used in\n"
            "-----------------------------------------------------------\n"
            "encoder_1/W      [3, 4]          12  encoder_1\n"
            "encoder_1/b      [3]              3  encoder_1\n"
            "linear/W         [2, 3]           6  linear\n"
            "linear/b         [2]              2  linear\n"
            "linear_1/W       [2, 3]           6  linear_1\n"
            "linear_1/b       [2]              2  linear_1\n"
            "auto_encoder/W1  [2, 4]           8  auto_encoder/decoder_1\n"
            "auto_encoder/b1  [2]              2  -\n"
            "auto_encoder/b2  [4]              4  auto_encoder/decoder_1\n"
            "temperature      []               1  multiply\n"
            "-----------------------------------------------------------\n"
            "total                            46\n");
}

// What stands in the last column beside the variable.
std::string uses(const Module& module, const std::string& variable) {
  const std::string text = module.summary();
  const std::size_t header = text.find("\nvariable ") + 1,
                    line = text.find("\n" + variable + " ") + 1;
  const std::size_t column = text.find("used in") - header;
  return text.substr(line + column, text.find('\n', line) - line - column);
}

TEST(Summary, names_a_place_once_however_often_the_module_is_called) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 4});
  models::AutoEncoder ae(g, {4, 3, 2});
  ae(ae(x));
  EXPECT_EQ(uses(ae, "W1"), "encoder_1, decoder_2 (tied)");
  EXPECT_EQ(uses(ae, "b1"), "encoder_1");
  const Linear linear(g, 4, 4);
  linear(linear(x));
  EXPECT_EQ(uses(linear, "W"), "matmul");
  EXPECT_EQ(uses(linear, "b"), "add");  // not what repeats it for each row
}

// A class of one's own that does without enter().
struct Plain : Module {
  explicit Plain(const Graph& g) : Module(g, "plain"), W(variable("W", ones({4}))) {}
  Tensor operator()(const Tensor& x) const { return x * W; }
  Variable W;
};

TEST(Summary, of_a_module_that_does_not_enter_its_scope_names_who_reads_it) {
  Graph g;
  const Plain plain(g);
  EXPECT_EQ(uses(plain, "W"), "-");
  const NameScope scope = g.scope("model");
  plain(g.placeholder("x", {any_size, 4}));
  EXPECT_EQ(uses(plain, "W"), "model");
}

}  // namespace
}  // namespace gradus
