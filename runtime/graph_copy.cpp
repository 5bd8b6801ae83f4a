#include "graph_copy.h"

#include <string>
#include <vector>

#include <gradus/op/op.h>

namespace gradus {

Attribute GraphCopy::converted(const Attribute& attribute) const {
  Attribute result = attribute;
  if (DType* dtype = std::get_if<DType>(&result.value)) *dtype = converted(*dtype);
  if (Array* array = std::get_if<Array>(&result.value)) *array = converted(*array);
  return result;
}

void GraphCopy::add_constant(NodeId id, const Array& value) {
  same_[id] = graph_.constant(converted(value), from_.where(id));
}

void GraphCopy::add_variable(NodeId id, const Array& value) {
  same_[id] =
      graph_.variable("x" + std::to_string(index(id)), converted(value), true, from_.where(id));
}

void GraphCopy::add(NodeId id, const Shape& shape) {
  std::vector<NodeId> operands;
  std::vector<DType> dtypes;
  for (NodeId operand : from_.operands(id)) {
    operands.push_back(same_.at(operand).id());
    dtypes.push_back(same_.at(operand).dtype());
  }
  std::vector<Attribute> attributes;
  for (const Attribute& a : from_.attributes(id)) attributes.push_back(converted(a));
  const Op& op = *from_.node(id).op;
  const DType dtype = op.dtype(Call(op, attributes), dtypes);
  GraphState& to = graph_.state();
  same_[id] = to.tensor(to.append(op, operands, attributes, shape, dtype, from_.where(id)));
}

}  // namespace gradus
