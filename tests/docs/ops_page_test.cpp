// docs/ops.md is written from the table of ops: GRADUS_UPDATE_DOCS=1 writes it anew.
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/graph_state.h>
#include <gradus/op_table.h>
#include <gradus/session.h>

#include "paths.h"

namespace gradus {
namespace {

// The gradient rules speak of these shapes: a table cell of one line each.
std::string code(std::string_view text) { return fmt::format("`{}`", text); }

// Which dtypes the op takes in all of its operands.
std::string dtypes_of(const Op& op) {
  std::vector<std::string_view> names;
  for (const Example& example : op.examples) {
    Graph g;
    const Tensor y = example.call(g);
    const GraphState& state = g.state();
    if (state.node(y.id()).op != &op) continue;
    const auto operands = state.operands(y.id());
    for (DType dtype : all_dtypes) {
      std::vector<DType> of_operands;
      for (NodeId operand : operands) {
        const DType own = state.node(operand).dtype;
        of_operands.push_back(own == state.node(operands.back()).dtype ? dtype : own);
      }
      try {
        op.dtype(Call(op, state.attributes(y.id())), of_operands);
        names.push_back(to_text(dtype));
      } catch (const RuleFailure&) {
      }
    }
    break;
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string short_value(const Array& value) {
  return value.size() > 24 ? fmt::format("an array {}", to_text(value.shape())) : to_text(value);
}

// "add(a = [1, 2], b = 3) is [4, 5]    float32 [2], float32 [] -> float32 [2]"
std::string example_of(const Op& op, const Example& example) {
  Graph g;
  const Tensor y = example.call(g);
  GraphState& state = g.state();
  Session session(g, {.threads = 1});
  if (state.node(y.id()).op != &op) return "";
  std::string arguments, types;
  const auto operands = state.operands(y.id());
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const Array value = session.run(state.tensor(operands[k]));
    const std::string name(k < op.operands.size() ? fmt::format("{} = ", op.operands[k]) : "");
    const std::string_view comma = k == 0 ? "" : ", ";
    arguments += fmt::format("{}{}{}", comma, name, short_value(value));
    types += fmt::format("{}{} {}", comma, to_text(value.dtype()), to_text(value.shape()));
  }
  for (const Attribute& a : state.attributes(y.id()))
    arguments +=
        fmt::format("{}{} = {}", arguments.empty() ? "" : ", ", a.key->name, to_text(a.value));
  return fmt::format("{}({})\n  = {}\n  {} -> {} {}\n", op.name, arguments, example.result, types,
                     to_text(y.dtype()), to_text(y.shape()));
}

std::string fenced(const std::string& lines) {
  return lines.empty() ? "" : fmt::format("```text\n{}```\n\n", lines);
}

std::string section_of(const Op& op) {
  std::string text = fmt::format("### {}\n\n{}\n\n", op.name, op.doc);
  if (!op.latex.empty()) text += fmt::format("$${}$$\n\n", op.latex);
  std::string facts;
  if (!op.operands.empty())
    facts += fmt::format("operands {}", fmt::join(op.operands, ", "));
  else if (!op.examples.empty())
    facts += "any number of operands";
  if (!op.attributes.empty()) {
    facts += facts.empty() ? "attributes " : "; attributes ";
    for (std::size_t i = 0; i < op.attributes.size(); ++i)
      facts += fmt::format("{}{}", i == 0 ? "" : ", ", op.attributes[i]->name);
  }
  if (const std::string dtypes = dtypes_of(op); !dtypes.empty())
    facts += fmt::format("{}{}", facts.empty() ? "" : "; ", dtypes);
  if (!facts.empty()) text += facts + "\n\n";
  for (std::string_view rule : op.gradient_text)
    if (!rule.empty()) text += fmt::format("- {}\n", code(rule));
  if (!op.examples.empty()) text += op.gradient.empty() ? "No gradient.\n\n" : "\n";
  std::string examples;
  for (const Example& example : op.examples) examples += example_of(op, example);
  return text + fenced(examples);
}

std::string section_of(const Composite& composite) {
  std::string text =
      fmt::format("### {}\n\n{}\n\n$${}$$\n\n{}, a function over other ops\n\n", composite.name,
                  composite.doc, composite.latex, code(composite.formula));
  std::string examples;
  for (const Example& example : composite.examples) {
    Graph g;
    const Tensor y = example.call(g);
    examples +=
        fmt::format("= {}\n  {} {}\n", example.result, to_text(y.dtype()), to_text(y.shape()));
  }
  return text + fenced(examples);
}

std::string ops_page() {
  std::string text = fmt::format(
      "# Ops\n\n"
      "All {} ops and {} functions over ops, as the table of ops knows them. Names and meaning are "
      "NumPy's, then TensorFlow's. This page is written by a test from the records in "
      "[ops](../ops); `scripts/prove` checks what it says.\n\n"
      "dy is the gradient that comes in, dx the one that goes to operand x. Element-wise ops "
      "broadcast as NumPy does; each operand that was repeated gets its gradient summed back.\n\n",
      all_ops().size(), all_composites().size());
  for (const OpSubject& subject : op_subjects()) {
    text += fmt::format("- {}:", subject.title);
    for (const Op* op : subject.ops) text += fmt::format(" [{0}](#{0})", op->name);
    for (const Composite* c : subject.composites) text += fmt::format(" [{0}](#{0})", c->name);
    text += "\n";
  }
  for (const OpSubject& subject : op_subjects()) {
    text += fmt::format("{}## {}\n\n", text.ends_with("\n\n") ? "" : "\n", subject.title);
    for (const Op* op : subject.ops) text += section_of(*op);
    for (const Composite* composite : subject.composites) text += section_of(*composite);
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
