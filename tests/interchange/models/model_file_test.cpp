#include <gradus/model_file.h>

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/initializers.h>
#include <gradus/op/table.h>
#include <gradus/ops.h>
#include <gradus/safetensors.h>
#include <gradus/text.h>
#include <gradus/traversal.h>
#if __has_include(<gradus/diagram.h>)
#include <gradus/diagram.h>
#endif

#include "core/refusal.h"
#include "graph/graph_state.h"
#include "practical.h"
#include "saved_and_loaded.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

std::vector<std::string> tensors_of(const std::filesystem::path& path) {
  std::vector<std::string> names;
  const SafetensorsFile file(path);
  for (const auto& entry : file.entries()) names.push_back(entry.name);
  return names;
}

// What a node tells of itself, beside its number.
std::string description(const Tensor& t) {
  const GraphState& graph = t.state();
  const Node node = graph.node(t.id());
  std::string text = call_text(t) + " " + t.name() + " " + std::string(to_text(t.dtype())) +
                     to_text(t.shape()) + " " + to_text(t.where()) + " in " +
                     graph.names().scope_path(node.scope) + " role " +
                     std::to_string(static_cast<int>(node.role));
  if (node.origin != no_node) text += " of " + graph.name(node.origin);
  if (graph.names().is_given(t.id())) text += " given";
  return text;
}
std::vector<std::string> descriptions(const std::vector<NamedTensor>& named) {
  std::vector<Tensor> tensors;
  for (const NamedTensor& t : named) tensors.push_back(t.tensor);
  std::vector<std::string> all;
  for (NodeId id : ancestors(tensors)) all.push_back(description(tensors[0].state().tensor(id)));
  return all;
}

TEST(ModelFile, runs_without_the_code_that_built_it) {
  const Practical ae = auto_encoder();
  Session session(ae.graph, {.seed = 1});
  train(session, ae, 0, 3);
  const Model model = saved_and_loaded(session, ae.tensors);
  Session again = model.session({.threads = 2});
  const Array images = batch(9, {7, 6});
  for (const char* name : {"code", "x_tilde", "loss"})
    EXPECT_EQ(again.run(model[name], {{model["x"], images}}),
              session.run(ae[name], {{ae["x"], images}}))
        << name;
}

TEST(ModelFile, keeps_values_and_nodes_of_each_example_of_each_op) {
  std::int64_t examples = 0;
  for (const Op* op : all_ops())
    for (const Example& example : op->examples) {
      Graph g;
      const Tensor y = example.call(g);
      Session session(g, {.seed = 3, .threads = 1});
      const Model model = saved_and_loaded(session, {{"y", y}});
      Session again = model.session({.seed = 3, .threads = 1});
      EXPECT_EQ(again.run(model["y"]), session.run(y)) << op->name;
      EXPECT_EQ(descriptions(model.tensors()), descriptions({{"y", y}})) << op->name;
      const auto loaded = model["y"].state().attributes(model["y"].id());
      EXPECT_TRUE(std::ranges::equal(loaded, y.state().attributes(y.id()))) << op->name;
      ++examples;
    }
  EXPECT_GT(examples, 150);
}

TEST(ModelFile, training_goes_on_with_the_same_bits) {
  for (const Practical& ae : {basic_ae(), auto_encoder()}) {
    Session session(ae.graph, {.seed = 1});
    train(session, ae, 0, 3);
    const Model model = saved_and_loaded(session, ae.tensors);
    Session again = model.session();
    train(session, ae, 3, 4);
    train(again, model, 3, 4);
    const auto variables = model.graph().variables();
    ASSERT_EQ(variables.size(), ae.graph.variables().size());
    for (std::size_t i = 0; i < variables.size(); ++i)
      EXPECT_EQ(again.value(variables[i]), session.value(ae.graph.variables()[i]))
          << variables[i].name();
  }
}

TEST(ModelFile, keeps_names_scopes_lines_roles_and_origins) {
  for (const Practical& ae : {basic_ae(), auto_encoder()}) {
    Session session(ae.graph);
    const Model model = saved_and_loaded(session, ae.tensors);
    EXPECT_EQ(descriptions(model.tensors()), descriptions(ae.tensors));
    EXPECT_EQ(to_text(model.graph()), to_text(ae.graph));
  }
}

#if __has_include(<gradus/diagram.h>)
TEST(ModelFile, diagrams_of_the_loaded_graph_are_those_of_the_first) {
  for (const Practical& ae : {basic_ae(), auto_encoder()}) {
    Session session(ae.graph);
    const Model model = saved_and_loaded(session, ae.tensors);
    EXPECT_EQ(to_dot({model["loss"], model["step"]}), to_dot({ae["loss"], ae["step"]}));
  }
}
#endif

TEST(ModelFile, a_gradient_alone_brings_what_it_is_the_gradient_of) {
  Graph g;
  const Variable W = g.variable("W", Array({{1, 2}, {3, 4}}));
  const Variable b = g.variable("b", Array({5, 6}));
  const Tensor y = reduce_sum(square(matmul(W, W) + b));
  const Tensor dW = gradient(y, W);
  Session session(g);
  const Model model = saved_and_loaded(session, {{"dW", dW}});
  EXPECT_EQ(descriptions(model.tensors()), descriptions({{"dW", dW}}));
  Session again = model.session();
  EXPECT_EQ(again.run(model["dW"]), session.run(dW));
}

TEST(ModelFile, gradients_of_loaded_tensors_are_those_of_the_first) {
  const Practical ae = auto_encoder();
  Session session(ae.graph, {.seed = 4});
  const Model model = saved_and_loaded(session, {{"x", ae["x"]}, {"loss", ae["loss"]}});
  Session again = model.session();
  const Array images = batch(2, {5, 6});
  const auto d = gradients(ae["loss"], ae.graph.trainable_variables());
  const auto d_loaded = gradients(model["loss"], model.graph().trainable_variables());
  EXPECT_EQ(again.run(d_loaded, {{model["x"], images}}), session.run(d, {{ae["x"], images}}));
}

TEST(ModelFile, holds_only_what_the_tensors_need) {
  const TestFolder folder;
  const Practical ae = basic_ae();
  Session session(ae.graph);
  const auto write = [&](const std::vector<NamedTensor>& tensors) {
    save_model(folder / "part.gradus", session, tensors);
    return tensors_of(folder / "part.gradus");
  };
  EXPECT_THAT(write({{"x", ae["x"]}}), ElementsAre("__graph__/nodes", "__graph__/operands"));
  EXPECT_THAT(write({{"code", ae["code"]}}),
              ElementsAre("basic_ae/W", "basic_ae/b1", "__graph__/nodes", "__graph__/operands"));
  const Practical deep = auto_encoder();
  Session of_deep(deep.graph);
  save_model(folder / "whole.gradus", of_deep, deep.tensors);
  EXPECT_THAT(tensors_of(folder / "whole.gradus"), testing::Contains("adam/auto_encoder/W1/m"));
}

TEST(ModelFile, names_of_a_part_stay_what_they_are_in_the_whole) {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  Tensor y = x + 1;
  y = named(y + 2, "second");
  y = y + 3;
  const Tensor other = x + 4;
  const Tensor third = y + other;
  Session session(g);
  const Model model = saved_and_loaded(session, {{"x", x}, {"other", other}});
  EXPECT_EQ(model["other"].name(), "add_3");
  EXPECT_EQ(model.graph().find("add_3"), model["other"]);
  EXPECT_EQ((model["x"] + 5).name(), "add_4");
  EXPECT_EQ(refusal<GraphError>([&] { model.graph().find("add"); }),
            "find: no node is named \"add\"\n  at  here");
}

TEST(ModelFile, the_graph_goes_on_as_that_which_was_saved) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  Tensor y = x;
  for (int i = 0; i < 2; ++i) {
    const NameScope scope = g.scope("block");
    y = 0.1 * y + dropout(y, 0.5);
  }
  Session session(g, {.seed = 1});
  const Model model = saved_and_loaded(session, {{"x", x}, {"y", y}});
  const auto go_on = [](const Graph& graph, const Tensor& input, const Tensor& from) {
    const NameScope scope = graph.scope("block");
    return 0.1 * from + dropout(input, 0.5);
  };
  const std::int64_t before = g.node_count();
  const Tensor z = go_on(g, x, y), loaded_z = go_on(model.graph(), model["x"], model["y"]);
  EXPECT_EQ(loaded_z.name(), "block_2/add");
  EXPECT_EQ(loaded_z.name(), z.name());
  EXPECT_EQ(model.graph().node_count() - before, g.node_count() - before);  // no second 0.1
  Session again = model.session({.seed = 1});
  EXPECT_EQ(again.run(loaded_z, {{model["x"], Array({3, 4})}}),
            session.run(z, {{x, Array({3, 4})}}));
}

TEST(ModelFile, random_nodes_added_to_a_part_share_no_numbers_with_it) {
  Graph g;
  random_uniform(g, {2});
  const Tensor kept = random_uniform(g, {2});
  Session session(g);
  const Model model = saved_and_loaded(session, {{"kept", kept}});
  const Tensor added = random_uniform(model.graph(), {2});
  Session again = model.session();
  const auto values = again.run({model["kept"], added});
  EXPECT_NE(values[0], values[1]);
  EXPECT_EQ(values[1], session.run(random_uniform(g, {2})));
}

TEST(ModelFile, keeps_which_variables_are_trainable) {
  Graph g;
  const Variable a = g.variable("a", zeros({2})), b = g.variable("b", ones({2}), false),
                 n = g.variable("n", Array(3, int64));
  Session session(g);
  session.set(b, Array({5, 6}));
  const Model model = saved_and_loaded(session, {{"a", a}, {"b", b}, {"n", n}});
  std::vector<std::string> names;
  for (const Variable& v : model.graph().trainable_variables()) names.push_back(v.name());
  EXPECT_THAT(names, ElementsAre("a"));
  Session again = model.session();
  EXPECT_EQ(again.run(model["b"]), Array({5, 6}));
  EXPECT_EQ(again.run(model["n"]), Array(3, int64));
}

TEST(ModelFile, equal_models_are_equal_bytes) {
  const TestFolder folder;
  for (const char* name : {"a", "b"}) {
    const Practical ae = auto_encoder();
    Session session(ae.graph, {.seed = 1});
    save_model(folder / name, session, ae.tensors);
  }
  EXPECT_EQ(contents(folder / "a"), contents(folder / "b"));
  const Model model = load_model(folder / "a");
  Session session = model.session();
  save_model(folder / "c", session, model.tensors());
  EXPECT_EQ(contents(folder / "a"), contents(folder / "c"));
}

TEST(ModelFile, refuses_to_save_what_it_could_not_load) {
  const TestFolder folder;
  const std::filesystem::path path = folder / "model.gradus";
  Graph g, other;
  Session session(g);
  const Tensor x = g.placeholder("x", {}), far = other.placeholder("far", {});
  const auto text = [&](const std::vector<NamedTensor>& tensors) {
    return refusal<GraphError>([&] { save_model(path, session, tensors); });
  };
  EXPECT_EQ(text({}), "save_model: there are no tensors\n  at  here");
  EXPECT_EQ(text({{"x", Tensor()}}), "save_model: \"x\" is an empty Tensor\n  at  here");
  EXPECT_EQ(text({{"", x}}), "save_model: the name of a tensor is empty\n  at  here");
  EXPECT_EQ(text({{"x", x}, {"x", x}}), "save_model: two tensors are named \"x\"\n  at  here");
  EXPECT_EQ(text({{"x", x}, {"y", far}}),
            "save_model: \"y\" is of another graph than \"x\"\n  at  here");
  EXPECT_EQ(text({{"\xff", x}}), "save_model: the name \"\xef\xbf\xbd\" is no UTF-8\n  at  here");
  EXPECT_EQ(text({{"w", other.variable("w", zeros({}))}}),
            "value: variable \"w\" is of another graph\n  at  here");
  EXPECT_EQ(
      text({{"w", g.variable("__graph__/w", zeros({}))}}),
      "save_model: variable \"__graph__/w\": names in \"__graph__/\" are the file's own\n  at  "
      "here");
  EXPECT_EQ(text({{"y", named(x + 1, "\xfe")}}),
            "save_model: the name \"\xef\xbf\xbd\" is no UTF-8\n  at  here");
  EXPECT_FALSE(std::filesystem::exists(path));
  const NameScope scope = g.scope("\xfd");
  EXPECT_EQ(text({{"y", x + 1}}), "save_model: the scope \"\xef\xbf\xbd\" is no UTF-8\n  at  here");
  EXPECT_EQ(refusal<FileError>([&] {
              save_model(folder / "no/model", session, {{"x", x}});
            }).starts_with("file \"" + (folder / "no/model").string() + "\" cannot be written"),
            true);
}

TEST(ModelFile, a_tensor_that_is_not_there_is_named_beside_those_that_are) {
  Graph g;
  Session session(g);
  const Tensor x = g.placeholder("x", {});
  const Model model = saved_and_loaded(session, {{"x", x}, {"in", x}});
  EXPECT_EQ(refusal<GraphError>([&] { model["y"]; }),
            "model: no tensor is named \"y\"; there are: x, in\n  at  here");
}

TEST(ModelFile, slow_a_million_nodes_are_saved_and_loaded) {
  Graph g;
  const Tensor x = g.placeholder("x", {1});
  Tensor y = x;
  for (int i = 0; i < 500'000; ++i) y = elu(y + 0.5);
  Session session(g);
  const Model model = saved_and_loaded(session, {{"y", y}});
  EXPECT_EQ(model.graph().node_count(), 1'000'002);
  EXPECT_EQ(model["y"].name(), "elu_499999");
}

TEST(ModelFile, slow_scopes_inside_of_each_other_are_saved_and_loaded) {
  Graph g;
  Tensor y = g.placeholder("x", {1});
  std::vector<std::unique_ptr<NameScope>> scopes;
  for (int i = 0; i < 200'000; ++i) {
    scopes.push_back(std::make_unique<NameScope>(g.shared_state(), "s", SourceLocation::current()));
    y = named(y + 1, "sum");
  }
  Session session(g);
  const Model model = saved_and_loaded(session, {{"y", y}});
  EXPECT_EQ(model["y"].name().size(), 2 * 200'000 + 3);
  while (!scopes.empty()) scopes.pop_back();
}

}  // namespace
}  // namespace gradus
