// Matrix products of row-major matrices: c = alpha (op(a) op(b) + ...) + beta c, where op may
// transpose.
//
//   const MatmulShape s{.rows = 10, .columns = 256, .depth = 784, .transpose_b = true};   // x W^T
//   product(s, float32, best_instruction_set(), x, W, y, whole(s), scratch);
//
//   // W = 0.999 W - 0.1 (d^T x + h^T e), a step down the gradient of a weight that is used twice
//   const MatmulTerm terms[] = {{{d, true}, {x}, 10}, {{h, true}, {e}, 10}};
//   const MatmulSum step{
//       .rows = 256, .columns = 784, .terms = terms, .alpha = -0.1, .beta = 0.999};
//   product(step, float32, best_instruction_set(), W, whole(step), scratch);
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <gradus/dtype.h>
#include <gradus/op/instruction_set.h>

namespace gradus {

// c is [rows, columns], op(a) [rows, depth], op(b) [depth, columns]; a flag says that the operand
// is stored the other way round: a as [depth, rows], b as [columns, depth].
struct MatmulShape {
  std::int64_t rows = 0, columns = 0, depth = 0;
  bool transpose_a = false, transpose_b = false;
};

// An operand as it lies in memory: `stride` elements from one stored row to the next; 0 where the
// rows of an operand of just the term's size follow each other.
struct MatmulOperand {
  const void* data = nullptr;
  bool transposed = false;
  std::int64_t stride = 0;
};

// op(a) op(b), with op(a) [rows, depth] and op(b) [depth, columns].
struct MatmulTerm {
  MatmulOperand a, b;
  std::int64_t depth = 0;
};

// c = alpha * (the sum of the terms) + beta * c, in one pass over c. With beta = 0 c is not read.
// The rows of c lie c_stride elements apart; 0: they follow each other.
struct MatmulSum {
  std::int64_t rows = 0, columns = 0;
  std::span<const MatmulTerm> terms = {};
  double alpha = 1, beta = 0;
  std::int64_t c_stride = 0;
};

// A part of c: rows first_row .. last_row - 1, columns first_column .. last_column - 1.
struct Block {
  std::int64_t first_row = 0, last_row = 0, first_column = 0, last_column = 0;

  friend bool operator==(const Block&, const Block&) = default;
};

constexpr Block whole(const MatmulShape& shape) { return {0, shape.rows, 0, shape.columns}; }
constexpr Block whole(const MatmulSum& sum) { return {0, sum.rows, 0, sum.columns}; }

// Bytes of scratch that one call of `product` needs, for any block; well below 1 MiB. The depth of
// a sum is that of all its terms together.
std::size_t matmul_scratch_bytes(const MatmulShape& shape, DType dtype, InstructionSet set);

// Computes one block of c, which overlaps no operand; scratch is 64-byte aligned. All dtypes
// but bool; integers wrap, and take whole numbers as alpha and beta. The CPU has the set.
//
// The terms stand one after the other and make one depth, which is cut into slices at multiples
// of product_slice(depth, dtype). A slice is summed in the order of the depth, from 0, with one
// rounding per product if has_fma(set), else two. Each is then added to c:
//
//   c = alpha * slice + beta * c        for the first slice, beta * c rounded by itself
//   c = alpha * slice + c               for each further one
//
// again with one rounding (two without fma) of the rest. So the small steps of a gradient are added
// up before they meet a large weight.
//
// If sums_dots(sum, dtype), a slice is a dot product instead: cut at multiples of dot_slice(depth,
// dtype), it is summed in dot_lanes(dtype, set) lanes, of which lane l takes the steps l,
// l + dot_lanes, and so on, in order; then the upper half of the lanes is added to the lower until
// one is left.
//
// So the bits of c[i, j] depend on row i of the op(a), column j of the op(b), c[i, j], alpha, beta,
// has_fma(set) and, where sums_dots, the lanes of the set, and on nothing else: not on the other
// rows, the block, the strides, the flags in any other way, or the compiler (a NaN's sign aside).
void product(const MatmulSum& sum, DType dtype, InstructionSet set, void* c, const Block& block,
             void* scratch);

// c = op(a) op(b), all of them contiguous.
void product(const MatmulShape& shape, DType dtype, InstructionSet set, const void* a,
             const void* b, void* c, const Block& block, void* scratch);

// The steps of the depth that are summed before c is touched; a whole multiple of 8.
std::int64_t product_slice(std::int64_t depth, DType dtype);

// Whether a sum is one a b^T, both of whose operands lie along the depth, and deep enough.
bool sums_dots(const MatmulSum& sum, DType dtype);
// As product_slice; a whole multiple of the numbers that 64 bytes hold.
std::int64_t dot_slice(std::int64_t depth, DType dtype);
// As many as a vector of the set has numbers.
std::int64_t dot_lanes(DType dtype, InstructionSet set);

// c cut into blocks of about equal work, none empty; each element is in one.
class MatmulBlocks {
 public:
  MatmulBlocks(const MatmulShape& shape, std::int64_t row_parts, std::int64_t column_parts)
      : shape_(shape), row_parts_(row_parts), column_parts_(column_parts) {}

  std::int64_t size() const { return row_parts_ * column_parts_; }
  Block operator[](std::int64_t i) const;

 private:
  MatmulShape shape_;
  std::int64_t row_parts_, column_parts_;
};

// As many as there are threads, or fewer where the work is not worth them.
MatmulBlocks matmul_blocks(const MatmulShape& shape, int threads);

}  // namespace gradus
