// The pass: which rule is tried at which node, and until when. The rules are in simplify_rules.cpp.
#include <algorithm>
#include <iterator>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op/records.h>

#include "compiler/pipeline.h"
#include "compiler/program/memo_per_kind.h"
#include "simplify_rules.h"

namespace gradus {
namespace {

using ApplicableRules = std::vector<SimplifyRule>;

// To nodes of one kind, beside these ops. What a rule itself makes is seen in the next round.
ApplicableRules applicable_rules(const NodeKind& kind, const std::unordered_set<const Op*>& ops) {
  ApplicableRules rules;
  if (kind.operand_count == 0 || kind.operand_count > Site::max_operands) return rules;
  const auto add = [&](std::span<const SimplifyRule> all) {
    std::ranges::copy_if(all, std::back_inserter(rules), [&](const SimplifyRule& rule) {
      return (rule.operand == nullptr || ops.contains(rule.operand)) &&
             !(rule.drops_operand && ops.contains(&assign_op));
    });
  };
  add(simplify_rules_for(*kind.op));
  if (std::holds_alternative<ElementwiseKernel>(kind.op->kernel))
    add(simplify_rules_for_elementwise());
  return rules;
}

// The first rule that has something to say about the node.
NodeId simpler(const Site& site, const ApplicableRules& rules, std::string_view& name) {
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

}  // namespace

Program simplify(Program program, const CompileContext&) {
  const std::unordered_set<const Op*> ops = ops_of(program);
  Rewriter next(program);
  MemoPerKind<ApplicableRules> rules_of_kinds(*program.graph);
  const auto find = [&](NodeId first) { return applicable_rules(program.graph->kind(first), ops); };
  for (NodeId id : program.nodes()) {
    const ApplicableRules& rules = rules_of_kinds.of(id, find);
    std::string_view rule;
    const NodeId found = rules.empty() ? no_node : simpler(Site(program, next, id), rules, rule);
    if (found == no_node)
      next.keep(id);
    else
      next.replace(id, found, rule);
  }
  return std::move(next).finish();
}

}  // namespace gradus
