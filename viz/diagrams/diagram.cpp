#include <gradus/diagram.h>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/file.h>
#include <gradus/pass_diagram.h>
#include <gradus/traversal.h>

#include "dot/dot_text.h"
#include "dot_picture.h"
#include "graph/graph_state.h"
#include "graphviz.h"
#include "layout.h"

namespace gradus {
namespace {

void check(const std::vector<Tensor>& tensors) {
  if (tensors.empty()) throw GraphError("diagram: there is nothing to draw");
  for (const Tensor& t : tensors) {
    if (!t) throw GraphError("diagram: an empty Tensor cannot be drawn");
    if (t.shared_state() != tensors[0].shared_state())
      throw GraphError(
          fmt::format("diagram: \"{}\" and \"{}\" are of two graphs", tensors[0].name(), t.name()));
  }
}

PictureMaker maker_of(const std::vector<Tensor>& tensors) {
  check(tensors);
  std::vector<NodeId> drawn;
  for (const Tensor& t : tensors) drawn.push_back(t.id());
  return [&tensors, nodes = ancestors(tensors), drawn](const DiagramOptions& options) {
    return make_picture(tensors[0].state(), nodes, drawn, options);
  };
}

PictureMaker maker_of(const Graph& graph, const std::vector<NodeId>& nodes) {
  if (nodes.empty()) throw GraphError("diagram: there is nothing to draw");
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (index(nodes[i]) >= static_cast<std::size_t>(graph.node_count()) ||
        (i > 0 && nodes[i] <= nodes[i - 1]))
      throw GraphError("diagram: the nodes are not ascending, or not of this graph");
  return [&](const DiagramOptions& options) {
    return make_picture(graph.state(), nodes, {}, options);
  };
}

PictureMaker maker_of(const Error& error) {
  if (error.failed_call == nullptr)
    throw GraphError("diagram: the error is not about the call of an op");
  return [&](const DiagramOptions& options) { return make_culprit_picture(error, options); };
}

PictureMaker maker_of(const std::vector<PassTrace>& passes, std::size_t pass) {
  if (pass >= passes.size())
    throw GraphError(
        fmt::format("diagram: there is no pass {}: {} are given", pass, passes.size()));
  return [&passes, pass](const DiagramOptions& options) {
    return make_pass_picture(passes, pass, options);
  };
}

// "dot", "svg", "pdf" or "png".
std::string format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const char* known : {".dot", ".svg", ".pdf", ".png"})
    if (extension == known) return extension.substr(1);
  throw FileError(
      fmt::format("diagram: file \"{}\" must end in .dot, .svg, .pdf or .png", path.string()));
}

void write(const std::filesystem::path& path, const std::string& format, const PictureMaker& maker,
           const DiagramOptions& options) {
  write_file(path, format == "dot"
                       ? dot_text(maker(options), options)
                       : draw_picture(picture_within_budget(maker, options), options, format));
}

}  // namespace

std::string to_dot(const Tensor& tensor, const DiagramOptions& options) {
  return to_dot(std::vector<Tensor>{tensor}, options);
}
std::string to_dot(const std::vector<Tensor>& tensors, const DiagramOptions& options) {
  return dot_text(maker_of(tensors)(options), options);
}
std::string to_dot(const Graph& graph, const std::vector<NodeId>& nodes,
                   const DiagramOptions& options) {
  return dot_text(maker_of(graph, nodes)(options), options);
}
std::string to_dot(const Error& error, const DiagramOptions& options) {
  return dot_text(maker_of(error)(options), options);
}
std::string to_dot(const std::vector<PassTrace>& passes, std::size_t pass,
                   const DiagramOptions& options) {
  return dot_text(maker_of(passes, pass)(options), options);
}

void write_diagram(const std::filesystem::path& path, const Tensor& tensor,
                   const DiagramOptions& options) {
  write_diagram(path, std::vector<Tensor>{tensor}, options);
}
void write_diagram(const std::filesystem::path& path, const std::vector<Tensor>& tensors,
                   const DiagramOptions& options) {
  write(path, format_of(path), maker_of(tensors), options);
}
void write_diagram(const std::filesystem::path& path, const Graph& graph,
                   const std::vector<NodeId>& nodes, const DiagramOptions& options) {
  write(path, format_of(path), maker_of(graph, nodes), options);
}
void write_diagram(const std::filesystem::path& path, const Error& error,
                   const DiagramOptions& options) {
  write(path, format_of(path), maker_of(error), options);
}
void write_diagram(const std::filesystem::path& path, const std::vector<PassTrace>& passes,
                   std::size_t pass, const DiagramOptions& options) {
  write(path, format_of(path), maker_of(passes, pass), options);
}

}  // namespace gradus
