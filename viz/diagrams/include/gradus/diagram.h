// Pictures of a tensor's graph: values flow down along the arrows, gradients flow back up beside
// them.
//
//   write_diagram("ae.svg", loss);                // or .dot, .pdf, .png
//   write_diagram("step.pdf", {loss, step}, {.title = "One step of training"});
//
// Ellipses are placeholders, cylinders variables, notes constants, boxes ops. Gradients are orange
// with corners, in a dotted frame for each op that they differentiate; updates of variables are
// green with a double line. A number that an op reads stands in the op's box. Each arrow carries
// the shape of its value, and the dtype if it is not float32, and where their order matters which
// operand it is ("2nd"); along a dashed one only the shape is read. The brown arrows, by which
// gradients read values, carry nothing; where there would be many, gradients name what they read.
// The gradient of a variable W is marked "dloss/dW". Gradients lie in the frames of what they
// differentiate once more: "gradients/encoder/dense".
//
// An .svg is a drawing to walk through where scripts run, in a browser's window: wheel, buttons and
// keys zoom, dragging moves it, and nodes are found by name. Elsewhere it is a picture.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/error.h>
#include <gradus/graph.h>
#include <gradus/run_values.h>
#include <gradus/tensor.h>

namespace gradus {

enum class DiagramDirection : std::uint8_t { down, right };
enum class DiagramTheme : std::uint8_t { light, dark };

struct DiagramOptions {
  std::string title = {};  // written above the picture
  DiagramDirection direction = DiagramDirection::down;
  DiagramTheme theme = DiagramTheme::light;
  bool shows_shapes = true;
  bool shows_scopes = true;  // name scopes as nested frames
  // Scopes that become one box each, by full name or the part after the last '/'; '*' is any text.
  std::vector<std::string> collapsed_scopes = {};
  // The gradient nodes of one op become one box.
  bool collapses_gradients = false;
  // From 150 nodes on the steps of optimizers become one box, the gradients of each scope another,
  // and what is repeated at least three times in a row (layers, steps of a recurrent network) is
  // drawn once, in a frame that says how often; blue arrows lead from one repetition to the next.
  // Where that is not enough, inner scopes become boxes, too.
  bool collapses_large_graphs = true;
  // What shapes, colors and lines mean, below the title; in all formats but .dot, and only if there
  // is more than a few kinds.
  bool shows_legend = true;
  // Shown in the nodes: small ones whole, large ones as range and norm. In all formats but .dot a
  // large one is a picture, too: blue below zero, orange above; black to white if nothing is below.
  RunValues values = {};
  // Of an array whose last axis has as many elements, the first rows are drawn as such pictures.
  Shape image_shape = {28, 28};
  // The most that is laid out: nodes, plus the ranks that arrows cross, doubled by shapes. The time
  // grows with its square: up to about 15 s at the default. Beyond it scopes are drawn as boxes,
  // as many as it takes, and the picture says so.
  std::int64_t layout_budget = 12'000;
  // After which Graphviz is stopped.
  std::chrono::milliseconds time_limit = std::chrono::minutes(2);
};

// The graph of all that the tensors are computed from, in Graphviz's language; equal graphs give
// equal bytes. Graphviz itself is not needed. GraphError: no tensor, an empty one, or tensors of
// two graphs.
std::string to_dot(const Tensor& tensor, const DiagramOptions& options = {});
std::string to_dot(const std::vector<Tensor>& tensors, const DiagramOptions& options = {});

// Nodes of a choice: what between(), descendants(), within() or in_scope() of <gradus/traversal.h>
// give. What they read from outside is named in gray.
std::string to_dot(const Graph& graph, const std::vector<NodeId>& nodes,
                   const DiagramOptions& options = {});

// The graph up to a call that was refused, and this call in red, with its message. GraphError if
// the error is not about the call of an op.
std::string to_dot(const Error& error, const DiagramOptions& options = {});

// Writes it to a file as the extension says: .dot, .svg, .pdf or .png. All but .dot are laid out by
// Graphviz, whose program `dot` runs as a process of its own. FileError for another extension, for
// a file that cannot be written, and where `dot` is not found or fails; GraphError as above, for a
// graph beyond the budget, and at the time limit.
void write_diagram(const std::filesystem::path& path, const Tensor& tensor,
                   const DiagramOptions& options = {});
void write_diagram(const std::filesystem::path& path, const std::vector<Tensor>& tensors,
                   const DiagramOptions& options = {});
void write_diagram(const std::filesystem::path& path, const Graph& graph,
                   const std::vector<NodeId>& nodes, const DiagramOptions& options = {});
void write_diagram(const std::filesystem::path& path, const Error& error,
                   const DiagramOptions& options = {});

}  // namespace gradus
