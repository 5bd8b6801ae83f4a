#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>

#include "of_kinds.h"
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

// To nodes of one kind.
struct ApplicableRules {
  std::span<const SimplifyRule> of_op, of_elementwise;
};

ApplicableRules applicable_rules(const NodeKind& kind) {
  if (kind.operand_count == 0 || kind.operand_count > Site::most_operands) return {};
  ApplicableRules rules{.of_op = simplify_rules_for(*kind.op), .of_elementwise = {}};
  if (std::holds_alternative<ElementwiseKernel>(kind.op->kernel))
    rules.of_elementwise = simplify_rules_for_elementwise();
  return rules;
}

}  // namespace

Program simplify(Program program) {
  Rewriter next(program);
  OfKinds<ApplicableRules> rules(*program.graph);
  const auto find = [&](NodeId first) { return applicable_rules(program.graph->kind(first)); };
  for (NodeId id : program.nodes()) {
    const auto& [of_op, of_elementwise] = rules.of(id, find);
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
