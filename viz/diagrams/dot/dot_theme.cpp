#include "dot_theme.h"

namespace gradus {
namespace {

// Okabe and Ito's colors, which the color-blind can tell apart, and light tints of them.
constexpr DotTheme light{
    .background = "#ffffff",
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
    .styles = {
        R"(shape="ellipse", style="filled", fillcolor="#d8ecf8", color="#0072b2")",
        R"(shape="cylinder", style="filled", fillcolor="#fdf3cd", color="#a67c00")",
        R"(shape="note", style="filled", fillcolor="#f0f1f3", color="#6b7280")",
        "",
        R"(style="filled", fillcolor="#fce6d8", color="#d55e00")",
        R"(style="filled", peripheries="2", fillcolor="#d7f0e6", color="#009e73")",
        R"(shape="plaintext", style="", fontcolor="#6b7280")",
        R"(style="filled,bold", penwidth="3", fillcolor="#fde0e0", color="#c00000")",
    }};

// The same colors, dark where they fill and light where they are lines.
constexpr DotTheme dark{
    .background = "#14181f",
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
    .styles = {
        R"(shape="ellipse", style="filled", fillcolor="#12384f", color="#56b4e9")",
        R"(shape="cylinder", style="filled", fillcolor="#453a10", color="#f0e442")",
        R"(shape="note", style="filled", fillcolor="#2b313b", color="#9ca3af")",
        "",
        R"(style="filled", fillcolor="#4d2912", color="#f08a3c")",
        R"(style="filled", peripheries="2", fillcolor="#0f3d31", color="#2bc79a")",
        R"(shape="plaintext", style="", fontcolor="#9ca3af")",
        R"(style="filled,bold", penwidth="3", fillcolor="#5a1616", color="#ff6b6b")",
    }};

}  // namespace

const DotTheme& theme_of(const DiagramOptions& options) {
  return options.theme == DiagramTheme::dark ? dark : light;
}

}  // namespace gradus
