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
#include <gradus/graph_state.h>
#include <gradus/op_table.h>
#include <gradus/rule.h>
#include <gradus/text.h>

#include "docs/op_sources.h"

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
  std::set<std::string_view> names(op.operands.begin(), op.operands.end());
  for (const AnyKey* key : op.attributes) names.insert(key->name);
  std::string text;
  for (std::size_t i = 0; i < op.latex.size(); ++i) {
    const std::size_t end = op.latex.find('}', i);
    const bool may_be_name = op.latex[i] == '{' && end != op.latex.npos;
    const auto word = may_be_name ? op.latex.substr(i + 1, end - i - 1) : std::string_view();
    const bool is_argument = i > 0 && (op.latex[i - 1] == '_' || op.latex[i - 1] == '^');
    if (!names.contains(word)) {
      text += op.latex[i];
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
  return !op.latex.empty() && !op.latex.starts_with("\\operatorname{") && op.latex != "{x}";
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
      try {
        op.dtype(Call(op, state.attributes(y.id())), tried);
        dtypes.push_back(to_text(dtype));
      } catch (const RuleFailure&) {
        // This dtype is none of the op's.
      }
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
  for (const std::string& declaration : sources.declarations(record.name))
    text += declaration + "\n";
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

std::string section_of(const Op& op, const OpSources& sources) {
  std::string text = fmt::format("### {}\n\n{}\n\n", op.name, op.doc);
  if (tells_something(op)) text += fmt::format("$${}$$\n\n", mathematics(op));
  std::string facts;
  if (!op.examples.empty())
    if (const std::string dtypes = dtypes_of(op); !dtypes.empty())
      facts += fmt::format("- {}\n", dtypes);
  for (std::string_view rule : op.gradient_text)
    if (!rule.empty()) facts += fmt::format("- {}\n", code(rule));
  if (!op.examples.empty() && op.gradient.empty()) facts += "- no gradient\n";
  if (!facts.empty()) text += facts + "\n";
  return text + code_of(op, sources);
}

std::string section_of(const Composite& composite, const OpSources& sources) {
  const std::string_view y = composite.latex.find('=') == composite.latex.npos ? "y = " : "";
  return fmt::format("### {}\n\n{}\n\n$${}{}$$\n\nA function over other ops: {}.\n\n{}",
                     composite.name, composite.doc, y, composite.latex, code(composite.formula),
                     code_of(composite, sources));
}

std::string ops_page() {
  std::string text = fmt::format(
      "# Ops\n\n"
      "All {} ops and {} functions over ops, as the table of ops knows them. Names and meaning are "
      "NumPy's, then TensorFlow's. This page is written by a test from the records in "
      "[ops](../ops); `scripts/prove` checks what it says.\n\n"
      "Each op has its meaning, the dtypes that it takes, and one gradient rule per operand: `dy` "
      "is "
      "the gradient that comes in, `dx` the one that goes to operand `x`. The examples are tests; "
      "`g` "
      "is a graph, and each call has its result and its types behind it. Element-wise ops "
      "broadcast "
      "as NumPy does; an operand that was repeated gets its gradient summed back.\n\n",
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

TEST(OpsPage, is_what_the_table_says) {
  const std::string file = GRADUS_SOURCE_DIR "/docs/ops.md", page = ops_page();
  if (std::getenv("GRADUS_UPDATE_DOCS") != nullptr) std::ofstream(file) << page;
  std::stringstream written;
  written << std::ifstream(file).rdbuf();
  EXPECT_EQ(written.str(), page);
}

}  // namespace
}  // namespace gradus
