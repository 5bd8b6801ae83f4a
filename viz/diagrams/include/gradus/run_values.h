// What the tensors of a graph were in one run, to be shown in pictures.
//
//   write_diagram("ae.svg", loss, {.values = values_of(session, loss, {{x, images}})});
#pragma once

#include <unordered_map>
#include <vector>

#include <gradus/array.h>
#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

// Values and gradients by node. All tensors are of one graph.
class RunValues {
 public:
  void set_value(const Tensor& tensor, Array value) { values_[tensor.id()] = std::move(value); }
  void set_gradient(const Tensor& tensor, Array gradient) {
    gradients_[tensor.id()] = std::move(gradient);
  }
  // Null where nothing was set.
  const Array* value(NodeId id) const { return find(values_, id); }
  const Array* gradient(NodeId id) const { return find(gradients_, id); }

 private:
  static const Array* find(const std::unordered_map<NodeId, Array>& arrays, NodeId id) {
    const auto found = arrays.find(id);
    return found == arrays.end() ? nullptr : &found->second;
  }
  std::unordered_map<NodeId, Array> values_, gradients_;
};

// The values of all that the tensors are computed from, in one run. Assignments are left out, so
// that no variable changes. The errors are those of Session::run.
RunValues values_of(Session& session, const TensorList& tensors,
                    const std::vector<Feed>& feeds = {},
                    SourceLocation where = SourceLocation::current());
RunValues values_of(Session& session, const Tensor& tensor, const std::vector<Feed>& feeds = {},
                    SourceLocation where = SourceLocation::current());

// The same, and the gradient of a scalar loss with respect to each node that one comes to. The
// graph gets the nodes of these gradients.
RunValues values_and_gradients_of(Session& session, const Tensor& loss,
                                  const std::vector<Feed>& feeds = {},
                                  SourceLocation where = SourceLocation::current());

}  // namespace gradus
