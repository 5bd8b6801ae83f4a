#include <gradus/pass_trace.h>

#include <algorithm>

#include <gradus/op/op.h>

#include "compile.h"
#include "compiler/schedule/schedule.h"
#include "core/throw_at.h"

namespace gradus {
namespace {

PlanKey key_of(const std::vector<Tensor>& fetches, const std::vector<Feed>& feeds,
               SourceLocation where) {
  if (fetches.empty()) throw_at<FeedError>(where, "trace_passes: nothing is fetched");
  PlanKey key;
  for (const Tensor& fetch : fetches) {
    if (!fetch || fetch.shared_state() != fetches[0].shared_state())
      throw_at<FeedError>(where, "trace_passes: a fetch is empty or of another graph");
    key.fetches.push_back(fetch.id());
  }
  std::vector<const Feed*> sorted;
  for (const Feed& feed : feeds) {
    if (!feed.placeholder() || feed.placeholder().shared_state() != fetches[0].shared_state())
      throw_at<FeedError>(where,
                          "trace_passes: a feed is for an empty tensor or one of another graph");
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

std::vector<PassTrace> trace_passes(const TensorList& fetches, const std::vector<Feed>& feeds,
                                    const Passes& passes, SourceLocation where) {
  const PlanKey key = key_of(fetches, feeds, where);
  const GraphState& original = fetches[0].state();
  std::vector<PassTrace> traces;
  const auto add = [&](std::string_view name, const Program& program) {
    PassTrace& trace =
        traces.emplace_back(PassTrace{.name = name,
                                      .graph = Graph(named_copy(program, original)),
                                      .moved = {program.moved.begin(), program.moved.end()}});
    for (NodeId result : program.results)
      trace.results.emplace_back(trace.graph.shared_state(), result);
    for (const Rewriting& r : program.rewritings) trace.rewritings.push_back({r.node, r.rule});
  };
  const auto observe = [&](std::string_view pass, const Draft& draft) {
    if (pass == "split_rows") return;  // it changes no node
    add(pass, draft.program);
    if (pass != "fuse_loops") return;
    PassTrace& trace = traces.back();
    for (NodeId id : draft.program.nodes()) trace.moved.push_back(id);
    trace.steps.assign(draft.schedule.step_of.begin(), draft.schedule.step_of.end());
  };
  ThreadPool alone(1);
  lower(key,
        {.graph = original,
         .set = best_instruction_set(),
         .threads = alone,
         .memory_limit = 0,
         .passes = passes,
         .where = where,
         .place_of = {}},
        observe);
  return traces;
}

}  // namespace gradus
