// Names of nodes and scopes. A name that the user gave is stored; the others follow from scope, op
// and order ("encoder/matmul_1") and are made when somebody asks, so that a million unnamed nodes
// cost nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <gradus/source_location.h>
#include <gradus/tensor.h>

#include "path_tree.h"

namespace gradus {

struct Op;

class Names {
 public:
  static constexpr std::uint32_t root = PathTree::root;

  // Opens "<current>/<name>", with a number if that is taken; returns its number.
  std::uint32_t open_scope(const std::string& name, SourceLocation where);
  std::uint32_t current_scope() const { return current_; }
  void set_current_scope(std::uint32_t scope) { current_ = scope; }
  // For compilers: names a node, whatever scope it is of.
  void set_name(NodeId id, std::string_view name) { name_of_[id] = paths_.add(root, name); }
  void take_scopes_of(const Names& other) { paths_ = other.paths_; }
  std::string scope_path(std::uint32_t scope) const { return paths_.text(scope); }
  // Scopes have the numbers of their paths.
  const PathTree& paths() const { return paths_; }

  // GraphError if the name is empty, taken in the current scope, longer than 1,000 bytes, or has
  // control characters.
  void check_free(const std::string& name, std::string_view op, SourceLocation where,
                  const GraphState& graph) const;
  // The same errors, and another if the node was given a name before.
  void give(NodeId id, const std::string& name, std::string_view op, SourceLocation where,
            const GraphState& graph);
  std::string name(NodeId id, const GraphState& graph) const;
  // Whether the user gave it.
  bool is_given(NodeId id) const { return name_of_.contains(id); }
  // A given name, without the scope of its node.
  std::string given_name(NodeId id, const GraphState& graph) const;
  // The n of the automatic name "matmul_n", even if the node was given another one later.
  std::uint32_t number(NodeId id, const GraphState& graph) const;
  // How often a scope of this path was opened; 0 if it is none.
  std::uint32_t times_opened(std::uint32_t scope) const;

  // For graphs that are read from a file. "<above>/<name>" as a scope that was opened so often.
  std::uint32_t restore_scope(std::uint32_t above, const std::string& name,
                              std::uint32_t times_opened);
  // The number of the node that was appended last, and the name that it was given, "" if none was.
  // GraphError if the number is not above those of its series so far, or its name is taken.
  void restore(NodeId id, std::uint32_t number, const std::string& given, const GraphState& graph);

  // The automatic name that a next node of this op would get in the current scope.
  std::string next_name(const Op& op, const GraphState& graph) const;
  // no_node if there is none.
  NodeId find(std::string_view name, const GraphState& graph) const;

 private:
  void check_path(std::uint32_t scope, const std::string& name, std::string_view op,
                  SourceLocation where, const GraphState& graph) const;
  NodeId find(std::uint32_t scope, std::string_view name, const GraphState& graph) const;
  void number_nodes(const GraphState& graph) const;
  std::uint32_t next_number(const std::vector<NodeId>& series) const;
  std::uint32_t free_number(std::uint32_t base, std::uint32_t number) const;
  bool is_taken(std::uint32_t base, std::uint32_t number) const;

  // Those of scopes, of given names, and of the bases of series.
  mutable PathTree paths_;
  // Of each scope that was opened, the number to try next when it is asked for again.
  std::unordered_map<std::uint32_t, std::uint32_t> opened_;
  std::uint32_t current_ = root;
  std::unordered_map<std::uint32_t, NodeId> given_;  // by path
  std::unordered_map<NodeId, std::uint32_t> name_of_;
  // The bases of series of which a given name has a number.
  std::unordered_set<std::uint32_t> given_bases_;
  // Filled on demand, node after node. A series are the automatic names of one op in one scope,
  // base, base_1, base_2, ..., but for what a given name is in the way of: by the path of the base
  // the nodes that have them. numbers_[i] is node i's number, which ascends in its series.
  mutable std::vector<std::uint32_t> numbers_;
  mutable std::unordered_map<std::uint32_t, std::vector<NodeId>> series_;
};

}  // namespace gradus
