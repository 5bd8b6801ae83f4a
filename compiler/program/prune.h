// The first program of a run: what the fetches need, with the shapes that follow from the feeds.
#pragma once

#include <memory>
#include <vector>

#include "program.h"

namespace gradus {

// What is fetched and fed: a plan serves every run with the same key.
struct PlanKey {
  std::vector<NodeId> fetches;
  std::vector<NodeId> placeholders;  // fed, ascending
  std::vector<Shape> shapes;         // of the feeds

  friend bool operator==(const PlanKey&, const PlanKey&) = default;
};

// Takes from the user's graph what the fetches need, and gives every node the shape that follows
// from the feeds. Of a node of which only the shape is read, a node of shape_op is left. FeedError
// for a placeholder that is not fed; ShapeError where sizes do not fit that only the run knows;
// GraphError for a variable that is assigned twice.
Program prune(const std::shared_ptr<const GraphState>& graph, const PlanKey& key,
              SourceLocation where);

// Stands in a program for a value of which only the shape is read.
extern const Op shape_op;

}  // namespace gradus
