#include <gradus/tensor.h>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op/op.h>

#include "core/throw_at.h"
#include "graph_state.h"

namespace gradus {

Tensor::Tensor(std::shared_ptr<GraphState> graph, NodeId id, SourceLocation where)
    : graph_(std::move(graph)), id_(id) {
  if (graph_ && index(id) >= static_cast<std::size_t>(graph_->node_count()))
    throw_at<GraphError>(where, "tensor: the graph has {} nodes, and none of number {}",
                         graph_->node_count(), static_cast<std::int64_t>(id));
}

GraphState& Tensor::state() const {
  if (!graph_) throw GraphError("tensor: the handle stands for no node");
  return *graph_;
}

const Shape& Tensor::shape() const { return state().shape(id_); }
DType Tensor::dtype() const { return state().kind(id_).dtype; }
std::string Tensor::name() const { return state().name(id_); }
std::string Tensor::op_name() const { return std::string(state().kind(id_).op->name); }
SourceLocation Tensor::where() const { return state().where(id_); }

Variable::Variable(Tensor tensor) : Tensor(std::move(tensor)) {
  if (state().variable(id()) == nullptr)
    throw GraphError(fmt::format("variable: \"{}\" is a {}", name(), op_name()));
}

std::string Variable::local_name() const {
  const std::string whole = name();
  return whole.substr(whole.rfind('/') + 1);
}

void Variable::set_trainable(bool trainable, SourceLocation where) const {
  if (trainable && !is_float(dtype()))
    throw_at<GraphError>(where, "set_trainable: \"{}\" is {}: only floats can be trained", name(),
                         to_text(dtype()));
  state().set_trainable(id(), trainable);
}

bool Variable::is_trainable() const {
  const VariableRecord* record = state().variable(id());
  return record != nullptr && record->is_trainable;
}

}  // namespace gradus
