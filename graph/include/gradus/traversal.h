// Which nodes are computed from which: answers by Boost.Graph on the graph's view.
#pragma once

#include <vector>

#include <gradus/tensor.h>

namespace gradus {

// The nodes that the tensors are computed from, and these; ascending, so operands come first.
std::vector<NodeId> ancestors(const std::vector<Tensor>& tensors);
// The nodes that are computed from the tensors, and these; ascending.
std::vector<NodeId> descendants(const std::vector<Tensor>& tensors);
// The nodes on a path from one of `from` to one of `to`, ends included; ascending.
std::vector<NodeId> between(const std::vector<Tensor>& from, const std::vector<Tensor>& to);

}  // namespace gradus
