// RunRequest: the fetches and feeds of a run, checked.
#pragma once

#include <span>
#include <vector>

#include <gradus/feed.h>
#include <gradus/graph.h>
#include <gradus/tensor.h>

#include "compiler/program/prune.h"

namespace gradus {

// Kept from run to run, so that a repeated run allocates nothing for it.
class RunRequest {
 public:
  explicit RunRequest(const Graph& graph) : graph_(graph) {}

  // FeedError for a wrong fetch or feed. The feeds are only referred to.
  void read(std::span<const Tensor> fetches, std::span<const Feed> feeds, SourceLocation where);

  const PlanKey& key() const { return key_; }
  // In order of the key's placeholders, which ascend.
  std::span<const Feed* const> feeds() const { return feeds_; }
  const Array& fed(NodeId placeholder) const;

 private:
  NodeId checked(const Tensor& fetch, SourceLocation where) const;
  void check(const Feed& feed, SourceLocation where) const;
  void sort_feeds(std::span<const Feed> feeds, SourceLocation where);

  Graph graph_;
  PlanKey key_;
  std::vector<const Feed*> feeds_;
};

}  // namespace gradus
