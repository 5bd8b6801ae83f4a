// First values of variables, with Keras's formulas and defaults.
//
//   Variable W = g.variable("W1", glorot_uniform({256, 784}));
//   Variable b = g.variable("b1", zeros({256}));
//
// fan_in and fan_out, the numbers of inputs and units, depend on the layout of a weight; each is
// times the size of the other axes. A vector has both fans equal to its size, a scalar 1.
#pragma once

#include <gradus/initializer.h>

namespace gradus {

enum class Layout {
  units_inputs,  // [units, inputs, ...]: W x + b, and PyTorch's filters. What matrices have if
                 // nothing is said
  inputs_units,  // [..., inputs, units]: x W + b, and filters of conv2d [height, width, in, out].
                 // What weights of three axes and more have if nothing is said
};

Initializer zeros(const Shape& shape, DType dtype = float32,
                  SourceLocation where = SourceLocation::current());
Initializer ones(const Shape& shape, DType dtype = float32,
                 SourceLocation where = SourceLocation::current());
// DTypeError if the value does not fit the dtype.
Initializer constant(const Shape& shape, Number value, DType dtype = float32,
                     SourceLocation where = SourceLocation::current());

// The rest are for float32 and float64; DTypeError otherwise. GraphError unless the numbers are
// finite, low <= high and stddev >= 0.
Initializer uniform(const Shape& shape, double low = -0.05, double high = 0.05,
                    DType dtype = float32, SourceLocation where = SourceLocation::current());
Initializer normal(const Shape& shape, double mean = 0, double stddev = 0.05, DType dtype = float32,
                   SourceLocation where = SourceLocation::current());
// Draws further than two deviations from the mean are repeated.
Initializer truncated_normal(const Shape& shape, double mean = 0, double stddev = 0.05,
                             DType dtype = float32,
                             SourceLocation where = SourceLocation::current());

// Uniform in +-sqrt(6 / (fan_in + fan_out)), or truncated normal of variance 2 / (fan_in +
// fan_out): Glorot and Bengio, "Understanding the difficulty of training deep feedforward
// networks", 2010.
Initializer glorot_uniform(const Shape& shape, DType dtype = float32,
                           SourceLocation where = SourceLocation::current());
Initializer glorot_uniform(const Shape& shape, Layout layout, DType dtype = float32,
                           SourceLocation where = SourceLocation::current());
Initializer glorot_normal(const Shape& shape, DType dtype = float32,
                          SourceLocation where = SourceLocation::current());
Initializer glorot_normal(const Shape& shape, Layout layout, DType dtype = float32,
                          SourceLocation where = SourceLocation::current());
// Uniform in +-sqrt(6 / fan_in), or truncated normal of variance 2 / fan_in: He et al., "Delving
// deep into rectifiers", 2015.
Initializer he_uniform(const Shape& shape, DType dtype = float32,
                       SourceLocation where = SourceLocation::current());
Initializer he_uniform(const Shape& shape, Layout layout, DType dtype = float32,
                       SourceLocation where = SourceLocation::current());
Initializer he_normal(const Shape& shape, DType dtype = float32,
                      SourceLocation where = SourceLocation::current());
Initializer he_normal(const Shape& shape, Layout layout, DType dtype = float32,
                      SourceLocation where = SourceLocation::current());

// The rows of a matrix, or its columns if there are fewer, are of length `gain` and perpendicular
// to each other: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear
// neural networks", 2014. Of more axes than two, all but the first are one. ShapeError of fewer.
Initializer orthogonal(const Shape& shape, double gain = 1, DType dtype = float32,
                       SourceLocation where = SourceLocation::current());

}  // namespace gradus
