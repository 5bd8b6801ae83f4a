#include "legend.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace gradus {
namespace {

struct Kind {
  PictureKind kind;
  std::string_view text;
};

constexpr std::array kinds{
    Kind{PictureKind::placeholder, "placeholder"}, Kind{PictureKind::variable, "variable"},
    Kind{PictureKind::constant, "constant"},       Kind{PictureKind::forward, "op"},
    Kind{PictureKind::gradient, "gradient"},       Kind{PictureKind::update, "update of variables"},
    Kind{PictureKind::outside, "outside"},         Kind{PictureKind::culprit, "refused call"}};

// The value of an attribute in a style: "#d8ecf8" of fillcolor="#d8ecf8".
std::string_view value_in(std::string_view style, std::string_view attribute,
                          std::string_view otherwise) {
  const std::string key = fmt::format(" {}=\"", attribute);
  const std::size_t at = style.find(key);
  if (at == style.npos) return otherwise;
  style.remove_prefix(at + key.size());
  return style.substr(0, style.find('"'));
}

std::string line_cell(std::string_view arrow, std::string_view color, std::string_view text) {
  return fmt::format(R"(<td><font color="{}">{}</font>&#160;{}</td>)", color, arrow, text);
}

std::vector<std::string> cells_of(const Picture& picture, const DotTheme& theme) {
  std::vector<std::string> cells;
  for (const auto& [kind, text] : kinds) {
    const auto is_of_kind = [kind = kind](const PictureNode& node) { return node.kind == kind; };
    if (std::ranges::none_of(picture.nodes, is_of_kind)) continue;
    const std::string_view style = theme.styles[static_cast<std::size_t>(kind)];
    if (kind == PictureKind::outside)
      cells.push_back(fmt::format(R"(<td><font color="{}">read from outside</font></td>)",
                                  value_in(style, "fontcolor", theme.faint_text)));
    else
      cells.push_back(fmt::format(
          R"(<td border="{}" style="rounded" bgcolor="{}" color="{}">{}</td>)",
          kind == PictureKind::update ? 2 : 1, value_in(style, "fillcolor", theme.node_fill),
          value_in(style, "color", theme.node_line), text));
  }
  if (std::ranges::any_of(picture.nodes, &PictureNode::is_box))
    cells.emplace_back("<td>box with depth: several nodes</td>");
  bool reads_shapes = false, moves_on = false, is_read = false;
  for (const PictureEdge& edge : picture.edges) {
    reads_shapes = reads_shapes || edge.reads_shape_alone;
    moves_on = moves_on || edge.moves_on;
    is_read = is_read || (picture.nodes[edge.to].flows_up && !picture.nodes[edge.from].flows_up);
  }
  if (reads_shapes) cells.push_back(line_cell("\u21e2", theme.line, "only the shape is read"));
  if (is_read)
    cells.push_back(line_cell("\u2192", theme.read_by_gradient, "value that a gradient reads"));
  if (moves_on)
    cells.push_back(line_cell("\u2192", theme.changed, "from one repetition to the next"));
  return cells;
}

}  // namespace

std::string legend_table(const Picture& picture, const DotTheme& theme) {
  constexpr std::size_t fewest = 4, columns = 4;
  const std::vector<std::string> cells = cells_of(picture, theme);
  if (cells.size() < fewest) return "";
  std::string table = R"(<table border="0" cellborder="0" cellspacing="5" cellpadding="3">)";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i % columns == 0) table += i == 0 ? "<tr>" : "</tr><tr>";
    table += cells[i];
  }
  return table + "</tr></table>";
}

}  // namespace gradus
