// Which nodes are computed from which.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <gradus/graph.h>
#include <gradus/tensor.h>

namespace gradus {

// What a node reads, in order.
std::vector<Tensor> operands_of(const Tensor& tensor);

// The nodes that the tensors are computed from, and these; ascending, so operands come first.
std::vector<NodeId> ancestors(const TensorList& tensors);
// The nodes that are computed from the tensors, and these; ascending.
std::vector<NodeId> descendants(const TensorList& tensors);
// The nodes on a path from one of `from` to one of `to`, ends included; ascending.
std::vector<NodeId> between(const TensorList& from, const TensorList& to);
// The nodes that the tensors are computed from in at most so many steps, and these; ascending.
std::vector<NodeId> within(std::int64_t steps, const TensorList& tensors);
// The nodes of a scope and of those in it, by its full name; of "" all. GraphError if no node is in
// it.
std::vector<NodeId> in_scope(const Graph& graph, std::string_view scope);

}  // namespace gradus
