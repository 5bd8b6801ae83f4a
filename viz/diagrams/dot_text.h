// A picture in Graphviz's language.
#pragma once

#include <string>
#include <string_view>

#include <gradus/diagram.h>

#include "dot_picture.h"

namespace gradus {

// With images, the pictures of values are read from files at the path that image_path() says; else
// they are left out.
std::string dot_text(const Picture& picture, const DiagramOptions& options,
                     const std::string& image_folder = "");

// The file of picture `number` of all in the diagram, counted by nodes.
std::string image_path(const std::string& folder, std::size_t number);

// A label in quotes. Its lines are UTF-8 without control characters; whatever else they hold is
// drawn as it is.
std::string dot_string(std::string_view label);

}  // namespace gradus
