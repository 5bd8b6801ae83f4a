// What shapes, colors and lines of a diagram mean.
#pragma once

#include <string>

#include "dot_picture.h"
#include "dot_theme.h"

namespace gradus {

// A table in Graphviz's language, of what is in the picture; empty if that is too little to
// explain.
std::string legend_table(const Picture& picture, const DotTheme& theme);

}  // namespace gradus
