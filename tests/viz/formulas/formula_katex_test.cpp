// KaTeX accepts every formula: of all ops in the table, by their own examples, of the models, of
// gradients, and of explanations.
#include <unistd.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gradus/auto_encoder.h>
#include <gradus/basic_ae.h>
#include <gradus/explain.h>
#include <gradus/formula.h>
#include <gradus/gradients.h>
#include <gradus/losses.h>
#include <gradus/op/table.h>
#include <gradus/ops.h>

#include "graph/graph_state.h"
#include "paths.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

std::string json(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + "\"";
}

// Where Debian's packages katex and libjs-katex put it.
fs::path katex() {
  for (const char* path : {"/usr/share/nodejs/katex", "/usr/share/javascript/katex/katex.js"})
    if (fs::exists(path)) return path;
  return {};
}

// What KaTeX says to each formula; one process for all.
std::vector<std::string> verdicts(const std::vector<std::string>& formulas) {
  const fs::path folder = fs::temp_directory_path() / fmt::format("gradus_katex_{}", ::getpid());
  fs::create_directories(folder);
  {
    std::ofstream in(folder / "formulas");
    for (const std::string& formula : formulas) in << json(formula) << "\n";
  }
  const std::string command = fmt::format(
      "node '{}' '{}' < '{}' > '{}' 2> /dev/null", GRADUS_SOURCE_DIR "/tests/viz/formulas/katex.js",
      katex().string(), (folder / "formulas").string(), (folder / "verdicts").string());
  std::vector<std::string> lines;
  if (std::system(command.c_str()) == 0) {
    std::ifstream out(folder / "verdicts");
    for (std::string line; std::getline(out, line);) lines.push_back(line);
  }
  fs::remove_all(folder);
  return lines;
}

class Katex : public testing::Test {
 protected:
  void SetUp() override {
    if (katex().empty() || std::system("node --version > /dev/null 2>&1") != 0)
      GTEST_SKIP() << "KaTeX is not installed (on Debian: apt-get install katex nodejs)";
  }
  void expect_accepted(const std::vector<std::string>& formulas) {
    const std::vector<std::string> said = verdicts(formulas);
    ASSERT_EQ(said.size(), formulas.size());
    for (std::size_t i = 0; i < said.size(); ++i) EXPECT_EQ(said[i], "ok") << formulas[i];
  }
};

// Constants with names of their own stand in formulas as symbols: with an index and a sign.
void name_constants(Graph& g) {
  for (std::int32_t i = 0; i < g.node_count(); ++i)
    if (g.state().node(NodeId{i}).op == &constant_op)
      g.state().give_name(NodeId{i}, fmt::format("x_tilde_{}", i), "named", {});
}

// Each node that an example makes, as it is and with symbols for the constants.
TEST_F(Katex, accepts_every_op_of_the_table) {
  std::vector<std::string> formulas;
  const auto add_all = [&](const Few<Example, 4>& examples) {
    for (const Example& example : examples) {
      Graph g;
      const Tensor y = example.call(g);
      formulas.push_back(to_latex(y, {.shapes = true}));
      name_constants(g);
      formulas.push_back(to_latex(y, {.shapes = true}));
      for (std::int32_t i = 0; i < g.node_count(); ++i)
        formulas.push_back(to_latex(g.state().tensor(NodeId{i})));
    }
  };
  for (const Op* op : all_ops()) add_all(op->examples);
  for (const Composite* composite : all_composites()) add_all(composite->examples);
  expect_accepted(formulas);
}

// Between two dollars, or two pairs of them, outside of code.
TEST_F(Katex, accepts_every_formula_of_the_page_of_ops) {
  std::vector<std::string> formulas;
  std::ifstream page(GRADUS_SOURCE_DIR "/docs/ops.md");
  bool is_code = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("```")) is_code = !is_code;
    if (is_code || line.starts_with("```")) continue;
    const std::string mark = line.starts_with("$$") ? "$$" : "$";
    for (std::size_t at = line.find(mark); at != line.npos; at = line.find(mark, at)) {
      const std::size_t start = at + mark.size(), end = line.find(mark, start);
      ASSERT_NE(end, line.npos) << line;
      formulas.push_back(line.substr(start, end - start));
      at = end + mark.size();
    }
  }
  EXPECT_GT(formulas.size(), 2 * all_ops().size());
  expect_accepted(formulas);
}

TEST_F(Katex, accepts_the_records_of_functions_that_are_written_over_ops) {
  std::vector<std::string> formulas;
  for (const Composite* composite : all_composites()) formulas.emplace_back(composite->latex);
  expect_accepted(formulas);
}

TEST_F(Katex, refuses_what_is_wrong) {
  EXPECT_NE(verdicts({"\\frac{1}"}), std::vector<std::string>{"ok"});
}

TEST_F(Katex, accepts_models_gradients_and_explanations) {
  std::vector<std::string> formulas;
  Graph g;
  const Tensor x = g.placeholder("x_0^{~}#&%$\\", {any_size, 3});
  models::BasicAE basic(g, {3, 2});
  models::AutoEncoder deep(g, {3, 3, 2});
  for (const Tensor& loss :
       {reconstruction_error(basic(x), x),
        reconstruction_error(deep(x), x) + 1e-4 * l2(deep.trainable_variables("W*"))}) {
    formulas.push_back(to_latex(loss));
    for (const Variable& v : g.trainable_variables())
      formulas.push_back(
          to_latex(gradient(loss, v, {.unconnected = Unconnected::zero}), {.shapes = true}));
  }
  Session session(g);
  const Explanation e = explain(session, reconstruction_error(basic(x), x), {basic.W()},
                                {{x, Array({{1, 2, 3}})}}, {.checked_elements = 0});
  for (const ForwardStep& step : e.forward) formulas.push_back(step.latex);
  for (const BackwardStep& step : e.backward)
    for (const ExplainedContribution& c : step.contributions) formulas.push_back(c.latex);
  expect_accepted(formulas);
}

}  // namespace
}  // namespace gradus
