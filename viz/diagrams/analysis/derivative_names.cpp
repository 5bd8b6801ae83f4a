#include "derivative_names.h"

#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "viz/diagrams/dot_label.h"

namespace gradus {
namespace {

// What one call of gradients() added: the nodes that lie in its scope.
struct Pass {
  NodeId first = no_node;
  std::unordered_map<NodeId, std::vector<NodeId>> of_origin = {};
};

class Namer {
 public:
  Namer(const GraphState& graph, const std::vector<NodeId>& nodes)
      : graph_(graph), readers_(static_cast<std::size_t>(graph.node_count())) {
    for (NodeId id : nodes) {
      for (NodeId operand : graph.operands(id)) {
        std::vector<NodeId>& readers = readers_[index(operand)];
        if (readers.empty() || readers.back() != id) readers.push_back(id);
      }
      const Node node = graph.node(id);
      if (is_source(id)) sources_.push_back(id);
      if (node.role != Role::gradient || node.origin == no_node) continue;
      Pass& pass = passes_[node.scope];
      if (pass.first == no_node) pass.first = id;
      pass.of_origin[node.origin].push_back(id);
    }
  }

  std::unordered_map<NodeId, std::string> names() const {
    std::unordered_map<NodeId, std::string> names;
    for (const auto& [scope, pass] : passes_) {
      const std::string y = loss_of(pass);
      for (NodeId x : sources_)
        if (const NodeId dx = gradient_of(x, pass); dx != no_node) {
          std::string& name = names[dx];
          name += fmt::format("{}d{}/d{}", name.empty() ? "" : ", ", y, short_name(graph_, x));
        }
    }
    return names;
  }

 private:
  bool is_source(NodeId id) const {
    const Op* op = graph_.node(id).op;
    return op == &variable_op || op == &placeholder_op;
  }

  // The sum of all parts; or the only part.
  NodeId gradient_of(NodeId x, const Pass& pass) const {
    if (const auto sums = pass.of_origin.find(x); sums != pass.of_origin.end())
      return sums->second.back();
    NodeId only = no_node;
    for (NodeId reader : readers_[index(x)]) {
      const auto made = pass.of_origin.find(reader);
      if (made == pass.of_origin.end()) continue;
      const NodeId part = part_of(x, reader, made->second, pass);
      if (part == no_node) continue;
      if (only != no_node) return no_node;
      only = part;
    }
    return only;
  }

  // Of what the rules of an op made: rules are asked in the order of operands, and a part for a
  // source is read by no other rule.
  NodeId part_of(NodeId x, NodeId op, const std::vector<NodeId>& made, const Pass& pass) const {
    std::vector<NodeId> ends, sources;
    for (NodeId id : made)
      if (graph_.shape(id) == graph_.shape(x) && !is_read_by_rule(id)) ends.push_back(id);
    for (NodeId operand : graph_.operands(op))
      if (is_source(operand) && graph_.shape(operand) == graph_.shape(x) &&
          !pass.of_origin.contains(operand))
        sources.push_back(operand);
    if (ends.size() != sources.size()) return no_node;
    const auto place = std::ranges::find(sources, x) - sources.begin();
    return ends[static_cast<std::size_t>(place)];
  }

  bool is_read_by_rule(NodeId id) const {
    return std::ranges::any_of(readers_[index(id)], [&](NodeId reader) {
      return graph_.node(reader).role == Role::gradient &&
             graph_.node(reader).scope == graph_.node(id).scope;
    });
  }

  // The y that was differentiated: what the first rule did, or a sum whose rule adds no node.
  std::string loss_of(const Pass& pass) const {
    NodeId y = graph_.node(pass.first).origin;
    const auto is_sum = [&](NodeId reader) {
      const auto operands = graph_.operands(reader);
      return reader < pass.first && graph_.node(reader).op == &add_op &&
             graph_.shape(reader).rank() == 0 && std::ranges::all_of(operands, [&](NodeId o) {
               return o == y || graph_.literal(o) != nullptr || pass.of_origin.contains(o);
             });
    };
    for (;;) {
      const std::vector<NodeId>& readers = readers_[index(y)];
      const auto sum = std::ranges::find_if(readers, is_sum);
      if (sum == readers.end()) break;
      y = *sum;
    }
    return short_name(graph_, y);
  }

  const GraphState& graph_;
  std::vector<std::vector<NodeId>> readers_;
  std::vector<NodeId> sources_;
  std::map<std::uint32_t, Pass> passes_;  // by scope
};

}  // namespace

std::unordered_map<NodeId, std::string> derivative_names(const GraphState& graph,
                                                         const std::vector<NodeId>& nodes) {
  return Namer(graph, nodes).names();
}

}  // namespace gradus
