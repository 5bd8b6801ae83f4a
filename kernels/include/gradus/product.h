// Matrix products: c = op(a) op(b), row-major and contiguous, where op may transpose.
//
//   const ProductShape s{.rows = 10, .columns = 256, .depth = 784, .transpose_b = true};   // x W^T
//   product(s, float32, best_instruction_set(), x, W, y, whole(s), scratch);
#pragma once

#include <cstddef>
#include <cstdint>

#include <gradus/dtype.h>
#include <gradus/instruction_set.h>

namespace gradus {

// c is [rows, columns], op(a) [rows, depth], op(b) [depth, columns]; a flag says that the operand
// is stored the other way round: a as [depth, rows], b as [columns, depth].
struct ProductShape {
  std::int64_t rows = 0, columns = 0, depth = 0;
  bool transpose_a = false, transpose_b = false;
};

// A part of c: rows first_row .. last_row - 1, columns first_column .. last_column - 1.
struct Block {
  std::int64_t first_row = 0, last_row = 0, first_column = 0, last_column = 0;

  friend bool operator==(const Block&, const Block&) = default;
};

constexpr Block whole(const ProductShape& shape) { return {0, shape.rows, 0, shape.columns}; }

// Bytes of scratch that one call of `product` needs, for any block; well below 1 MiB.
std::size_t product_scratch_bytes(const ProductShape& shape, DType dtype, InstructionSet set);

// Computes one block of c, which overlaps neither operand; scratch is 64-byte aligned. All dtypes
// but bool; integers wrap. The CPU has the instruction set.
//
// c[i, j] is summed in the order of depth, from 0, with one rounding per term if has_fma(set), else
// two. So its bits depend on row i of op(a), column j of op(b) and has_fma(set), and on nothing
// else: not on the other rows, the block, the flags or the compiler (a NaN's sign aside).
void product(const ProductShape& shape, DType dtype, InstructionSet set, const void* a,
             const void* b, void* c, const Block& block, void* scratch);

// c cut into blocks of about equal work, none empty; each element is in one.
class ProductBlocks {
 public:
  ProductBlocks(const ProductShape& shape, std::int64_t row_parts, std::int64_t column_parts)
      : shape_(shape), row_parts_(row_parts), column_parts_(column_parts) {}

  std::int64_t size() const { return row_parts_ * column_parts_; }
  Block operator[](std::int64_t i) const;

 private:
  ProductShape shape_;
  std::int64_t row_parts_, column_parts_;
};

// At most `parts` of them.
ProductBlocks product_blocks(const ProductShape& shape, int parts);

}  // namespace gradus
