// Graphviz, within the process.
#pragma once

#include <string>

namespace gradus {

enum class PictureFormat { svg, pdf, png };

// Lays a DOT text out and draws it. Graphviz keeps its state in globals of its own, so that a lock
// lets one thread at a time in; its messages go into the Error, never to stderr. Version 2.42 loses
// some memory for each frame that it draws, in proportion to the arrows across it.
std::string render(const std::string& dot, PictureFormat format);

}  // namespace gradus
