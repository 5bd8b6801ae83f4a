#include "explain_formulas.h"

#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include <gradus/op.h>

#include "formula_call.h"
#include "formula_symbols.h"

namespace gradus {
namespace {

class Writer {
 public:
  Writer(Explanation& explanation, NodeId first_gradient)
      : explanation_(explanation),
        graph_(explanation.graph.state()),
        first_gradient_(first_gradient),
        symbols_(graph_, ids(explanation)) {
    if (!graph_.names().is_given(explanation.loss.id()) &&
        graph_.literal(explanation.loss.id()) == nullptr)
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

  // What a node is written as where it is not computed.
  Formula leaf(NodeId id, Notation notation, bool is_shape) const {
    if (is_shape) {
      const auto known = shapes_.find(id);
      return {to_text(known == shapes_.end() ? graph_.shape(id) : known->second)};
    }
    if (const Array* number = graph_.literal(id)) return array_formula(*number, notation);
    if (id < first_gradient_ && symbols_.has(id)) return symbol_formula(symbols_.of(id), notation);
    return symbol_formula(graph_.name(id), notation);
  }

  Formula call(NodeId id, Notation notation, bool is_shape) const {
    std::vector<Formula> operands;
    for (NodeId operand : graph_.operands(id))
      operands.push_back(leaf(operand, notation, is_shape));
    return call_formula(graph_, id, operands, notation);
  }

  void write(ForwardStep& step) {
    step.symbol = step.is_number ? to_text(step.value) : symbols_.of(step.id);
    const std::string text = leaf(step.id, Notation::text, false).code;
    const std::string latex = leaf(step.id, Notation::latex, false).code;
    if (step.is_source) {
      step.text = text;
      step.latex = latex;
      step.shapes = to_text(step.value.shape());
      return;
    }
    step.text = fmt::format("{} = {}", text, call(step.id, Notation::text, false).code);
    step.latex = fmt::format("{} = {}", latex, call(step.id, Notation::latex, false).code);
    step.shapes = fmt::format("{} -> {}", call(step.id, Notation::text, true).code,
                              to_text(step.value.shape()));
  }

  // What the rule computes, in terms of the step's dy and of the forward nodes.
  Formula part(const ExplainedContribution& c, const BackwardStep& step, Notation notation,
               bool is_shape) const {
    std::unordered_map<NodeId, Formula> made;
    made[step.gradient_node] =
        is_shape ? Formula{to_text(step.gradient.shape())} : differential(step.id, notation);
    const auto formula = [&](NodeId id) {
      const auto found = made.find(id);
      return found == made.end() ? leaf(id, notation, is_shape) : found->second;
    };
    for (NodeId id : c.nodes) {
      std::vector<Formula> operands;
      for (NodeId operand : graph_.operands(id)) operands.push_back(formula(operand));
      made[id] = call_formula(graph_, id, operands, notation);
    }
    return formula(c.node);
  }

  Formula differential(NodeId id, Notation notation) const {
    const std::string& symbol = symbols_.of(id);
    if (notation == Notation::text) return {"d" + text_symbol(symbol)};
    return {"\\mathrm{d}" + latex_symbol(symbol)};
  }

  void write(ExplainedContribution& c, const BackwardStep& step) {
    const auto line = [&](Notation notation) {
      return fmt::format("{} {} {}", differential(c.target, notation).code,
                         notation == Notation::latex ? "\\mathrel{+}=" : "+=",
                         part(c, step, notation, false).code);
    };
    c.text = line(Notation::text);
    c.latex = line(Notation::latex);
    c.shapes =
        fmt::format("{} -> {}", part(c, step, Notation::text, true).code, to_text(c.value.shape()));
  }

  Explanation& explanation_;
  GraphState& graph_;
  NodeId first_gradient_;
  Symbols symbols_;
  std::unordered_map<NodeId, Shape> shapes_;
};

}  // namespace

void write_formulas(Explanation& explanation, NodeId first_gradient) {
  Writer(explanation, first_gradient).write();
}

}  // namespace gradus
