#include "dot_text.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "core/one_line.h"
#include "dot_theme.h"
#include "legend.h"

namespace gradus {
namespace {

// Verdana has the widths of DejaVu Sans, for which Graphviz makes room.
constexpr std::string_view font = "DejaVu Sans,Verdana,sans-serif";

using Out = std::back_insert_iterator<std::string>;

using Replacement = std::pair<char, std::string_view>;

// The text with other texts in the place of some characters.
std::string replaced(std::string_view text, std::initializer_list<Replacement> by) {
  std::string out;
  for (const char& c : text) {
    const auto* found = std::ranges::find(by, c, &Replacement::first);
    out += found == by.end() ? std::string_view(&c, 1) : found->second;
  }
  return out;
}

class DotWriter {
 public:
  DotWriter(std::string& text, const Picture& picture, const DiagramOptions& options,
            const DrawingParts& parts)
      : out_(text),
        picture_(picture),
        options_(options),
        theme_(theme_of(options)),
        parts_(parts) {}

  void write() {
    write_header();
    write_frames();
    for (const PictureEdge& edge : picture_.edges) write_edge(edge);
    for (const PictureTie& tie : picture_.ties) write_tie(tie);
    fmt::format_to(out_, "}}\n");
  }

 private:
  void write_header() {
    // nslimit bounds the search for straight arrows, which takes minutes without it; at 2 the
    // arrows of a training step wind so much that drawing them takes longer. newrank lets values
    // flow one way across frames.
    fmt::format_to(
        out_,
        "digraph \"gradus\" {{\n"
        "  graph [rankdir=\"{}\", nslimit=\"32\", newrank=\"true\", compound=\"true\", "
        "nodesep=\"0.3\", "
        "ranksep=\"0.35\", pad=\"0.2\", bgcolor=\"{}\", fontname=\"{}\", fontsize=\"11\", "
        "fontcolor=\"{}\"];\n"
        "  node [shape=\"box\", style=\"filled,rounded\", fillcolor=\"{}\", color=\"{}\", "
        "fontname=\"{}\", fontsize=\"11\", fontcolor=\"{}\", margin=\"0.12,0.06\", height=\"0.3\", "
        "width=\"0.5\"];\n"
        "  edge [color=\"{}\", arrowsize=\"0.6\", fontname=\"{}\", fontsize=\"9\", "
        "fontcolor=\"{}\"];\n",
        options_.direction == DiagramDirection::down ? "TB" : "LR", theme_.background, font,
        theme_.faint_text, theme_.node_fill, theme_.node_line, font, theme_.text, theme_.line, font,
        theme_.faint_text);
    const std::string title = one_line(options_.title);
    const std::string& note = picture_.note;
    const std::string legend = parts_.has_legend ? legend_table(picture_, theme_) : "";
    if (!legend.empty()) {
      std::string rows;
      if (!title.empty())
        rows +=
            fmt::format(R"(<tr><td><font point-size="15">{}</font></td></tr>)", table_text(title));
      if (!note.empty()) rows += fmt::format("<tr><td>{}</td></tr>", table_text(note));
      fmt::format_to(out_,
                     "  label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"0\">{}<tr><td>{}"
                     "</td></tr></table>>;\n  labelloc=\"t\";\n",
                     rows, legend);
      return;
    }
    if (title.empty() && note.empty()) return;
    fmt::format_to(out_, "  label={};\n  labelloc=\"t\";\n  fontsize=\"{}\";\n",
                   dot_string(title.empty() || note.empty() ? title + note : title + "\n" + note),
                   title.empty() ? 12 : 15);
  }

  // Frames lie within frames, as deep as scopes were opened: a list of open ones, no recursion.
  void write_frames() {
    struct Open {
      std::size_t frame, next = 0;
    };
    std::vector<Open> open{{0}};
    while (!open.empty()) {
      const PictureFrame& frame = picture_.frames[open.back().frame];
      if (open.back().next == 0)
        for (std::size_t node : frame.nodes) write_node(node, frame.depth + 1);
      if (open.back().next < frame.frames.size()) {
        const std::size_t inner = frame.frames[open.back().next++];
        open_frame(picture_.frames[inner], inner);
        open.push_back({inner});
        continue;
      }
      open.pop_back();
      if (!open.empty()) fmt::format_to(out_, "{:{}}}}\n", "", 2 * frame.depth);
    }
  }

  void open_frame(const PictureFrame& frame, std::size_t number) {
    const std::size_t indent = 2 * frame.depth;
    const std::string label = dot_string(frame.label);
    fmt::format_to(out_, "{:{}}subgraph \"cluster_{}\" {{\n{:{}}label={}; labeljust=\"l\"; ", "",
                   indent, number, "", indent + 2, label);
    if (frame.is_of_gradients)
      fmt::format_to(out_,
                     "style=\"dotted,rounded\"; color=\"{}\"; margin=\"6\"; fontsize=\"9\"; "
                     "tooltip={};\n",
                     theme_.read_by_gradient, label);
    else
      fmt::format_to(out_,
                     "style=\"filled,rounded\"; fillcolor=\"{}\"; color=\"{}\"; margin=\"10\"; "
                     "fontsize=\"11\"; tooltip={};\n",
                     frame.depth % 2 == 1 ? theme_.odd_frame : theme_.even_frame, theme_.frame_line,
                     label);
  }

  void write_node(std::size_t place, std::size_t depth) {
    const PictureNode& node = picture_.nodes[place];
    const std::string_view style = theme_.styles[static_cast<std::size_t>(node.kind)];
    fmt::format_to(out_, "{:{}}\"n{}\" [label={}, tooltip={}{}{}{}];\n", "", 2 * depth, place,
                   node.values.empty() ? dot_string(node.label) : table_of(node),
                   dot_string(node.tooltip), style.empty() ? "" : ", ", style, form_of(node));
  }

  // What is written over the style of its kind.
  std::string form_of(const PictureNode& node) const {
    std::string form;
    if (node.is_box) form = R"(, shape="box3d", style="filled", margin="0.15,0.09")";
    // A table fits neither into an ellipse nor below a cylinder's lid.
    if (!node.values.empty() && !node.is_box) form = R"(, shape="box")";
    switch (node.mark) {
      case PictureMark::removed:
        return form + fmt::format(", style=\"dashed\", color=\"{}\", fontcolor=\"{}\"", theme_.line,
                                  theme_.faint_text);
      case PictureMark::added:
        return form + fmt::format(", penwidth=\"2.5\", color=\"{}\"", theme_.added);
      case PictureMark::changed:
        return form + fmt::format(", penwidth=\"2.5\", color=\"{}\"", theme_.changed);
      case PictureMark::none:
        break;
    }
    return form;
  }

  // Graphviz's tables: the label above, value and gradient below it beside each other.
  std::string table_of(const PictureNode& node) {
    std::string table = fmt::format(
        R"(<<table border="0" cellborder="0" cellspacing="4" cellpadding="0"><tr><td colspan="{}">)"
        R"({}</td></tr><tr>)",
        node.values.size(), table_text(node.label));
    for (const PictureValue& value : node.values)
      table += R"(<td valign="top">)" + table_of(value) + "</td>";
    return table + "</tr></table>>";
  }

  std::string table_of(const PictureValue& value) {
    const std::size_t columns = value.rows[0].size();
    std::string table =
        fmt::format(R"(<table border="0" cellborder="0" cellspacing="0" cellpadding="2"><tr>)"
                    R"(<td colspan="{}"><font point-size="9" color="{}">{}</font></td></tr>)",
                    columns, theme_.faint_text, value.caption);
    for (const std::vector<std::string>& row : value.rows) {
      table += "<tr>";
      for (const std::string& cell : row)
        table += fmt::format(R"(<td align="{}">{}</td>)", columns > 1 ? "right" : "center",
                             table_text(cell));
      table += "</tr>";
    }
    if (!value.images.empty() && !parts_.image_folder.empty()) table += images_row(value, columns);
    return table + "</table>";
  }

  std::string images_row(const PictureValue& value, std::size_t columns) {
    std::string row = fmt::format(
        R"(<tr><td colspan="{}"><table border="0" cellborder="0" cellspacing="3" cellpadding="0"><tr>)",
        columns);
    for (const Image& image : value.images)
      row += fmt::format(R"(<td fixedsize="true" width="{}" height="{}"><img src="{}" )"
                         R"(scale="both"/></td>)",
                         points(image.width()), points(image.height()),
                         image_path(parts_.image_folder, next_image_++));
    return row + "</tr></table></td></tr>";
  }

  static std::int64_t points(std::int64_t pixels) { return (pixels * 3 + 3) / 4; }

  // What the backward half reads of the forward half does not move it.
  void write_edge(const PictureEdge& edge) {
    const PictureNode& reader = picture_.nodes[edge.to];
    const bool is_turned = picture_.is_turned(edge);
    std::string style;
    const auto add = [&](std::string_view name, std::string_view value) {
      style += fmt::format("{}{}={}", style.empty() ? " [" : ", ", name, dot_string(value));
    };
    if (edge.moves_on) {
      add("constraint", "false");
      add("color", theme_.changed);
      add("penwidth", "1.6");
    } else if (reader.flows_up && !is_turned) {
      add("constraint", "false");
      add("color", theme_.read_by_gradient);
    } else if (options_.shows_shapes) {
      // The space keeps the label off its arrow.
      add("label",
          fmt::format(" {}{}{}", edge.operand, edge.operand.empty() ? "" : " ", edge.value));
    }
    // What is computed goes straight down; variables stand beside it.
    if (!reader.flows_up && reader.kind != PictureKind::culprit && !edge.moves_on &&
        !edge.reads_shape_alone && is_computed(picture_.nodes[edge.from]))
      add("weight", "8");
    if (edge.from_frame != 0) add("lhead", fmt::format("cluster_{}", edge.from_frame));
    if (edge.reads_shape_alone) add("style", "dashed");
    if (reader.kind == PictureKind::culprit) {
      add("color", theme_.culprit);
      add("fontcolor", theme_.culprit);
      add("penwidth", "2");
    }
    if (is_turned) add("dir", "back");
    if (parts_.has_edge_tooltips) add("tooltip", tooltip_of(edge));
    fmt::format_to(out_, "  \"n{}\" -> \"n{}\"{}{};\n", is_turned ? edge.to : edge.from,
                   is_turned ? edge.from : edge.to, style, style.empty() ? "" : "]");
  }

  static bool is_computed(const PictureNode& node) {
    return node.kind == PictureKind::forward || node.is_box;
  }

  // "W to matmul: 2nd [64, 784]".
  std::string tooltip_of(const PictureEdge& edge) const {
    return fmt::format("{} to {}: {}{}{}", picture_.nodes[edge.from].tooltip,
                       picture_.nodes[edge.to].tooltip, edge.operand,
                       edge.operand.empty() ? "" : " ", edge.value);
  }

  // It pulls the gradient to the side of its op.
  void write_tie(const PictureTie& tie) {
    fmt::format_to(out_, "  \"n{}\" -> \"n{}\" [style=\"{}\", minlen=\"0\", arrowhead=\"none\"",
                   tie.from, tie.to, tie.is_drawn ? "dotted" : "invis");
    if (tie.is_drawn) fmt::format_to(out_, ", color=\"{}\"", theme_.read_by_gradient);
    fmt::format_to(out_, "];\n");
  }

  Out out_;
  const Picture& picture_;
  const DiagramOptions& options_;
  const DotTheme& theme_;
  const DrawingParts& parts_;
  std::size_t next_image_ = 0;
};

}  // namespace

std::string image_path(const std::string& folder, std::size_t number) {
  return fmt::format("{}/{}.png", folder, number);
}

std::string dot_string(std::string_view label) {
  // Graphviz knows HTML's entities, in quotes too.
  return "\"" + replaced(label, {{'"', "\\\""}, {'\\', "\\\\"}, {'\n', "\\n"}, {'&', "&amp;"}}) +
         "\"";
}

std::string table_text(std::string_view text) {
  return replaced(text,
                  {{'&', "&amp;"},
                   {'<', "&lt;"},
                   {'>', "&gt;"},
                   {'\\', "\\\\"},  // Graphviz takes \N for the node's name, also as an entity
                   {'\n', "<br/>"}});
}

std::string dot_text(const Picture& picture, const DiagramOptions& options,
                     const DrawingParts& parts) {
  std::string text;
  DotWriter(text, picture, options, parts).write();
  return text;
}

}  // namespace gradus
