// What shapes, colors and lines of a diagram mean.
#pragma once

#include <string>

#include "dot_theme.h"
#include "viz/diagrams/dot_picture.h"

namespace gradus {

// A table in Graphviz's language, of what is in the picture; empty if that is too little to
// explain.
std::string legend_table(const Picture& picture, const DotTheme& theme);

}  // namespace gradus
