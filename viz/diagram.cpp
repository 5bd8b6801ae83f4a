#include <gradus/diagram.h>

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/file.h>
#include <gradus/graph_state.h>
#include <gradus/traversal.h>

#include "dot_picture.h"
#include "dot_text.h"
#include "graphviz.h"
#include "layout_budget.h"

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

Picture picture_of(const std::vector<Tensor>& tensors, const DiagramOptions& options) {
  check(tensors);
  std::vector<NodeId> drawn;
  for (const Tensor& t : tensors) drawn.push_back(t.id());
  return make_picture(tensors[0].state(), ancestors(tensors), drawn, options);
}

// Nothing for .dot.
std::optional<PictureFormat> format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (extension == ".dot") return std::nullopt;
  if (extension == ".svg") return PictureFormat::svg;
  if (extension == ".pdf") return PictureFormat::pdf;
  if (extension == ".png") return PictureFormat::png;
  throw FileError(
      fmt::format("diagram: file \"{}\" must end in .dot, .svg, .pdf or .png", path.string()));
}

}  // namespace

std::string to_dot(const Tensor& tensor, const DiagramOptions& options) {
  return to_dot(std::vector<Tensor>{tensor}, options);
}
std::string to_dot(const std::vector<Tensor>& tensors, const DiagramOptions& options) {
  return dot_text(picture_of(tensors, options), options);
}

void write_diagram(const std::filesystem::path& path, const Tensor& tensor,
                   const DiagramOptions& options) {
  write_diagram(path, std::vector<Tensor>{tensor}, options);
}
void write_diagram(const std::filesystem::path& path, const std::vector<Tensor>& tensors,
                   const DiagramOptions& options) {
  const std::optional<PictureFormat> format = format_of(path);
  const Picture picture = picture_of(tensors, options);
  if (format) check_layout_budget(picture, options);
  const std::string dot = dot_text(picture, options);
  write_file(path, format ? render(dot, *format) : dot);
}

}  // namespace gradus
