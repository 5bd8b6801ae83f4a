#include "explain_formulas.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

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
    for (const ForwardStep& step : explanation.forward) all.push_back(step.id);
    return all;
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

  // The op of a node, its operands by their symbols.
  std::string call(NodeId id, Style style) const {
    const FormulaView view(
        graph_, [](NodeId) { return false; }, [&](NodeId node) { return shape(node); }, true);
    return call_formula(view, id, notation(style), [&](NodeId part) { return leaf(part, style); })
        .code;
  }

  void write(ForwardStep& step) const {
    step.symbol = step.is_number ? to_text(step.value) : symbols_.of(step.id);
    step.text = leaf(step.id, Style::text).code;
    step.latex = leaf(step.id, Style::latex).code;
    step.shapes = to_text(step.value.shape());
    if (step.is_source) return;
    step.text += " = " + call(step.id, Style::text);
    step.latex += " = " + call(step.id, Style::latex);
    step.shapes = fmt::format("{} -> {}", call(step.id, Style::shapes), step.shapes);
  }

  // What the rule computes, in terms of the step's dy and of the forward nodes.
  std::string part(const ExplainedContribution& c, const BackwardStep& step, Style style) const {
    std::unordered_map<NodeId, Formula> made;
    made[step.gradient_node] = style == Style::shapes ? Formula{to_text(step.gradient.shape())}
                                                      : differential(step.id, style);
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
    c.text = fmt::format("{} += {}", differential(c.target, Style::text).code,
                         part(c, step, Style::text));
    c.latex = fmt::format("{} \\mathrel{{+}}= {}", differential(c.target, Style::latex).code,
                          part(c, step, Style::latex));
    c.shapes = fmt::format("{} -> {}", part(c, step, Style::shapes), to_text(c.value.shape()));
  }

  Explanation& explanation_;
  const GraphState& graph_;
  NodeId first_gradient_;
  Symbols symbols_;
  std::unordered_map<NodeId, Shape> shapes_;
};

}  // namespace

void write_formulas(Explanation& explanation, NodeId first_gradient) {
  FormulasWriter(explanation, first_gradient).write();
}

}  // namespace gradus
