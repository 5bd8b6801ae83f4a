#include "dot_picture.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include <gradus/op.h>

#include "dot_label.h"
#include "text.h"

namespace gradus {
namespace {

constexpr std::size_t not_drawn = std::numeric_limits<std::size_t>::max();

PictureKind kind_of(const Node& node) {
  if (node.op == &placeholder_op) return PictureKind::placeholder;
  if (node.op == &variable_op) return PictureKind::variable;
  if (node.op == &constant_op) return PictureKind::constant;
  if (node.role == Role::gradient) return PictureKind::gradient;
  return node.role == Role::update ? PictureKind::update : PictureKind::forward;
}

// The frames of the scopes that occur, and of those around them.
class Frames {
 public:
  explicit Frames(std::vector<PictureFrame>& frames) : frames_(frames) {
    frames_.assign(1, {});
    of_path_.emplace("", 0);
  }

  std::size_t of(const GraphState& graph, std::uint32_t scope) {
    const auto [found, is_new] = of_scope_.try_emplace(scope, 0);
    if (is_new) found->second = of(graph.names().scope_path(scope));
    return found->second;
  }

 private:
  std::size_t of(const std::string& path) {
    std::size_t frame = 0;
    for (std::size_t end = 0, begin = 0; !path.empty() && end != path.size(); begin = end + 1) {
      end = std::min(path.find('/', begin), path.size());
      const auto [found, is_new] = of_path_.try_emplace(path.substr(0, end), frames_.size());
      if (is_new) {
        frames_[frame].frames.push_back(frames_.size());
        frames_.push_back(
            {one_line(path.substr(begin, end - begin)), frame, frames_[frame].depth + 1, {}, {}});
      }
      frame = found->second;
    }
    return frame;
  }

  std::vector<PictureFrame>& frames_;
  std::unordered_map<std::string, std::size_t> of_path_;
  std::unordered_map<std::uint32_t, std::size_t> of_scope_;
};

}  // namespace

Picture make_picture(const GraphState& graph, const std::vector<NodeId>& nodes,
                     const std::vector<NodeId>& drawn, const DiagramOptions& options) {
  Picture picture;
  Frames frames(picture.frames);
  std::vector<std::size_t> place(static_cast<std::size_t>(graph.node_count()), not_drawn);
  std::vector<bool> is_read;
  for (NodeId id : nodes) {
    if (graph.literal(id) != nullptr && std::ranges::find(drawn, id) == drawn.end()) continue;
    const Node& node = graph.node(id);
    const std::size_t to = place[index(id)] = picture.nodes.size();
    const auto operands = graph.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k) {
      const std::size_t from = place[index(operands[k])];
      if (from == not_drawn) continue;
      is_read[from] = true;
      const std::string_view operand = operand_label(graph, id, k);
      const std::string value = value_label(graph, operands[k]);
      picture.edges.push_back({from, to,
                               operand.empty() ? value : fmt::format("{} {}", operand, value),
                               k < node.op->operands.size() && node.op->reads_shape_alone(k)});
    }
    picture.nodes.push_back({id, kind_of(node), node_label(graph, id), node_tooltip(graph, id)});
    const std::size_t frame = options.shows_scopes ? frames.of(graph, node.scope) : 0;
    picture.frames[frame].nodes.push_back(to);
    is_read.push_back(false);
  }
  // A result has no arrow that could carry its shape.
  for (std::size_t i = 0; i < picture.nodes.size(); ++i)
    if (!is_read[i]) picture.nodes[i].label += "\n" + value_label(graph, picture.nodes[i].id);
  return picture;
}

}  // namespace gradus
