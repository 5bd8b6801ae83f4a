#include "explain_parts.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

// Their symbols are numbered by letters.
constexpr int max_parts = 26;

class Parts {
 public:
  explicit Parts(Explanation& explanation)
      : explanation_(explanation), graph_(explanation.graph.state()) {
    std::unordered_map<NodeId, int> reads;
    for (const ForwardStep& step : explanation.forward)
      for (std::size_t k = 0; k < step.operands.size(); ++k)
        if (!graph_.node(step.id).op->reads_shape_alone(k)) ++reads[step.operands[k]];
    for (const auto& [id, count] : reads)
      if (count == 1) is_read_once_.insert(id);
    for (const ExplainedVariable& v : explanation.variables) is_asked_for_.insert(v.id);
  }

  void find() {
    for (ForwardStep& step : explanation_.forward) {
      step.whole = step.id;
      const std::size_t summands = step.op == "add" ? 2 : step.op == "subtract" ? 1 : 0;
      for (std::size_t k = 0; k < summands; ++k)
        if (can_be_part(step.operands[k], step)) reader_of_[step.operands[k]] = step.id;
    }
    do name_wholes();
    while (drop_disordered());
  }

 private:
  const ForwardStep& step(NodeId id) const { return *explanation_.find(id); }
  bool has_parts(const ForwardStep& s) const {
    return std::ranges::any_of(s.operands, [&](NodeId id) { return reader_of_.contains(id); });
  }

  bool can_be_part(NodeId id, const ForwardStep& reader) const {
    if (!is_read_once_.contains(id) || is_asked_for_.contains(id) || graph_.names().is_given(id))
      return false;
    const ForwardStep& part = step(id);
    const Op* op = graph_.node(id).op;
    const bool is_product = op == &matmul_op, is_repeated = op == &broadcast_like_op;
    return (is_product || is_repeated || has_parts(part)) &&
           part.value.shape() == reader.value.shape() && part.value.dtype() == reader.value.dtype();
  }

  // What reads a node comes after it.
  void name_wholes() {
    std::unordered_map<NodeId, int> count;
    for (std::size_t i = explanation_.forward.size(); i-- > 0;) {
      ForwardStep& part = explanation_.forward[i];
      part.whole = part.id;
      const auto reader = reader_of_.find(part.id);
      if (reader == reader_of_.end()) continue;
      const NodeId whole = step(reader->second).whole;
      if (++count[whole] <= max_parts)
        part.whole = whole;
      else
        reader_of_.erase(reader);
    }
  }

  // A whole hands down at once what its parts hand down one after the other.
  bool drop_disordered() {
    std::unordered_map<NodeId, std::size_t> turn;
    for (std::size_t s = 0; s < explanation_.backward.size(); ++s)
      turn[explanation_.backward[s].id] = s;
    std::unordered_map<NodeId, std::size_t> last_turn;
    bool has_dropped = false;
    for (const BackwardStep& from : explanation_.backward) {
      const std::size_t own_turn = turn.at(step(from.id).whole);
      for (const ExplainedContribution& c : from.contributions) {
        std::size_t& last = last_turn[c.target];
        if (own_turn < last) has_dropped |= reader_of_.erase(from.id) != 0;
        last = std::max(last, own_turn);
      }
    }
    return has_dropped;
  }

  Explanation& explanation_;
  const GraphState& graph_;
  std::unordered_set<NodeId> is_read_once_, is_asked_for_;
  std::unordered_map<NodeId, NodeId> reader_of_;
};

}  // namespace

void find_parts(Explanation& explanation) { Parts(explanation).find(); }

}  // namespace gradus
