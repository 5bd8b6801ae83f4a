#include "repeats.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "graph/interned.h"
#include "runs.h"

namespace gradus {
namespace {

// A frame around what is no large part of the picture hides more than it saves.
constexpr std::size_t fewest_saved = 8;

}  // namespace

// Scopes as a tree of items, in the order of their first nodes: nodes, and scopes in them.
class RepeatFinder {
 public:
  RepeatFinder(const GraphState& graph, Repeats& found)
      : graph_(graph), paths_(graph.names().paths()), found_(found) {}

  void find(const std::vector<NodeId>& nodes) {
    for (NodeId id : nodes) add(id);
    put_in_order();
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) hash(*scope);
    for (const Scope& scope : scopes_) find_in(scope);
  }

 private:
  struct Item {
    bool is_scope;
    std::size_t number;     // of a scope in scopes_
    NodeId node = no_node;  // or this
    std::uint64_t hash = 0;
    std::size_t first = 0, end = 0;  // in order_
  };
  struct Scope {
    std::uint32_t path;
    std::vector<Item> items = {};
    std::uint64_t hash = 0;
    std::size_t first = 0, end = 0;
  };

  void add(NodeId id) {
    std::vector<std::uint32_t> inner;
    std::uint32_t path = graph_.node(id).scope;
    for (; !number_of_.contains(path) && path != PathTree::root; path = paths_.above(path))
      inner.push_back(path);
    if (scopes_.empty()) {
      number_of_[PathTree::root] = 0;
      scopes_.push_back({PathTree::root});
    }
    std::size_t scope = number_of_.at(path);
    for (auto it = inner.rbegin(); it != inner.rend(); ++it) {
      const std::size_t number = number_of_[*it] = scopes_.size();
      scopes_[scope].items.push_back({true, number});
      scopes_.push_back({*it});
      scope = number;
    }
    scopes_[scope].items.push_back({false, 0, id});
  }

  // All nodes of an item follow each other in order_.
  void put_in_order() {
    if (scopes_.empty()) return;
    struct Open {
      std::size_t scope, next = 0;
    };
    std::vector<Open> open{{0}};
    while (!open.empty()) {
      Scope& scope = scopes_[open.back().scope];
      if (open.back().next == 0) scope.first = order_.size();
      if (open.back().next == scope.items.size()) {
        scope.end = order_.size();
        open.pop_back();
        continue;
      }
      Item& item = scope.items[open.back().next++];
      if (item.is_scope) {
        open.push_back({item.number});
        continue;
      }
      item.first = order_.size();
      item.end = item.first + 1;
      place_.emplace(item.node, order_.size());
      order_.push_back(item.node);
    }
  }

  // Inner scopes have larger numbers.
  void hash(Scope& scope) {
    scope.hash = scope.items.size();
    for (Item& item : scope.items) {
      if (item.is_scope) {
        const Scope& inner = scopes_[item.number];
        item.hash = mixed_hash(inner.hash, 1);
        item.first = inner.first;
        item.end = inner.end;
      } else {
        item.hash = hash_of_node(item.node);
      }
      scope.hash = mixed_hash(scope.hash, item.hash);
    }
  }

  // What a node is, without its operands but for numbers. Slices differ in where they begin.
  std::uint64_t hash_of_node(NodeId id) const {
    const NodeKind& kind = graph_.kind(id);
    std::uint64_t hash = mixed_hash(std::hash<const Op*>{}(kind.op), kind.dtype);
    hash = mixed_hash(hash, kind.shape);
    hash = mixed_hash(hash, kind.op == &slice_op ? 0 : kind.attributes);
    for (NodeId operand : graph_.operands(id))
      hash = mixed_hash(hash, graph_.literal(operand) == nullptr ? 0 : index(operand) + 1);
    return hash;
  }

  void find_in(const Scope& scope) {
    if (scope.items.empty()) return;
    // In a later repetition of a scope nothing is drawn.
    const auto level = found_.levels_.find(order_[scope.first]);
    if (level != found_.levels_.end() && level->second.back().number > 0) return;
    std::vector<std::uint64_t> hashes;
    for (const Item& item : scope.items) hashes.push_back(item.hash);
    for (const Run& run : find_runs(hashes)) take(scope, run);
  }

  void take(const Scope& scope, const Run& run) {
    const auto [first, times] = aligned(scope, run);
    const Item &begin = scope.items[first], &last = scope.items[first + run.period - 1];
    const std::size_t length = last.end - begin.first;
    const std::size_t count = alike(begin.first, length, times);
    if (count < 3 || (count - 1) * length < fewest_saved) return;

    const std::size_t number = found_.repeats_.size();
    Repeat repeat{scope.path, count};
    for (std::size_t i = first; i < first + run.period; ++i)
      if (scope.items[i].is_scope)
        found_.of_scope_.emplace(scopes_[scope.items[i].number].path, number);
    if (run.period == 1 && begin.is_scope) {
      repeat.only_scope = scopes_[begin.number].path;
      repeat.last_scope = scopes_[scope.items[first + count - 1].number].path;
    }
    found_.repeats_.push_back(repeat);
    for (std::size_t i = 0; i < count * length; ++i) {
      const NodeId counterpart = order_[begin.first + i % length];
      found_.levels_[order_[begin.first + i]].push_back({number, i / length, counterpart});
      found_.last_[counterpart] = order_[begin.first + i];
    }
  }

  // Where a repetition begins: where the fewest values pass from one to the next, and of such
  // places at a variable rather than at the op before it.
  std::pair<std::size_t, std::size_t> aligned(const Scope& scope, const Run& run) const {
    const std::size_t base = scope.items[run.first].first;
    const std::size_t end = scope.items[run.first + run.times * run.period - 1].end;
    // By how many the values that pass a place in the order differ from those before it.
    std::vector<std::int64_t> passing(end - base + 1);
    for (std::size_t i = base; i < end; ++i)
      for (NodeId operand : graph_.operands(order_[i]))
        if (const auto from = place_.find(operand);
            from != place_.end() && from->second >= base && from->second < i) {
          ++passing[from->second - base + 1];
          --passing[i - base + 1];
        }
    std::partial_sum(passing.begin(), passing.end(), passing.begin());
    std::size_t best = 0;
    std::int64_t fewest = -1;
    for (std::size_t shift = 0; shift < run.period; ++shift) {
      // A shift beyond the slack costs a repetition.
      if (shift > run.slack && run.times == 3) break;
      // At the second repetition: before the first there is nothing to pass.
      const Item& cut = scope.items[run.first + shift + run.period];
      const bool is_source = !cut.is_scope && graph_.operands(cut.node).empty();
      const std::int64_t cost = 2 * passing[cut.first - base] + (is_source ? 0 : 1);
      if (fewest >= 0 && cost >= fewest) continue;
      best = shift;
      fewest = cost;
    }
    return {run.first + best, best > run.slack ? run.times - 1 : run.times};
  }

  // How many repetitions are wired as the second one.
  std::size_t alike(std::size_t base, std::size_t length, std::size_t times) const {
    for (std::size_t i = base; i < base + length; ++i)
      if (!is_wired_alike_inside(i, base, length)) return 0;
    for (std::size_t number = 1; number < times; ++number)
      for (std::size_t i = 0; i < length; ++i)
        if (!is_wired_alike(base + i, length, number)) return number;
    return times;
  }

  // The first one beside the second one.
  bool is_wired_alike_inside(std::size_t place, std::size_t base, std::size_t length) const {
    const auto first = graph_.operands(order_[place]);
    const auto second = graph_.operands(order_[place + length]);
    if (first.size() != second.size()) return false;
    for (std::size_t k = 0; k < first.size(); ++k) {
      const auto b = place_.find(second[k]);
      if (b == place_.end() || b->second < base + length || b->second >= base + 2 * length)
        continue;
      if (order_[b->second - length] != first[k]) return false;
    }
    return true;
  }

  // A later repetition beside the second one: a node reads what all share, its counterpart's
  // operand moved on as the repetitions are, or at least something of the same kind. (The first one
  // reads other things, a state to begin with.)
  bool is_wired_alike(std::size_t place, std::size_t length, std::size_t number) const {
    const NodeId one = order_[place + length], other = order_[place + number * length];
    if (hash_of_node(order_[place]) != hash_of_node(other)) return false;
    const auto first = graph_.operands(one), later = graph_.operands(other);
    if (first.size() != later.size()) return false;
    for (std::size_t k = 0; k < first.size(); ++k) {
      if (first[k] == later[k]) continue;
      const auto a = place_.find(first[k]), b = place_.find(later[k]);
      if (a == place_.end() || b == place_.end()) return false;
      if (b->second != a->second + (number - 1) * length &&
          hash_of_node(first[k]) != hash_of_node(later[k]))
        return false;
    }
    return true;
  }

  const GraphState& graph_;
  const PathTree& paths_;
  Repeats& found_;
  std::vector<Scope> scopes_;
  std::unordered_map<std::uint32_t, std::size_t> number_of_;  // of each scope
  std::vector<NodeId> order_;
  std::unordered_map<NodeId, std::size_t> place_;  // in order_
};

Repeats::Repeats(const GraphState& graph, const std::vector<NodeId>& nodes) {
  RepeatFinder(graph, *this).find(nodes);
}

NodeId Repeats::drawn(NodeId id) const {
  for (auto found = levels_.find(id); found != levels_.end(); found = levels_.find(id)) {
    if (found->second.back().number == 0) break;
    id = found->second.back().first;
  }
  return id;
}

NodeId Repeats::last(NodeId id) const {
  const auto found = last_.find(id);
  return found == last_.end() ? id : found->second;
}

std::size_t Repeats::of_node(NodeId id, std::uint32_t scope) const {
  const auto found = levels_.find(id);
  if (found == levels_.end()) return none;
  const std::size_t innermost = found->second.back().repeat;
  return repeats_[innermost].scope == scope ? innermost : none;
}

std::size_t Repeats::of_scope(std::uint32_t scope) const {
  const auto found = of_scope_.find(scope);
  return found == of_scope_.end() ? none : found->second;
}

bool Repeats::moves_on(NodeId from, NodeId to) const {
  for (std::size_t depth = 0;; ++depth) {
    const auto a = levels_.find(from), b = levels_.find(to);
    if (a == levels_.end() || b == levels_.end() || depth >= a->second.size() ||
        depth >= b->second.size())
      return false;
    const Level &one = a->second[depth], &other = b->second[depth];
    if (one.repeat != other.repeat) return false;
    if (one.number != other.number) return true;
    from = one.first;
    to = other.first;
  }
}

}  // namespace gradus
