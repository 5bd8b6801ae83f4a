// A picture in Graphviz's language.
#pragma once

#include <string>
#include <string_view>

#include <gradus/diagram.h>

#include "dot_picture.h"

namespace gradus {

std::string dot_text(const Picture& picture, const DiagramOptions& options);

// A label in quotes. Its lines are UTF-8 without control characters; whatever else they hold is
// drawn as it is.
std::string dot_string(std::string_view label);

}  // namespace gradus
