// The values of a run in a diagram: numbers, range and norm, pictures.
#pragma once

#include <string>
#include <vector>

#include <gradus/array.h>
#include <gradus/diagram.h>
#include <gradus/png.h>

#include "dot_picture.h"

namespace gradus {

// The value and gradient of a node, as far as the options have them.
void add_values(PictureNode& node, NodeId id, const DiagramOptions& options);

// The elements of a small array, row by row; of a large one "-1.5 .. 2" and "norm 3.1".
std::vector<std::vector<std::string>> array_rows(const Array& array);

// What can be drawn of an array of more elements than are written out: its first rows as pictures
// of image_shape, or the array as a map of colors; nothing where neither fits.
std::vector<Image> array_images(const Array& array, const Shape& image_shape);

}  // namespace gradus
