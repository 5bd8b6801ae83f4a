// Pictures by Graphviz, within the process.
#pragma once

#include <string>

namespace gradus {

enum class PictureFormat { svg, pdf, png };

// Lays a DOT text out and draws it; the bytes of the file.
std::string render(const std::string& dot, PictureFormat format);

}  // namespace gradus
