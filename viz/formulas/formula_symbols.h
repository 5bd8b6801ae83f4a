// Symbols: what stands for a node in formulas.
//
//   "basic_ae/W1"  ->  W1, in LaTeX W_{1}      "x_tilde"  ->  x_tilde, in LaTeX \tilde{x}
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "formula_template.h"
#include "graph/graph_state.h"

namespace gradus {

// A symbol in LaTeX: what stands after a letter or an underscore is its index, Greek names are
// letters, and what is no identifier is set as text.
std::string latex_symbol(std::string_view symbol);
// The same for texts: what is no identifier stands in quotes.
std::string text_symbol(std::string_view symbol);

Formula symbol_formula(std::string_view symbol, Notation notation);

class Symbols {
 public:
  // Of these nodes, ascending.
  Symbols(const GraphState& graph, std::span<const NodeId> nodes);

  // Names a node that the user gave no name.
  void prefer(NodeId id, const std::string& symbol);
  bool has(NodeId id) const { return symbols_.contains(id); }
  const std::string& of(NodeId id) const { return symbols_.at(id); }
  // One that no node has yet: "h3" for "h".
  std::string numbered(const std::string& letter);

 private:
  std::unordered_map<NodeId, std::string> symbols_;
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, int> last_;
};

}  // namespace gradus
