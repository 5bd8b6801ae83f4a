// Principal component analysis: the best linear auto-encoder, and so what the others are compared
// with.
//
//   Pca pca(train_images, 64);
//   double error = pca.reconstruction_error(test_images);
#pragma once

#include <cstdint>

#include <gradus/array.h>

namespace gradus::models {

// Of the rows of x [n, size], float32 or float64, computed in float64.
class Pca {
 public:
  // The first `code_size` components. DataError unless 1 <= code_size <= size and n >= 1;
  // ShapeError if x is no matrix, DTypeError if its elements are no floats.
  Pca(const Array& x, std::int64_t code_size, SourceLocation where = SourceLocation::current());

  const Array& mean() const { return mean_; }              // float64 [size]
  const Array& components() const { return components_; }  // float64 [code_size, size], orthonormal
  const Array& variances() const { return variances_; }    // float64 [size], all, descending

  // The codes (x - mean) components^T, float64 [n, code_size].
  Array encode(const Array& x, SourceLocation where = SourceLocation::current()) const;
  // mean + code components, float64 [n, size].
  Array decode(const Array& code, SourceLocation where = SourceLocation::current()) const;
  Array reconstruct(const Array& x, SourceLocation where = SourceLocation::current()) const {
    return decode(encode(x, where), where);
  }
  // The squared distance of each row from its reconstruction, averaged over the rows.
  double reconstruction_error(const Array& x,
                              SourceLocation where = SourceLocation::current()) const;

 private:
  Array mean_, components_, variances_;
};

}  // namespace gradus::models
