// A graph as text, a node a line, operands before their readers:
//
//   x = placeholder  float32 [?, 784]
//   matmul = matmul(x, W1, transpose_b=true)  float32 [?, 256]
#pragma once

#include <string>
#include <vector>

#include <gradus/graph.h>

namespace gradus {

std::string to_text(const Graph& graph);
// The nodes that the tensors are computed from, and these.
std::string listing(const TensorList& tensors);
// How a node is computed, on one line: "matmul(x, W1, transpose_b=true)".
std::string call_text(const Tensor& tensor);

}  // namespace gradus
