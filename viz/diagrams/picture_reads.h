// What gradients read of the forward half.
#pragma once

#include "dot_picture.h"

namespace gradus {

// Many arrows from values to gradients are a tangle: there the gradients name what they read.
void name_reads(Picture& picture, const GraphState& graph);

}  // namespace gradus
