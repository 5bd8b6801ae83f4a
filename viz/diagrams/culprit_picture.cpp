#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include <gradus/failed_call.h>
#include <gradus/op/op.h>
#include <gradus/traversal.h>

#include "core/one_line.h"
#include "dot_label.h"
#include "dot_picture.h"

namespace gradus {
namespace {

// The words of a text in lines of about so many letters.
std::string wrapped(std::string_view text, std::size_t width) {
  std::string lines;
  std::size_t length = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (length > 0) lines += length + end - begin >= width ? '\n' : ' ';
    if (length + end - begin >= width) length = 0;
    lines += text.substr(begin, end - begin);
    length += end - begin + 1;
    begin = std::min(text.find_first_not_of(' ', end), text.size());
  }
  return lines;
}

}  // namespace

Picture make_culprit_picture(const Error& error, const DiagramOptions& options) {
  const FailedCall& call = *error.failed_call;
  // Tensors are made of graphs that can grow; here nothing is added.
  const auto graph = std::const_pointer_cast<GraphState>(call.graph);
  std::vector<Tensor> operands;
  for (NodeId id : call.operands) operands.emplace_back(graph, id);
  Picture picture = make_picture(*graph, ancestors(operands), call.operands, options);

  const std::string_view what = error.what();
  const std::string message = one_line(what.substr(0, what.find('\n')));
  const std::size_t culprit = picture.nodes.size();
  const auto place_of = [&](NodeId id) {
    const auto found = std::ranges::find(picture.nodes, id, &PictureNode::id);
    return static_cast<std::size_t>(found - picture.nodes.begin());
  };
  for (std::size_t k = 0; k < call.operands.size(); ++k) {
    const std::size_t place = place_of(call.operands[k]);
    if (place == culprit) continue;  // inside of a collapsed scope
    PictureEdge edge{place, culprit,
                     value_label(graph->node(call.operands[k]).dtype, call.shapes[k])};
    edge.operand =
        k < call.op->operands.size() ? std::string(call.op->operands[k]) : fmt::format("[{}]", k);
    picture.edges.push_back(std::move(edge));
    picture.nodes[place].flows_up = false;
  }
  constexpr std::size_t width = 44;
  picture.nodes.push_back({no_node, PictureKind::culprit, wrapped(message, width), one_line(what)});
  picture.frames[0].nodes.push_back(culprit);
  return picture;
}

}  // namespace gradus
