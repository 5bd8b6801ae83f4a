// What makes an SVG file a drawing to walk through, where scripts run.
#pragma once

#include <string_view>

namespace gradus {

// Its style and script, made of the files in this folder when the library is built: they stand at
// the end of the svg element.
std::string_view svg_view();

}  // namespace gradus
