// Graphviz's program dot, which lays graphs out and draws them.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace gradus {

// What `dot` with these arguments writes about a DOT text. FileError, with its own words, if it is
// not there or fails; GraphError if it is not done at the time limit.
std::string run_dot(const std::string& text, const std::vector<std::string>& arguments,
                    std::chrono::milliseconds time_limit);

enum class PictureFormat : std::uint8_t { svg, pdf, png };

// The bytes of a picture's file.
std::string render(const std::string& text, PictureFormat format,
                   std::chrono::milliseconds time_limit);

}  // namespace gradus
