// Operands of a product, and the product through all checks of its memory.
#pragma once

#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include <gradus/array.h>
#include <gradus/random.h>

#include "kernels/products/matmul.h"

namespace gradus {

// Numbers in [-1, 1), or integers of all magnitudes, so that their products overflow.
template <class T>
Array random_matrix(std::int64_t rows, std::int64_t columns, std::string_view name) {
  Random random(7, name);
  Array x = Array::zeros({rows, columns}, dtype_of<T>());
  for (T& v : x.mutable_values<T>()) {
    if constexpr (std::is_floating_point_v<T>)
      v = static_cast<T>(random.uniform(-1, 1));
    else
      v = static_cast<T>(std::uint64_t{random.bits()} << 32 | random.bits());
  }
  return x;
}

template <class T>
struct Operands {
  explicit Operands(MatmulShape s)
      : shape(s),
        a(s.transpose_a ? random_matrix<T>(s.depth, s.rows, "a")
                        : random_matrix<T>(s.rows, s.depth, "a")),
        b(s.transpose_b ? random_matrix<T>(s.columns, s.depth, "b")
                        : random_matrix<T>(s.depth, s.columns, "b")) {}

  T a_at(std::int64_t i, std::int64_t k) const {
    return shape.transpose_a ? a.at<T>({k, i}) : a.at<T>({i, k});
  }
  T b_at(std::int64_t k, std::int64_t j) const {
    return shape.transpose_b ? b.at<T>({j, k}) : b.at<T>({k, j});
  }

  MatmulShape shape;
  Array a, b;
};

// Scratch of exactly the promised size, so that the sanitizer sees any more.
struct Scratch {
  explicit Scratch(std::size_t bytes) : data(::operator new (bytes, std::align_val_t{64})) {}
  ~Scratch() { ::operator delete (data, std::align_val_t{64}); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void* data;
};

// All of c, in the given blocks, from a c that held 99 everywhere.
inline Array multiply(const MatmulShape& s, InstructionSet set, const Array& a, const Array& b,
                      const std::vector<Block>& blocks) {
  Array c = Array::full({s.rows, s.columns}, 99, a.dtype());
  const Scratch scratch(matmul_scratch_bytes(s, a.dtype(), set));
  for (const Block& block : blocks)
    product(s, a.dtype(), set, a.data(), b.data(), c.mutable_data(), block, scratch.data);
  return c;
}
inline Array multiply(const MatmulShape& s, InstructionSet set, const Array& a, const Array& b) {
  return multiply(s, set, a, b, {whole(s)});
}

inline std::string describe(const MatmulShape& s, InstructionSet set) {
  return fmt::format("{} [{}, {}] x [{}, {}]{}{}", to_text(set), s.rows, s.depth, s.depth,
                     s.columns, s.transpose_a ? " a transposed" : "",
                     s.transpose_b ? " b transposed" : "");
}

}  // namespace gradus
