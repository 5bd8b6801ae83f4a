#include "picture_reads.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "core/one_line.h"
#include "dot_label.h"

namespace gradus {
namespace {

constexpr std::ptrdiff_t most_reads = 16;

bool is_read_by_gradient(const Picture& picture, const PictureEdge& edge) {
  const PictureNode &from = picture.nodes[edge.from], &to = picture.nodes[edge.to];
  return to.flows_up && !from.flows_up && from.id != no_node && (to.id != no_node || to.is_box) &&
         from.kind != PictureKind::outside;
}

// As its box and the frame around it say it: "encoder/matmul", or the user's name alone.
std::string name_in_picture(const GraphState& graph, NodeId id) {
  if (graph.names().is_given(id)) return short_name(graph, id);
  const std::string name = graph.name(id);
  const std::size_t last = name.rfind('/');
  const std::size_t before = last == name.npos || last == 0 ? name.npos : name.rfind('/', last - 1);
  return one_line(before == name.npos ? name : name.substr(before + 1));
}

}  // namespace

void name_reads(Picture& picture, const GraphState& graph) {
  const auto is_read = [&](const PictureEdge& edge) { return is_read_by_gradient(picture, edge); };
  if (std::ranges::count_if(picture.edges, is_read) <= most_reads) return;
  for (const PictureEdge& edge : picture.edges) {
    // A box says how many values it reads, and what only gives its shape is not worth a line, but
    // for the variable that gets another value.
    const NodeId reader = picture.nodes[edge.to].id;
    if (!is_read(edge) || reader == no_node ||
        (edge.reads_shape_alone && graph.node(reader).op != &assign_op))
      continue;
    std::string& label = picture.nodes[edge.to].label;
    const NodeId read = picture.nodes[edge.from].id;
    // A formula names it already.
    if (edge.operand.empty() && label.find(short_name(graph, read)) != label.npos) continue;
    label += fmt::format("\n{}: {}", edge.operand.empty() ? "reads" : edge.operand,
                         name_in_picture(graph, read));
  }
  std::erase_if(picture.edges, is_read);
  for (PictureTie& tie : picture.ties) tie.is_drawn = false;
}

}  // namespace gradus
