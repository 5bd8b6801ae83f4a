// Elements of one type from elements of another, as Array::cast.
#pragma once

#include <gradus/dtype.h>
#include <gradus/op/elementwise.h>
#include <gradus/op/instruction_set.h>

namespace gradus {

// A float becomes an integer by cutting its fraction: NaN is 0, and what is out of range is the
// nearest end. An int64 keeps its low 32 bits as an int32. To bool: whether x is not 0.
Tile cast_tile(DType from, DType to, InstructionSet set);

}  // namespace gradus
