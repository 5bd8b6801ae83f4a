// What the passes of the compiler do to a graph, one after the other.
//
//   for (const PassTrace& pass : trace_passes({loss}, {{x, images}}))
//     std::puts((std::string(pass.name) + "\n" + listing(pass.results)).c_str());
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <gradus/feed.h>
#include <gradus/graph.h>
#include <gradus/passes.h>

namespace gradus {

struct PassTrace {
  // A rule that changed a node of the graph before.
  struct Rewriting {
    NodeId node;
    std::string_view rule;  // "a transpose of a transpose"
  };

  std::string_view name = {};  // "prune", and those of the switches in Passes
  // After the pass, with all shapes as in the run. Nodes have the names of the nodes of the first
  // graph that they come from; a second one of that name ends in "~2".
  Graph graph = {};
  std::vector<Tensor> results = {};  // what is fetched, in it
  // Of each node of the graph before: the node that does its work now, or -1 if none does.
  std::vector<NodeId> moved = {};
  std::vector<Rewriting> rewritings = {};
  // After "fuse_loops" alone: of each node the number of the loop or call that computes it; -1 for
  // what is there before the run, and for views.
  std::vector<std::int32_t> steps = {};
};

// In order, from the graph of the fetches on; passes that change nothing are left out, but for the
// first and the last. The values of the feeds do not matter, their shapes do. The errors of
// Session::run.
std::vector<PassTrace> trace_passes(const TensorList& fetches, const std::vector<Feed>& feeds = {},
                                    const Passes& passes = {},
                                    SourceLocation where = SourceLocation::current());

}  // namespace gradus
