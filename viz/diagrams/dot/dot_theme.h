// The colors of a diagram.
#pragma once

#include <array>
#include <string_view>

#include "viz/diagrams/dot_picture.h"

namespace gradus {

struct DotTheme {
  std::string_view background, text, faint_text, line;
  std::string_view node_fill, node_line;  // of forward nodes
  std::string_view read_by_gradient;      // arrows from values to gradients
  std::string_view culprit, added, changed;
  std::string_view frame_line, odd_frame, even_frame;  // neighbouring depths differ
  // By PictureKind: shapes tell the kinds apart where there is no color.
  std::array<std::string_view, 8> styles;
};

const DotTheme& theme_of(const DiagramOptions& options);

}  // namespace gradus
