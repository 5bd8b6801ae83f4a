// A picture as the bytes of a file.
#pragma once

#include <string>

#include "dot_picture.h"
#include "graphviz.h"

namespace gradus {

// With the pictures of values: within the file.
std::string draw_picture(const Picture& picture, const DiagramOptions& options,
                         PictureFormat format);

}  // namespace gradus
