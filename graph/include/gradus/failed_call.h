// The call of an op that was refused, as an Error carries it.
//
//   catch (const ShapeError& error) { write_diagram("wrong.svg", error); }
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gradus/shape.h>
#include <gradus/tensor.h>

namespace gradus {

struct Op;

struct FailedCall {
  std::shared_ptr<const GraphState> graph;
  const Op* op = nullptr;
  std::string name;  // of the node that it would have made, or that failed in a run
  std::vector<NodeId> operands;
  std::vector<Shape> shapes;  // of the operands, as the run knew them
};

}  // namespace gradus
