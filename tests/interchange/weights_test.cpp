#include <gradus/weights.h>

#include <string>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/child_process.h"
#include "paths.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

using testing::Test;

struct WeightsTest : Test {
  const TestFolder folder;
  const std::filesystem::path file = folder / "w.safetensors";
  Graph g;
  Variable W = g.variable("layer/W", Array({{1, 2}, {3, 4}}));
  Variable b = g.variable("layer/b", Array({5, 6}, float64));
  Variable count = g.variable("count", Array({7}, int64), false);
  Session session{g};
};

std::string lines(const NotLoaded& rest) {
  std::string text;
  for (const auto& [kind, list] :
       {std::pair("missing", &rest.missing), std::pair("left over", &rest.left_over),
        std::pair("unlike", &rest.unlike)})
    for (const std::string& line : *list) text += std::string(kind) + " " + line + "\n";
  return text;
}

TEST_F(WeightsTest, are_loaded_as_they_were_saved) {
  session.set(W, Array({{-1, 0}, {1, 9}}));
  save_weights(file, session, g.variables());
  Session other(g);
  EXPECT_TRUE(load_weights(file, other, g.variables()).is_empty());
  for (const Variable& v : g.variables()) EXPECT_EQ(other.value(v), session.value(v)) << v.name();
}

TEST_F(WeightsTest, stand_in_the_file_under_their_names) {
  save_weights(file, session, {b, W});
  const SafetensorsFile stored(file);
  EXPECT_EQ(stored.entries().size(), 2u);
  EXPECT_EQ(stored.read("layer/W"), Array({{1, 2}, {3, 4}}));
  EXPECT_EQ(stored.read("layer/b"), Array({5, 6}, float64));
  EXPECT_TRUE(stored.metadata().empty());
}

// By tests/interchange/read_safetensors.py, which the documents show.
TEST_F(WeightsTest, are_read_by_python) {
  const std::string python = "/usr/bin/python3";
  if (!run_child({.program = python, .arguments = {"-c", "import numpy"}}).failure.empty())
    GTEST_SKIP() << "no python3-numpy";
  session.set(W, Array({{0.5, -2}, {3, 1e30}}));
  save_weights(file, session, g.variables());
  save_checkpoint(folder / "c", session);
  const std::string script =
      "import sys\n"
      "sys.path.insert(0, sys.argv[1])\n"
      "from read_safetensors import read_safetensors\n"
      "for path in sys.argv[2:]:\n"
      "    arrays = read_safetensors(path)\n"
      "    assert sorted(arrays) == ['count', 'layer/W', 'layer/b'], arrays\n"
      "    assert arrays['layer/W'].astype(str).tolist() == [['0.5', '-2.0'], ['3.0', '1e+30']]\n"
      "    assert arrays['layer/b'].dtype == 'float64' and arrays['layer/b'].tolist() == [5, 6]\n"
      "    assert arrays['count'].dtype == 'int64' and arrays['count'].tolist() == [7]\n";
  const ChildResult result = run_child(
      {.program = python,
       .arguments = {"-B", "-c", script, std::string(GRADUS_SOURCE_DIR) + "/tests/interchange",
                     file.string(), (folder / "c").string()}});
  EXPECT_EQ(result.failure, "");
}

TEST_F(WeightsTest, of_a_pattern_are_saved_and_loaded_alone) {
  save_weights(file, session, g.trainable_variables("layer/*"));
  Session other(g);
  other.set(W, Array::zeros({2, 2}));
  other.set(count, Array({8}, int64));
  load_weights(file, other, g.trainable_variables("layer/*"));
  EXPECT_EQ(other.value(W), session.value(W));
  EXPECT_EQ(other.value(count), Array({8}, int64));
}

TEST_F(WeightsTest, of_a_module_go_into_another_graph) {
  Graph first, second;
  second.variable("before", Array(0));
  models::AutoEncoder from(first, {3, 2}), to(second, {3, 2});
  Session source(first, {.seed = 1}), target(second, {.seed = 2});
  save_weights(file, source, from.variables());
  load_weights(file, target, to.variables());
  for (std::size_t i = 0; i < from.variables().size(); ++i)
    EXPECT_EQ(target.value(to.variables()[i]), source.value(from.variables()[i]));
}

TEST_F(WeightsTest, that_do_not_fit_are_all_listed) {
  Graph h;
  h.variable("layer/W", Array({{1, 2, 3}}));
  h.variable("layer/b", Array({5, 6}));
  h.variable("more", Array(1));
  h.variable("most", Array({1, 0}, boolean));
  Session other(h);
  save_weights(file, other, h.variables());
  EXPECT_EQ(error_text<DataError>(
                [&] { load_weights(file, session, g.variables(), {}, SourceLocation()); }),
            "load_weights: file \"" + file.string() +
                "\" does not fit the variables\n"
                "  missing: \"count\" int64 [1]\n"
                "  left over: \"more\" F32 []\n"
                "  left over: \"most\" BOOL [2]\n"
                "  unlike: \"layer/W\" float32 [2, 2], in the file F32 [1, 3]\n"
                "  unlike: \"layer/b\" float64 [2], in the file F32 [2]");
  EXPECT_EQ(session.value(W), Array({{1, 2}, {3, 4}}));
}

TEST_F(WeightsTest, that_fit_are_loaded_if_nobody_insists_on_all) {
  Graph h;
  h.variable("layer/W", Array({{9, 9}, {9, 9}}));
  h.variable("layer/b", Array({5, 6}));
  h.variable("more", Array(1));
  Session other(h);
  save_weights(file, other, h.variables());
  EXPECT_EQ(lines(load_weights(file, session, g.variables(), {.strict = false})),
            "missing \"count\" int64 [1]\n"
            "left over \"more\" F32 []\n"
            "unlike \"layer/b\" float64 [2], in the file F32 [2]\n");
  EXPECT_EQ(session.value(W), Array({{9, 9}, {9, 9}}));
  EXPECT_EQ(session.value(b), Array({5, 6}, float64));
}

TEST_F(WeightsTest, may_have_other_names_in_the_file) {
  const std::vector<NamedArray> theirs{{"module.W", Array({{0, 1}, {2, 3}})}};
  write_safetensors(file, theirs);
  const auto rename = [](const std::string& name) { return "module." + name.substr(6); };
  load_weights(file, session, {W}, {.rename = rename});
  EXPECT_EQ(session.value(W), Array({{0, 1}, {2, 3}}));
  EXPECT_EQ(error_text<DataError>([&] {
              load_weights(file, session, {W, b}, {.rename = rename}, SourceLocation());
            }),
            "load_weights: file \"" + file.string() +
                "\" does not fit the variables\n"
                "  missing: \"module.b\" (of variable \"layer/b\") float64 [2]");
}

TEST_F(WeightsTest, of_no_variables_make_an_empty_file) {
  save_weights(file, session, {});
  EXPECT_TRUE(SafetensorsFile(file).entries().empty());
  EXPECT_TRUE(load_weights(file, session, {}).is_empty());
}

TEST_F(WeightsTest, of_wrong_variables_are_refused) {
  Graph h;
  const Variable theirs = h.variable("theirs", Array(1));
  const auto save_error = [&](const std::vector<Variable>& variables) {
    return error_text<GraphError>(
        [&] { save_weights(file, session, variables, SourceLocation()); });
  };
  EXPECT_EQ(save_error({W, theirs}), "save_weights: variable \"theirs\" is of another graph");
  EXPECT_EQ(save_error({W, Variable()}), "save_weights: a Variable is empty");
  EXPECT_EQ(save_error({W, b, W}), "save_weights: variable \"layer/W\" stands twice in the list");
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_EQ(
      error_text<GraphError>([&] { load_weights(file, session, {theirs}, {}, SourceLocation()); }),
      "load_weights: variable \"theirs\" is of another graph");
}

TEST_F(WeightsTest, that_cannot_be_read_change_nothing) {
  save_weights(file, session, g.variables());
  const std::string bytes = contents(file);
  folder.write("cut.safetensors", bytes.substr(0, bytes.size() - 1));
  session.set(W, Array::zeros({2, 2}));
  EXPECT_NE(error_text<DataError>(
                [&] { load_weights(folder / "cut.safetensors", session, g.variables()); }),
            "no error");
  EXPECT_NE(error_text<FileError>([&] { load_weights(folder / "none", session, g.variables()); }),
            "no error");
  EXPECT_EQ(session.value(W), Array::zeros({2, 2}));
}

}  // namespace
}  // namespace gradus
