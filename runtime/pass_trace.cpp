#include <gradus/pass_trace.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op.h>

#include "rewrite.h"
#include "schedule.h"

namespace gradus {
namespace {

// A graph like the program's, whose nodes have names. From the last node to the first: the last
// that is there for a node's sake is the one that does its work.
Graph with_names(const Program& program, const GraphState& original) {
  auto graph = GraphState::with_tables_of(*program.graph);
  for (NodeId id : program.nodes()) graph->append_copy(program.node(id), program.operands(id));
  std::unordered_map<NodeId, int> uses;
  for (auto i = static_cast<std::int32_t>(graph->node_count()); i-- > 0;) {
    const NodeId origin = program.origin(NodeId{i});
    const int use = ++uses[origin];
    const std::string name = original.name(origin);
    graph->names().call(NodeId{i}, use == 1 ? name : fmt::format("{}~{}", name, use));
  }
  return Graph(std::move(graph));
}

PlanKey key_of(const std::vector<Tensor>& fetches, const std::vector<Feed>& feeds,
               SourceLocation where) {
  const auto refuse = [&](std::string_view text) {
    throw FeedError(at_line(fmt::format("trace_passes: {}", text), where));
  };
  if (fetches.empty()) refuse("nothing is fetched");
  PlanKey key;
  for (const Tensor& fetch : fetches) {
    if (!fetch || fetch.shared_state() != fetches[0].shared_state())
      refuse("a fetch is empty or of another graph");
    key.fetches.push_back(fetch.id());
  }
  std::vector<const Feed*> sorted;
  for (const Feed& feed : feeds) {
    if (!feed.placeholder() || feed.placeholder().shared_state() != fetches[0].shared_state())
      refuse("a feed is for an empty tensor or one of another graph");
    sorted.push_back(&feed);
  }
  std::ranges::sort(sorted, {}, [](const Feed* feed) { return feed->placeholder().id(); });
  for (const Feed* feed : sorted) {
    key.placeholders.push_back(feed->placeholder().id());
    key.shapes.push_back(feed->value().shape());
  }
  return key;
}

}  // namespace

std::vector<PassTrace> trace_passes(const std::vector<Tensor>& fetches,
                                    const std::vector<Feed>& feeds, const Passes& passes,
                                    SourceLocation where) {
  const PlanKey key = key_of(fetches, feeds, where);
  const GraphState& original = fetches[0].state();
  std::vector<PassTrace> traces;
  const auto add = [&](std::string_view name, const Program& program) {
    PassTrace& trace = traces.emplace_back(
        PassTrace{.name = name, .graph = with_names(program, original), .moved = program.moved});
    for (NodeId result : program.results)
      trace.results.emplace_back(trace.graph.shared_state(), result);
    for (const Rewriting& r : program.rewritings) trace.rewritings.push_back({r.node, r.rule});
  };
  Program program = prune(original.shared_from_this(), key, where);
  add("prune", program);
  program = rewrite(std::move(program), passes, best_instruction_set(), add);
  const Schedule steps = schedule(program, passes.fuse);
  program.rewritings.clear();
  program.moved.clear();
  for (NodeId id : program.nodes()) program.moved.push_back(id);
  add("fuse", program);
  traces.back().steps = steps.step_of;
  return traces;
}

}  // namespace gradus
