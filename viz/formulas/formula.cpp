#include <gradus/formula.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/error.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "formula_call.h"
#include "formula_symbols.h"
#include "graph/graph_state.h"

namespace gradus {
namespace {

void check(const std::vector<Tensor>& tensors, const FormulaOptions& options) {
  if (tensors.empty()) throw GraphError("formula: there is nothing to write");
  for (const Tensor& t : tensors) {
    if (!t) throw GraphError("formula: an empty Tensor has no formula");
    if (t.shared_state() != tensors[0].shared_state())
      throw GraphError(
          fmt::format("formula: \"{}\" and \"{}\" are of two graphs", tensors[0].name(), t.name()));
  }
  if (options.longest < 1)
    throw GraphError(fmt::format("formula: longest is {}, at least 1 is needed", options.longest));
}

bool is_source(const GraphState& graph, NodeId id) {
  const Op* op = graph.node(id).op;
  return op == &placeholder_op || op == &variable_op || op == &constant_op;
}

// What is written, line by line.
class Writer {
 public:
  Writer(const std::vector<Tensor>& tensors, const FormulaOptions& options)
      : options_(options),
        graph_(tensors[0].state()),
        view_(
            graph_, [this](NodeId id) { return !graph_.names().is_given(id); },
            [this](NodeId id) { return graph_.shape(id); }, false) {
    for (const Tensor& t : tensors) roots_.insert(view_.seen(t.id()));
    find_parts();
    choose_names();
  }

  std::string text() const {
    std::string all;
    if (options_.shapes)
      for (NodeId id : named_)
        if (is_source(graph_, id))
          all += fmt::format("{}  {}\n", name(id, Notation::text).code, to_text(graph_.shape(id)));
    each_line(Notation::text, [&](NodeId id, const std::string& left, const Formula& right) {
      const bool is_root = is_last_root(id);
      if (!left.empty()) all += fmt::format("{}{} = ", is_root ? "" : "let ", left);
      all += right.code;
      if (options_.shapes) all += fmt::format("  {}", to_text(graph_.shape(id)));
      all += '\n';
    });
    all.pop_back();
    return all;
  }

  std::string latex() const {
    struct Line {
      std::string left, right;  // aligned where they meet
    };
    std::vector<Line> lines;
    if (options_.shapes)
      for (NodeId id : named_)
        if (is_source(graph_, id))
          lines.push_back({name(id, Notation::latex).code, space_of(graph_.shape(id))});
    each_line(Notation::latex, [&](NodeId id, const std::string& left, const Formula& right) {
      lines.push_back({left, (left.empty() ? "" : "= ") + right.code});
      if (options_.shapes) lines.back().right += " " + space_of(graph_.shape(id));
    });
    std::vector<std::string> codes;
    for (const Line& line : lines)
      codes.push_back(line.left + (line.left.empty() ? "" : " ") + (lines.size() > 1 ? "&" : "") +
                      line.right);
    if (lines.size() == 1) return codes[0];
    return fmt::format("\\begin{{aligned}}\n{}\n\\end{{aligned}}", fmt::join(codes, " \\\\\n"));
  }

 private:
  // Each node that is written, and how often, ascending.
  void find_parts() {
    for (NodeId root : roots_) uses_[root] += 0;
    // Parts have smaller numbers than what is made of them: each is complete when it is reached.
    for (auto at = uses_.end(); at != uses_.begin();) {
      --at;
      if (is_source(graph_, at->first)) continue;
      for (NodeId part : view_.parts(at->first)) ++uses_[part];
    }
  }

  void choose_names() {
    std::unordered_map<NodeId, std::int64_t> sizes;
    for (const auto& [id, uses] : uses_) {
      if (graph_.literal(id) != nullptr) continue;
      if (is_source(graph_, id)) {
        if (graph_.names().is_given(id)) named_.push_back(id);
        continue;
      }
      const std::vector<NodeId> parts = view_.parts(id);
      std::int64_t size = 1;
      for (NodeId part : parts) size += sizes[part];
      const bool is_root = roots_.contains(id);
      // What has cases fills a line of its own.
      const bool is_worth_a_name = (uses > 1 && !parts.empty()) || graph_.node(id).op == &where_op;
      if (graph_.names().is_given(id) || (is_worth_a_name && (uses > 0)) || (is_root && uses > 0) ||
          (size > options_.longest && !is_root)) {
        named_.push_back(id);
        size = 0;
      }
      sizes[id] = size;
    }
    symbols_.emplace(graph_, named_);
  }

  bool is_last_root(NodeId id) const { return roots_.contains(id) && uses_.at(id) == 0; }

  Formula name(NodeId id, Notation notation) const {
    return symbol_formula(symbols_->of(id), notation);
  }

  template <class Line>
  void each_line(Notation notation, Line line) const {
    std::unordered_map<NodeId, Formula> formulas;
    const FormulaOf of = [&](NodeId id) {
      const auto found = formulas.find(id);
      return found == formulas.end() ? Formula{"\\ldots"} : found->second;
    };
    for (const auto& [id, uses] : uses_) {
      if (is_source(graph_, id)) {
        formulas[id] =
            symbols_->has(id) ? name(id, notation) : array_formula(*value_of(id), notation);
        if (is_last_root(id)) line(id, "", formulas[id]);
        continue;
      }
      const Formula written = call_formula(view_, id, notation, of);
      if (symbols_->has(id)) {
        formulas[id] = name(id, notation);
        line(id, formulas[id].code, written);
      } else {
        formulas[id] = written;
        if (is_last_root(id)) line(id, "", written);
      }
    }
  }

  // Of a constant.
  const Array* value_of(NodeId id) const { return attribute(graph_, id, attributes::value); }

  static std::string space_of(const Shape& shape) {
    if (shape.rank() == 0) return "\\in \\mathbb{R}";
    std::vector<std::string> sizes;
    for (std::int64_t size : shape) sizes.push_back(size == any_size ? "N" : std::to_string(size));
    return fmt::format("\\in \\mathbb{{R}}^{{{}}}", fmt::join(sizes, " \\times "));
  }

  FormulaOptions options_;
  const GraphState& graph_;
  FormulaView view_;
  std::unordered_set<NodeId> roots_;
  std::map<NodeId, int> uses_;
  std::vector<NodeId> named_;
  std::optional<Symbols> symbols_;
};

}  // namespace

std::string to_text(const Tensor& tensor, const FormulaOptions& options) {
  return to_text(std::vector<Tensor>{tensor}, options);
}
std::string to_text(const std::vector<Tensor>& tensors, const FormulaOptions& options) {
  check(tensors, options);
  return Writer(tensors, options).text();
}

std::string to_latex(const Tensor& tensor, const FormulaOptions& options) {
  return to_latex(std::vector<Tensor>{tensor}, options);
}
std::string to_latex(const std::vector<Tensor>& tensors, const FormulaOptions& options) {
  check(tensors, options);
  return Writer(tensors, options).latex();
}

}  // namespace gradus
