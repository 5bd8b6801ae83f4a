#include "dot_text.h"

#include <iterator>

#include <fmt/format.h>

#include "text.h"

namespace gradus {
namespace {

// Verdana has the widths of DejaVu Sans, for which Graphviz makes room.
constexpr std::string_view font = "DejaVu Sans,Verdana,sans-serif";

// Okabe and Ito's colors, which the color-blind can tell apart, and light tints of them; the shapes
// tell the kinds apart where there is no color.
std::string_view style_of(PictureKind kind) {
  switch (kind) {
    case PictureKind::placeholder:
      return R"(shape="ellipse", style="filled", fillcolor="#d8ecf8", color="#0072b2")";
    case PictureKind::variable:
      return R"(shape="cylinder", style="filled", fillcolor="#fdf3cd", color="#a67c00")";
    case PictureKind::constant:
      return R"(shape="note", style="filled", fillcolor="#f0f1f3", color="#6b7280")";
    case PictureKind::gradient:
      return R"(style="filled", fillcolor="#fce6d8", color="#d55e00")";
    case PictureKind::update:
      return R"(style="filled", peripheries="2", fillcolor="#d7f0e6", color="#009e73")";
    case PictureKind::forward:
      break;
  }
  return "";
}

using Out = std::back_insert_iterator<std::string>;

void write_header(Out out, const DiagramOptions& options) {
  // nslimit bounds the search for straight arrows, which takes minutes without it; at 2 the arrows
  // of a training step wind so much that drawing them takes longer. newrank lets values flow one
  // way across frames.
  fmt::format_to(
      out,
      "digraph \"gradus\" {{\n"
      "  graph [rankdir=\"{}\", nslimit=\"32\", newrank=\"true\", nodesep=\"0.3\", "
      "ranksep=\"0.35\", pad=\"0.2\", bgcolor=\"white\", fontname=\"{}\", fontsize=\"11\", "
      "fontcolor=\"#4b5563\"];\n"
      "  node [shape=\"box\", style=\"filled,rounded\", fillcolor=\"#ffffff\", "
      "color=\"#4b5563\", fontname=\"{}\", fontsize=\"11\", fontcolor=\"#111827\", "
      "margin=\"0.12,0.06\", height=\"0.3\", width=\"0.5\"];\n"
      "  edge [color=\"#6b7280\", arrowsize=\"0.6\", fontname=\"{}\", fontsize=\"9\", "
      "fontcolor=\"#4b5563\"];\n",
      options.direction == DiagramDirection::down ? "TB" : "LR", font, font, font);
  if (!options.title.empty())
    fmt::format_to(out, "  label={};\n  labelloc=\"t\";\n  fontsize=\"15\";\n",
                   dot_string(one_line(options.title)));
}

void write_node(Out out, const PictureNode& node, std::size_t place, std::size_t depth) {
  const std::string_view style = style_of(node.kind);
  fmt::format_to(out, "{:{}}\"n{}\" [label={}, tooltip={}{}{}];\n", "", 2 * depth, place,
                 dot_string(node.label), dot_string(node.tooltip), style.empty() ? "" : ", ",
                 style);
}

void open_frame(Out out, const PictureFrame& frame, std::size_t number) {
  // Neighbouring depths differ, so that a frame within a frame is seen.
  const std::string_view fill = frame.depth % 2 == 1 ? "#f5f7fa" : "#eaeef4";
  fmt::format_to(out,
                 "{:{}}subgraph \"cluster_{}\" {{\n"
                 "{:{}}label={}; labeljust=\"l\"; style=\"filled,rounded\"; fillcolor=\"{}\"; "
                 "color=\"#c3cad5\"; margin=\"10\"; fontsize=\"11\"; tooltip={};\n",
                 "", 2 * frame.depth, number, "", 2 * frame.depth + 2, dot_string(frame.label),
                 fill, dot_string(frame.label));
}

// Frames lie within frames, as deep as scopes were opened: a list of open ones, no recursion.
void write_frames(Out out, const Picture& picture) {
  struct Open {
    std::size_t frame, next = 0;
  };
  std::vector<Open> open{{0}};
  while (!open.empty()) {
    const PictureFrame& frame = picture.frames[open.back().frame];
    if (open.back().next == 0)
      for (std::size_t node : frame.nodes)
        write_node(out, picture.nodes[node], node, frame.depth + 1);
    if (open.back().next < frame.frames.size()) {
      const std::size_t inner = frame.frames[open.back().next++];
      open_frame(out, picture.frames[inner], inner);
      open.push_back({inner});
      continue;
    }
    open.pop_back();
    if (!open.empty()) fmt::format_to(out, "{:{}}}}\n", "", 2 * frame.depth);
  }
}

void write_edge(Out out, const PictureEdge& edge, const DiagramOptions& options) {
  std::string style;
  // The space keeps the label off its arrow.
  if (options.shows_shapes) style = "label=" + dot_string(" " + edge.label);
  if (edge.reads_shape_alone) style += style.empty() ? "style=\"dashed\"" : ", style=\"dashed\"";
  fmt::format_to(out, "  \"n{}\" -> \"n{}\"{}{}{};\n", edge.from, edge.to,
                 style.empty() ? "" : " [", style, style.empty() ? "" : "]");
}

}  // namespace

std::string dot_string(std::string_view label) {
  std::string out = "\"";
  for (char c : label) {
    if (c == '"')
      out += "\\\"";
    else if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '&')
      out += "&amp;";  // Graphviz knows HTML's entities, in quotes too
    else
      out += c;
  }
  return out + "\"";
}

std::string dot_text(const Picture& picture, const DiagramOptions& options) {
  std::string text;
  const Out out(text);
  write_header(out, options);
  write_frames(out, picture);
  for (const PictureEdge& edge : picture.edges) write_edge(out, edge, options);
  text += "}\n";
  return text;
}

}  // namespace gradus
