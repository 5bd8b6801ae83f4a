// Operands to try an op on, and the comparison of what it makes of them with an oracle.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gradus/array.h>

#include "proof/proof.h"

namespace gradus::proof {

// Distinct numbers of the domain in a random order, none within 0.05 of a kink.
Array sample(const Domain& domain, const Shape& shape, DType dtype, const std::string& name);

// One array per operand of the proof.
std::vector<Array> samples(const Proof& proof, const std::vector<Shape>& shapes, DType dtype);

// The operand shapes of a proof's cases: its own, or all shape classes of element-wise ops.
std::vector<std::vector<Shape>> shape_cases(const Proof& proof);

Value value_of(const Array& array);
// Each element as the nearest of the dtype.
Array array_of(const Value& value, DType dtype);

// The first element that lies too far from the oracle's, in words. NaN is near NaN alone.
std::optional<std::string> difference(const Array& found, const Value& expected, double units);

// "float32 [2, 3], float32 [3]"
std::string types_text(const std::vector<Array>& arrays);

}  // namespace gradus::proof
