#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>

#include "passes.h"
#include "simplify_rules.h"

namespace gradus {
namespace {

// The first rule that has something to say about the node.
NodeId simpler(const Site& site, std::span<const SimplifyRule> rules, std::string_view& name) {
  for (const SimplifyRule& rule : rules) {
    const NodeId found = rule.apply(site);
    if (found == no_node) continue;
    name = rule.name;
    if (site.shape_of(found) != site.shape() || site.graph().node(found).dtype != site.dtype())
      throw InternalError(fmt::format("simplify: \"{}\" made {} of {}", rule.name,
                                      to_text(site.shape_of(found)), to_text(site.shape())));
    return found;
  }
  return no_node;
}

// The rules for nodes of a kind, asked for once: a long graph has few kinds.
class RulesOfKinds {
 public:
  explicit RulesOfKinds(const GraphState& graph) : graph_(graph), known_(graph.kind_count()) {}

  struct Rules {
    std::span<const SimplifyRule> of_op, of_elementwise;
    bool is_known = false;
  };
  const Rules& of(NodeId id) {
    Rules& rules = known_[graph_.kind_number(id)];
    if (!rules.is_known) rules = find(graph_.kind(id));
    return rules;
  }

 private:
  static Rules find(const NodeKind& kind) {
    Rules rules{.of_op = {}, .of_elementwise = {}, .is_known = true};
    if (kind.operand_count == 0 || kind.operand_count > Site::most_operands) return rules;
    rules.of_op = simplify_rules_for(*kind.op);
    if (std::holds_alternative<ElementwiseKernel>(kind.op->kernel))
      rules.of_elementwise = simplify_rules_for_elementwise();
    return rules;
  }

  const GraphState& graph_;
  std::vector<Rules> known_;
};

}  // namespace

Program simplify(const Program& program) {
  Rewriter next(program);
  RulesOfKinds rules_of_kinds(*program.graph);
  for (NodeId id : program.nodes()) {
    const auto& [of_op, of_elementwise, is_known] = rules_of_kinds.of(id);
    if (of_op.empty() && of_elementwise.empty()) {
      next.keep(id);
      continue;
    }
    const Site site(program, next, id);
    std::string_view rule;
    NodeId found = simpler(site, of_op, rule);
    if (found == no_node) found = simpler(site, of_elementwise, rule);
    if (found == no_node)
      next.keep(id);
    else
      next.replace(id, found, rule);
  }
  return std::move(next).finish();
}

}  // namespace gradus
