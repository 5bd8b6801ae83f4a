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

bool has_rules(const Program& program, NodeId id, std::span<const SimplifyRule> rules) {
  const std::size_t count = program.operands(id).size();
  return !rules.empty() && count > 0 && count <= Site::most_operands;
}

}  // namespace

Program simplify(const Program& program) {
  Rewriter next(program);
  for (NodeId id : program.nodes()) {
    const Op& op = program.op(id);
    NodeId found = no_node;
    std::string_view rule;
    if (const auto rules = simplify_rules_for(op); has_rules(program, id, rules))
      found = simpler(Site(program, next, id), rules, rule);
    if (found == no_node && std::holds_alternative<ElementwiseKernel>(op.kernel))
      if (const auto rules = simplify_rules_for_elementwise(); has_rules(program, id, rules))
        found = simpler(Site(program, next, id), rules, rule);
    if (found == no_node)
      next.keep(id);
    else
      next.replace(id, found, rule);
  }
  return std::move(next).finish();
}

}  // namespace gradus
