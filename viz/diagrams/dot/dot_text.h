// A picture in Graphviz's language.
#pragma once

#include <string>
#include <string_view>

#include <gradus/diagram.h>

#include "viz/diagrams/dot_picture.h"

namespace gradus {

// What only a drawing has.
struct DrawingParts {
  // With it the pictures of values are read from files at the path that image_path() says; else
  // they are left out.
  std::string image_folder = {};
  bool has_legend = false, has_edge_tooltips = false;
};

std::string dot_text(const Picture& picture, const DiagramOptions& options,
                     const DrawingParts& parts = {});

// The file of picture `number` of all in the diagram, counted by nodes.
std::string image_path(const std::string& folder, std::size_t number);

// A label in quotes. Its lines are UTF-8 without control characters; whatever else they hold is
// drawn as it is.
std::string dot_string(std::string_view label);

// Its text in one of Graphviz's tables.
std::string table_text(std::string_view text);

}  // namespace gradus
