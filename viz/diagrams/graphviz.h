// Graphviz's program dot, which lays graphs out and draws them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "dot_picture.h"

namespace gradus {

// What `dot` with these arguments writes about a DOT text. FileError, with its own words, if it is
// not there or fails; GraphError if it is not done at the time limit.
std::string run_dot(const std::string& text, const std::vector<std::string>& arguments,
                    std::chrono::milliseconds time_limit);

// A picture as the bytes of a file: "svg", "pdf" or "png". The pictures of values are within it.
std::string draw_picture(const Picture& picture, const DiagramOptions& options,
                         const std::string& format);

}  // namespace gradus
