#include "explain_formulas.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include <gradus/op/records.h>

#include "viz/formulas/formula_call.h"
#include "viz/formulas/formula_symbols.h"

namespace gradus {
namespace {

// What a formula is written with: symbols, or the shapes of what they stand for.
enum class Style { text, latex, shapes };

Notation notation(Style style) { return style == Style::latex ? Notation::latex : Notation::text; }

class FormulasWriter {
 public:
  FormulasWriter(Explanation& explanation, NodeId first_gradient)
      : explanation_(explanation),
        graph_(explanation.graph.state()),
        first_gradient_(first_gradient),
        symbols_(graph_, ids(explanation)) {
    if (!graph_.names().is_given(explanation.loss.id()))
      symbols_.prefer(explanation.loss.id(), "loss");
    name_parts();
    for (const ForwardStep& step : explanation.forward) shapes_[step.id] = step.value.shape();
  }

  void write() {
    for (ForwardStep& step : explanation_.forward) write(step);
    for (BackwardStep& step : explanation_.backward) {
      step.symbol = symbols_.of(step.id);
      shapes_[step.gradient_node] = step.gradient.shape();
      for (ExplainedContribution& c : step.contributions) write(c, step);
    }
    for (ExplainedVariable& v : explanation_.variables) v.symbol = symbols_.of(v.id);
  }

 private:
  static std::vector<NodeId> ids(const Explanation& explanation) {
    std::vector<NodeId> all;
    for (const ForwardStep& step : explanation.forward)
      if (step.whole == step.id) all.push_back(step.id);
    return all;
  }

  void name_parts() {
    std::unordered_map<NodeId, char> letter;
    for (const ForwardStep& step : explanation_.forward)
      if (step.whole != step.id) {
        const char last = letter.try_emplace(step.whole, 'a').first->second++;
        symbols_.prefer(step.id, fmt::format("{}_{}", symbols_.of(step.whole), last));
      }
  }

  Shape shape(NodeId id) const {
    const auto known = shapes_.find(id);
    return known == shapes_.end() ? graph_.shape(id) : known->second;
  }

  Formula leaf(NodeId id, Style style) const {
    if (const Array* number = graph_.literal(id)) return array_formula(*number, notation(style));
    if (style == Style::shapes) return {to_text(shape(id))};
    if (id < first_gradient_ && symbols_.has(id))
      return symbol_formula(symbols_.of(id), notation(style));
    return symbol_formula(graph_.name(id), notation(style));
  }

  Formula differential(NodeId id, Style style) const {
    const std::string& symbol = symbols_.of(id);
    if (style == Style::latex) return {"\\mathrm{d}" + latex_symbol(symbol)};
    return {"d" + text_symbol(symbol)};
  }

  // The op of a node, its operands by `of`.
  Formula call(NodeId id, Style style, const FormulaOf& of) const {
    const FormulaView view(
        graph_, [](NodeId) { return false; }, [&](NodeId node) { return shape(node); }, true);
    return call_formula(view, id, notation(style), of);
  }
  std::string own_call(NodeId id, Style style) const {
    return call(id, style, [&](NodeId operand) { return leaf(operand, style); }).code;
  }

  // With parts in their places; those of a part were written before it. That a bias is repeated
  // goes without saying.
  std::string call_with_parts(const ForwardStep& step, Style style) {
    std::unordered_map<NodeId, Formula>& parts = parts_[static_cast<std::size_t>(style)];
    const auto operand = [&](NodeId id) {
      const auto part = parts.find(id);
      return part == parts.end() ? leaf(id, style) : part->second;
    };
    if (step.whole == step.id) return call(step.id, style, operand).code;
    const bool is_repeated = graph_.node(step.id).op == &broadcast_like_op;
    Formula part = is_repeated ? leaf(step.operands[0], style) : call(step.id, style, operand);
    return (parts[step.id] = std::move(part)).code;
  }

  void write(ForwardStep& step) {
    step.symbol = step.is_number ? to_text(step.value) : symbols_.of(step.id);
    step.text = step.own_text = leaf(step.id, Style::text).code;
    step.latex = step.own_latex = leaf(step.id, Style::latex).code;
    step.shapes = to_text(step.value.shape());
    if (step.is_source) return;
    step.text += " = " + call_with_parts(step, Style::text);
    step.latex += " = " + call_with_parts(step, Style::latex);
    step.own_text += " = " + own_call(step.id, Style::text);
    step.own_latex += " = " + own_call(step.id, Style::latex);
    step.shapes = fmt::format("{} -> {}", call_with_parts(step, Style::shapes), step.shapes);
  }

  // What the rule computes, in terms of the gradient dy of `incoming` and of the forward nodes.
  std::string part(const ExplainedContribution& c, const BackwardStep& step, NodeId incoming,
                   Style style) const {
    std::unordered_map<NodeId, Formula> made;
    made[step.gradient_node] = style == Style::shapes ? Formula{to_text(step.gradient.shape())}
                                                      : differential(incoming, style);
    const auto formula = [&](NodeId id) {
      const auto found = made.find(id);
      return found == made.end() ? leaf(id, style) : found->second;
    };
    const FormulaView view(
        graph_, [&](NodeId id) { return std::ranges::binary_search(c.nodes, id); },
        [&](NodeId node) { return shape(node); }, true);
    for (NodeId id : c.nodes) made[id] = call_formula(view, id, notation(style), formula);
    return formula(view.seen(c.node)).code;
  }

  void write(ExplainedContribution& c, const BackwardStep& step) const {
    const auto rule = [&](NodeId incoming, Style style) {
      return differential(c.target, style).code +
             (style == Style::latex ? " \\mathrel{+}= " : " += ") + part(c, step, incoming, style);
    };
    const NodeId whole = explanation_.find(step.id)->whole;
    c.text = rule(whole, Style::text);
    c.latex = rule(whole, Style::latex);
    c.own_text = rule(step.id, Style::text);
    c.own_latex = rule(step.id, Style::latex);
    c.shapes =
        fmt::format("{} -> {}", part(c, step, step.id, Style::shapes), to_text(c.value.shape()));
  }

  Explanation& explanation_;
  const GraphState& graph_;
  NodeId first_gradient_;
  Symbols symbols_;
  std::unordered_map<NodeId, Shape> shapes_;
  std::unordered_map<NodeId, Formula> parts_[3];  // of each style
};

}  // namespace

void write_formulas(Explanation& explanation, NodeId first_gradient) {
  FormulasWriter(explanation, first_gradient).write();
}

}  // namespace gradus
