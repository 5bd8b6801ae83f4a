#include <gradus/product.h>

#include <algorithm>
#include <utility>

#include "product_kernel.h"

namespace gradus {
namespace {

ProductKernel find_kernel(DType dtype, InstructionSet set) {
  switch (set) {
    case InstructionSet::avx512:
      return avx512_product(dtype);
    case InstructionSet::avx2:
      return avx2_product(dtype);
    case InstructionSet::baseline:
      break;
  }
  return baseline_product(dtype);
}

// Blocks are cut between groups of so many rows and columns, which fill whole tiles.
constexpr std::int64_t row_group = 12, column_group = 32;

std::int64_t group_count(std::int64_t total, std::int64_t group) {
  return total / group + (total % group != 0);
}

// Where part i begins when a total is cut between groups into parts that differ by one group.
std::int64_t cut(std::int64_t total, std::int64_t group, std::int64_t parts, std::int64_t i) {
  const std::int64_t groups = group_count(total, group);
  return std::min(total, (groups / parts * i + std::min(i, groups % parts)) * group);
}

// The time of the largest of row_parts x column_parts blocks, for one step of the depth: each
// block packs its rows and columns, and moving a number costs about as much as four products.
double cost(const ProductShape& shape, std::int64_t row_parts, std::int64_t column_parts) {
  const auto rows = static_cast<double>(cut(shape.rows, row_group, row_parts, 1));
  const auto columns = static_cast<double>(cut(shape.columns, column_group, column_parts, 1));
  return rows * columns + 4 * (rows + columns);
}

}  // namespace

std::size_t product_scratch_bytes(const ProductShape& shape, DType dtype, InstructionSet set) {
  return find_kernel(dtype, set).scratch_bytes(std::max(shape.rows, shape.columns), shape.depth);
}

void product(const ProductShape& shape, DType dtype, InstructionSet set, const void* a,
             const void* b, void* c, const Block& block, void* scratch) {
  if (block.first_row >= block.last_row || block.first_column >= block.last_column) return;
  const std::int64_t a_across = shape.transpose_a ? 1 : shape.depth;
  const std::int64_t b_across = shape.transpose_b ? shape.depth : 1;
  const std::int64_t bytes = static_cast<std::int64_t>(size_of(dtype));
  ProductTask task{
      .a = static_cast<const std::byte*>(a) + block.first_row * a_across * bytes,
      .b = static_cast<const std::byte*>(b) + block.first_column * b_across * bytes,
      .c = static_cast<std::byte*>(c) +
           (block.first_row * shape.columns + block.first_column) * bytes,
      .scratch = scratch,
      .rows = block.last_row - block.first_row,
      .columns = block.last_column - block.first_column,
      .depth = shape.depth,
      .a_across = a_across,
      .a_along = shape.transpose_a ? shape.rows : 1,
      .b_across = b_across,
      .b_along = shape.transpose_b ? 1 : shape.columns,
      .c_stride = shape.columns,
  };
  // A single column of the whole c is a single row of c^T = op(b)^T op(a)^T, which fills vectors.
  if (shape.columns == 1) {
    std::swap(task.a, task.b);
    std::swap(task.rows, task.columns);
    std::swap(task.a_across, task.b_across);
    std::swap(task.a_along, task.b_along);
  }
  find_kernel(dtype, set).run(task);
}

Block ProductBlocks::operator[](std::int64_t i) const {
  const std::int64_t r = i / column_parts_, c = i % column_parts_;
  return {cut(shape_.rows, row_group, row_parts_, r),
          cut(shape_.rows, row_group, row_parts_, r + 1),
          cut(shape_.columns, column_group, column_parts_, c),
          cut(shape_.columns, column_group, column_parts_, c + 1)};
}

ProductBlocks product_blocks(const ProductShape& shape, int parts) {
  if (shape.rows == 0 || shape.columns == 0) return {shape, 0, 0};
  const std::int64_t most_rows = group_count(shape.rows, row_group);
  const std::int64_t most_columns = group_count(shape.columns, column_group);
  std::int64_t row_parts = 1, column_parts = 1;
  for (std::int64_t r = 1; r <= std::min<std::int64_t>(parts, most_rows); ++r) {
    const std::int64_t c = std::min<std::int64_t>(parts / r, most_columns);
    if (cost(shape, r, c) < cost(shape, row_parts, column_parts)) row_parts = r, column_parts = c;
  }
  return {shape, row_parts, column_parts};
}

}  // namespace gradus
