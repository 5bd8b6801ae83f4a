// docs/ops.md is written from the table of ops: GRADUS_UPDATE_DOCS=1 writes it anew.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/op/rule.h>
#include <gradus/op/table.h>
#include <gradus/text.h>

#include "docs/op_facts.h"
#include "docs/op_sources.h"
#include "docs/rule_formula.h"
#include "graph/graph_state.h"
#include "paths.h"

namespace gradus {
namespace {

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

// "x" and "dy" as they are, "alpha" as its letter, other words upright.
std::string symbol_of(std::string_view word) {
  if (word.size() == 1 || word == "dy") return std::string(word);
  if (word == "alpha" || word == "epsilon") return fmt::format("\\{}", word);
  return fmt::format("\\mathrm{{{}}}", word);
}

// The formula with symbols in the places of operands and attributes.
std::string mathematics(const Op& op) {
  if (!facts_of(op.name).formula.empty()) return std::string(facts_of(op.name).formula);
  std::set<std::string_view> names(op.operands.begin(), op.operands.end());
  for (const AnyKey* key : op.attributes) names.insert(key->name);
  const std::string_view latex = op.latex.code;
  std::string text;
  for (std::size_t i = 0; i < latex.size(); ++i) {
    const std::size_t end = latex.find('}', i);
    const bool may_be_name = latex[i] == '{' && end != latex.npos;
    const auto word = may_be_name ? latex.substr(i + 1, end - i - 1) : std::string_view();
    const bool is_argument = i > 0 && (latex[i - 1] == '_' || latex[i - 1] == '^');
    if (!names.contains(word)) {
      text += latex[i];
      continue;
    }
    text += is_argument ? fmt::format("{{{}}}", symbol_of(word)) : symbol_of(word);
    i = end;
  }
  const bool is_relation = text.find_first_of("=<>") != text.npos ||
                           text.find("\\leq") != text.npos || text.find("\\geq") != text.npos ||
                           text.find("\\neq") != text.npos;
  if (text.find("\\leftarrow") != text.npos) return text;
  return is_relation ? fmt::format("y = ({})", text) : fmt::format("y = {}", text);
}

// A formula that is only the op's name again says nothing.
bool tells_something(const Op& op) {
  const std::string latex = latex_of(op);
  return !facts_of(op.name).formula.empty() ||
         (!latex.starts_with("\\operatorname{") && latex != "{x}");
}

// Whether the op takes these dtypes with the attributes of one of its examples.
bool takes(const Op& op, const std::vector<DType>& dtypes) {
  return std::ranges::any_of(op.examples, [&](const Example& example) {
    Graph g;
    const Tensor y = example.call(g);
    if (g.state().operands(y.id()).size() != dtypes.size()) return false;
    try {
      op.dtype(Call(op, g.state().attributes(y.id())), dtypes);
      return true;
    } catch (const RuleFailure&) {
      return false;
    }
  });
}

// Which dtypes the op takes: "x: float32, bool; indices: int32, int64". Operands that have one
// dtype in the example keep one.
std::string dtypes_of(const Op& op) {
  Graph g;
  const Tensor y = op.examples[0].call(g);
  const GraphState& state = g.state();
  std::vector<DType> own;
  for (NodeId operand : state.operands(y.id())) own.push_back(state.node(operand).dtype);
  std::vector<std::string> groups;
  std::set<DType> seen;
  for (DType shared : own) {
    if (!seen.insert(shared).second) continue;
    std::vector<std::string_view> operands, dtypes;
    for (std::size_t k = 0; k < own.size() && !op.operands.empty(); ++k)
      if (own[k] == shared) operands.push_back(op.operands[k]);
    for (DType dtype : all_dtypes) {
      std::vector<DType> tried = own;
      std::ranges::replace(tried, shared, dtype);
      if (takes(op, tried)) dtypes.push_back(to_text(dtype));
    }
    groups.push_back(operands.empty() ? fmt::format("{}", fmt::join(dtypes, ", "))
                                      : fmt::format("{}: {}", fmt::join(operands, ", "),
                                                    fmt::join(dtypes, ", ")));
  }
  return fmt::format("{}", fmt::join(groups, "; "));
}

// "float32 [2, 1], float32 [3] -> float32 [2, 3]"
std::string types_of(const GraphState& state, NodeId y) {
  std::vector<std::string> operands;
  for (NodeId operand : state.operands(y))
    operands.push_back(
        fmt::format("{} {}", to_text(state.node(operand).dtype), to_text(state.shape(operand))));
  return fmt::format("{}{}{} {}", fmt::join(operands, ", "), operands.empty() ? "" : " -> ",
                     to_text(state.node(y).dtype), to_text(state.shape(y)));
}

// The declarations, and each example with its result and types.
template <class Record>
std::string code_of(const Record& record, const OpSources& sources) {
  std::string text;
  for (const std::string& name : {std::string(record.name), fmt::format("{}_like", record.name)}) {
    const bool has_section = std::ranges::any_of(
        all_ops(), [&](const Op* op) { return op->name == name && op->name != record.name; });
    if (has_section) continue;
    for (const std::string& declaration : sources.declarations(name)) text += declaration + "\n";
  }
  const std::vector<std::string> calls = sources.examples(record.name);
  for (std::size_t i = 0; i < record.examples.size(); ++i) {
    Graph g;
    const Tensor y = record.examples[i].call(g);
    const bool is_op = y.op_name() == record.name;
    text += fmt::format("{}{}\n// {}\n// {}\n", text.empty() ? "" : "\n", calls.at(i),
                        record.examples[i].result,
                        is_op ? types_of(g.state(), y.id())
                              : fmt::format("{} {}", to_text(y.dtype()), to_text(y.shape())));
  }
  return text.empty() ? "" : fmt::format("```cpp\n{}```\n\n", text);
}

// Where the record says nothing, all shapes are alike: true of element-wise ops.
std::string shapes_of(const Op& op) {
  if (const auto shapes = facts_of(op.name).shapes; !shapes.empty()) return std::string(shapes);
  return op.operands.size() == 1 ? fmt::format("{} and y alike", op.operands[0])
                                 : "all alike, by NumPy's broadcasting";
}

std::string rules_of(const Op& op) {
  const std::set<std::string_view> operands(op.operands.begin(), op.operands.end());
  std::string text;
  for (std::string_view rule : op.gradient_text)
    if (!rule.empty()) text += fmt::format("- {}\n", RuleFormula(rule, operands).made());
  return text.empty() ? "- no gradient\n" : text;
}

std::string section_of(const Op& op, const OpSources& sources) {
  std::string text = fmt::format("### {}\n\n{}\n\n", op.name, op.doc);
  if (tells_something(op)) text += fmt::format("$${}$$\n\n", mathematics(op));
  if (!op.examples.empty()) {
    if (const std::string dtypes = dtypes_of(op); !dtypes.empty())
      text += fmt::format("- {}\n", dtypes);
    text += fmt::format("- shapes: {}\n{}\n", shapes_of(op), rules_of(op));
  }
  return text + code_of(op, sources);
}

std::string section_of(const Composite& composite, const OpSources& sources) {
  const std::string_view y = composite.latex.find('=') == composite.latex.npos ? "y = " : "";
  return fmt::format(
      "### {}\n\n{}\n\n$${}{}$$\n\nA function over other ops: {}.\n\n- shapes: {}\n\n{}",
      composite.name, composite.doc, y, composite.latex, code(composite.formula),
      facts_of(composite.name).shapes, code_of(composite, sources));
}

std::string ops_page() {
  std::string text = fmt::format(
      "# Ops\n\n"
      "All {} ops and {} functions over ops, as the table of ops knows them. Names and meaning are "
      "NumPy's, then TensorFlow's. This page is written by a test from the records in "
      "[ops](../ops); `scripts/prove` checks what it says.\n\n"
      "Each op has its meaning, its formula, the dtypes and shapes that it takes, and one gradient "
      "rule per operand: $dy$ is the gradient that comes in, $dx$ the one that goes to operand "
      "$x$. (An op that computes a gradient has `dy` among its operands; what comes in is then "
      "$ddx$, and left of `=` $dy$ is what goes to operand `y`.) In formulas [i = j] is 1 where "
      "that holds and 0 elsewhere, and an index stands for the axes that matter alone; in shapes "
      "`...` stands for any axes. The examples are tests; `g` is a graph, and each call has its "
      "result and its types after it. Element-wise ops broadcast as NumPy does; an operand that "
      "was repeated gets its gradient summed back. What holds at kinks, of NaN, of nothing and out "
      "of range is in one table of [conventions](architecture.md#conventions).\n\n",
      all_ops().size(), all_composites().size());
  for (const OpSubject& subject : op_subjects()) {
    text += fmt::format("- {}:", subject.title);
    for (const Op* op : subject.ops) text += fmt::format(" [{0}](#{0})", op->name);
    for (const Composite* c : subject.composites) text += fmt::format(" [{0}](#{0})", c->name);
    text += "\n";
  }
  const OpSources sources(GRADUS_SOURCE_DIR);
  for (const OpSubject& subject : op_subjects()) {
    text += fmt::format("{}## {}\n\n", text.ends_with("\n\n") ? "" : "\n", subject.title);
    for (const Op* op : subject.ops) text += section_of(*op, sources);
    for (const Composite* composite : subject.composites) text += section_of(*composite, sources);
  }
  while (text.ends_with("\n\n")) text.pop_back();
  return text;
}

TEST(OpsPage, has_a_formula_of_every_op_but_sources) {
  for (const Op* op : all_ops())
    EXPECT_NE(tells_something(*op), std::holds_alternative<IsSource>(op->kernel)) << op->name;
}

// Where a record says nothing of shapes, its examples' are alike.
TEST(OpsPage, tells_shapes_that_are_not_alike) {
  for (const Op* op : all_ops())
    for (const Example& example : op->examples) {
      Graph g;
      const Tensor y = example.call(g);
      if (!facts_of(op->name).shapes.empty() || y.op_name() != op->name) continue;
      for (NodeId operand : g.state().operands(y.id())) {
        const Shape& x = g.state().shape(operand);
        EXPECT_TRUE(x.rank() == 0 || x == y.shape()) << op->name;
      }
    }
  for (const Composite* composite : all_composites())
    EXPECT_FALSE(facts_of(composite->name).shapes.empty()) << composite->name;
}

TEST(OpsPage, declares_a_function_and_its_types_but_not_what_a_comment_says) {
  const OpSources sources(GRADUS_SOURCE_DIR);
  EXPECT_EQ(sources.declarations("sqrt"), std::vector<std::string>{"Tensor sqrt(Operand x);"});
  const std::vector<std::string> pad = sources.declarations("pad");
  ASSERT_EQ(pad.size(), 4u);
  EXPECT_EQ(pad[0], "enum class PadMode : std::uint8_t { constant, reflect, edge };");
  EXPECT_TRUE(pad[1].starts_with("struct PadOptions {\n") ||
              pad[2].starts_with("struct PadOptions {\n"));
  EXPECT_EQ(pad[3],
            "Tensor pad(Operand x, const std::vector<PadWidth>& widths, PadOptions options = {});");
  for (const std::string& declared : sources.declarations("conv2d"))
    EXPECT_TRUE(declared.ends_with(";") && !declared.ends_with("1};")) << declared;
}

TEST(OpsPage, tells_of_ops_that_there_are) {
  std::set<std::string_view> names;
  for (const Op* op : all_ops()) names.insert(op->name);
  for (const Composite* composite : all_composites()) names.insert(composite->name);
  for (std::string_view name : names_with_facts()) EXPECT_TRUE(names.contains(name)) << name;
}

TEST(OpsPage, sets_rules_in_mathematics) {
  const std::set<std::string_view> operands{"x", "y", "dy", "slope"};
  const auto made = [&](std::string_view text) { return RuleFormula(text, operands).made(); };
  EXPECT_EQ(made("dx = dy / sqrt((1 - x) (1 + x)), 0 where dy = 0"),
            R"($dx = dy / \sqrt{(1 - x) (1 + x)}$, $0$ where $dy = 0$)");
  EXPECT_EQ(made("dslope = 0 where x > 0, x dy elsewhere"),
            R"($d\mathrm{slope} = 0$ where $x > 0$, $x \thinspace dy$ elsewhere)");
  EXPECT_EQ(made("da = dy b a^(b - 1)"), R"($da = dy \thinspace b \thinspace a^{b - 1}$)");
  EXPECT_EQ(made("dx = conv2d(dy, filter)"), "`dx = conv2d(dy, filter)`");
}

TEST(OpsPage, is_what_the_table_says) {
  const std::string file = GRADUS_SOURCE_DIR "/docs/ops.md", page = ops_page();
  if (std::getenv("GRADUS_UPDATE_DOCS") != nullptr) std::ofstream(file) << page;
  std::stringstream written;
  written << std::ifstream(file).rdbuf();
  EXPECT_EQ(written.str(), page);
}

}  // namespace
}  // namespace gradus
