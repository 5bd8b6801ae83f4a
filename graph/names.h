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

namespace gradus {

struct Op;

class Names {
 public:
  static constexpr std::uint32_t root = 0;

  // Opens "<current>/<name>", with a number if that is taken; returns its number.
  std::uint32_t open_scope(const std::string& name, SourceLocation where);
  std::uint32_t current_scope() const { return current_; }
  void set_current_scope(std::uint32_t scope) { current_ = scope; }
  // For compilers: names a node, whatever scope it is of.
  void set_name(NodeId id, std::string name) { name_of_[id] = std::move(name); }
  void take_scopes_of(const Names& other) { scopes_ = other.scopes_; }
  std::size_t scope_count() const { return scopes_.size(); }
  const std::string& scope_path(std::uint32_t scope) const { return scopes_[scope]; }

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
  // The automatic name that a next node of this op would get in the current scope.
  std::string next_name(const Op& op, const GraphState& graph) const;
  // no_node if there is none.
  NodeId find(std::string_view name, const GraphState& graph) const;

 private:
  // The automatic names of one op in one scope: base, base_1, base_2, ...
  struct Series {
    std::string base;
    std::uint32_t next = 0;
    // Whether one of so many given names may be one of the series.
    bool may_clash = false;
    std::size_t known_given = 0;
  };
  struct SeriesKey {
    std::uint32_t scope;
    const Op* op;
    friend bool operator==(const SeriesKey&, const SeriesKey&) = default;
  };
  struct SeriesHash {
    std::size_t operator()(const SeriesKey& key) const {
      return std::hash<const void*>{}(key.op) * 31 + key.scope;
    }
  };

  void check_path(const std::string& path, std::string_view op, SourceLocation where,
                  const GraphState& graph) const;
  void number_nodes(const GraphState& graph) const;
  std::uint32_t next_number(Series& series) const;

  std::vector<std::string> scopes_{""};
  // Each path with the number to try next when it is asked for again.
  std::unordered_map<std::string, std::uint32_t> scope_paths_;
  std::uint32_t current_ = root;
  std::unordered_map<std::string, NodeId> given_;
  // The bases of all series of which a given name could be one.
  std::unordered_set<std::string> given_bases_;
  std::unordered_map<NodeId, std::string> name_of_;
  // Filled on demand, node after node: numbers_[i] is node i's place in its series.
  mutable std::vector<std::uint32_t> numbers_;
  mutable std::unordered_map<SeriesKey, Series, SeriesHash> series_;
};

}  // namespace gradus
