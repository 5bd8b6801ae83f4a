// First values of variables, with Keras's formulas and defaults.
//
//   Variable W = g.variable("W1", glorot_uniform({256, 784}));
//   Variable b = g.variable("b1", zeros({256}));
//
// A matrix is [units, inputs], as in W x + b: fan_in is its number of columns, fan_out that of its
// rows. For other ranks, as in PyTorch: [units, inputs, ...], each fan times the rest; a vector has
// both fans equal to its size, a scalar 1.
#pragma once

#include <gradus/initializer.h>

namespace gradus {

Initializer zeros(const Shape& shape, DType dtype = float32);
Initializer ones(const Shape& shape, DType dtype = float32);
Initializer constant(const Shape& shape, Number value, DType dtype = float32);

// The rest are for float32 and float64; DTypeError otherwise.
Initializer uniform(const Shape& shape, double low = -0.05, double high = 0.05,
                    DType dtype = float32);
Initializer normal(const Shape& shape, double mean = 0, double stddev = 0.05,
                   DType dtype = float32);
// Draws further than two deviations from the mean are repeated.
Initializer truncated_normal(const Shape& shape, double mean = 0, double stddev = 0.05,
                             DType dtype = float32);

// Uniform in +-sqrt(6 / (fan_in + fan_out)), or truncated normal of variance 2 / (fan_in +
// fan_out): Glorot and Bengio, "Understanding the difficulty of training deep feedforward
// networks", 2010.
Initializer glorot_uniform(const Shape& shape, DType dtype = float32);
Initializer glorot_normal(const Shape& shape, DType dtype = float32);
// Uniform in +-sqrt(6 / fan_in), or truncated normal of variance 2 / fan_in: He et al., "Delving
// deep into rectifiers", 2015.
Initializer he_uniform(const Shape& shape, DType dtype = float32);
Initializer he_normal(const Shape& shape, DType dtype = float32);

}  // namespace gradus
