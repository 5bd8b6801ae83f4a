// Pictures of a tensor's graph: values flow along the arrows, from what is fed to what is drawn.
//
//   write_diagram("ae.svg", loss);                // or .dot, .pdf, .png
//   write_diagram("step.pdf", {loss, step}, {.title = "One step of training"});
//
// Ellipses are placeholders, cylinders variables, notes constants, boxes ops; gradients are orange
// with corners, updates of variables green with a double line. A number that an op reads stands in
// the op's box. Each arrow carries the shape, and the dtype if it is not float32; along a dashed
// one only the shape is read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/tensor.h>

namespace gradus {

enum class DiagramDirection : std::uint8_t { down, right };

struct DiagramOptions {
  std::string title = {};  // written above the picture
  DiagramDirection direction = DiagramDirection::down;
  bool shows_shapes = true;
  bool shows_scopes = true;  // name scopes as nested frames
  // The most that is laid out: nodes, plus the ranks that arrows cross, doubled by shapes. The time
  // grows with its square: up to about 15 s at the default.
  std::int64_t layout_budget = 12'000;
};

// The graph of all that the tensors are computed from, in Graphviz's language; equal graphs give
// equal bytes. GraphError: no tensor, an empty one, or tensors of two graphs.
std::string to_dot(const Tensor& tensor, const DiagramOptions& options = {});
std::string to_dot(const std::vector<Tensor>& tensors, const DiagramOptions& options = {});

// Writes it to a file as the extension says: .dot, .svg, .pdf or .png. All but .dot are laid out by
// Graphviz, one at a time in a process. FileError for another extension or a file that cannot be
// written; GraphError as above, and for a graph beyond the budget.
void write_diagram(const std::filesystem::path& path, const Tensor& tensor,
                   const DiagramOptions& options = {});
void write_diagram(const std::filesystem::path& path, const std::vector<Tensor>& tensors,
                   const DiagramOptions& options = {});

}  // namespace gradus
