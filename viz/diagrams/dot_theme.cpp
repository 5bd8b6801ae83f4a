#include "dot_theme.h"

namespace gradus {
namespace {

// Okabe and Ito's colors, which the color-blind can tell apart, and light tints of them.
std::string_view light_style(PictureKind kind) {
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
    case PictureKind::outside:
      return R"(shape="plaintext", style="", fontcolor="#6b7280")";
    case PictureKind::culprit:
      return R"(style="filled,bold", penwidth="3", fillcolor="#fde0e0", color="#c00000")";
    case PictureKind::forward:
      break;
  }
  return "";
}

// The same colors, dark where they fill and light where they are lines.
std::string_view dark_style(PictureKind kind) {
  switch (kind) {
    case PictureKind::placeholder:
      return R"(shape="ellipse", style="filled", fillcolor="#12384f", color="#56b4e9")";
    case PictureKind::variable:
      return R"(shape="cylinder", style="filled", fillcolor="#453a10", color="#f0e442")";
    case PictureKind::constant:
      return R"(shape="note", style="filled", fillcolor="#2b313b", color="#9ca3af")";
    case PictureKind::gradient:
      return R"(style="filled", fillcolor="#4d2912", color="#f08a3c")";
    case PictureKind::update:
      return R"(style="filled", peripheries="2", fillcolor="#0f3d31", color="#2bc79a")";
    case PictureKind::outside:
      return R"(shape="plaintext", style="", fontcolor="#9ca3af")";
    case PictureKind::culprit:
      return R"(style="filled,bold", penwidth="3", fillcolor="#5a1616", color="#ff6b6b")";
    case PictureKind::forward:
      break;
  }
  return "";
}

constexpr DotTheme light{.background = "#ffffff",
                         .text = "#111827",
                         .faint_text = "#4b5563",
                         .line = "#6b7280",
                         .node_fill = "#ffffff",
                         .node_line = "#4b5563",
                         .read_by_gradient = "#b98d6e",
                         .culprit = "#c00000",
                         .added = "#009e73",
                         .changed = "#0072b2",
                         .frame_line = "#c3cad5",
                         .odd_frame = "#f5f7fa",
                         .even_frame = "#eaeef4",
                         .style_of = light_style};
constexpr DotTheme dark{.background = "#14181f",
                        .text = "#f3f4f6",
                        .faint_text = "#c0c7d1",
                        .line = "#9aa3b0",
                        .node_fill = "#1f2630",
                        .node_line = "#aeb7c4",
                        .read_by_gradient = "#a87a58",
                        .culprit = "#ff6b6b",
                        .added = "#2bc79a",
                        .changed = "#56b4e9",
                        .frame_line = "#4a5363",
                        .odd_frame = "#1a202a",
                        .even_frame = "#222a36",
                        .style_of = dark_style};

}  // namespace

const DotTheme& theme_of(const DiagramOptions& options) {
  return options.theme == DiagramTheme::dark ? dark : light;
}

}  // namespace gradus
