#include "matmul.h"

#include <algorithm>
#include <utility>

#include "matmul_kernel.h"

namespace gradus {
namespace {

MatmulKernel find_kernel(DType dtype, InstructionSet set) {
  constexpr MatmulKernel (*units[])(DType) = {baseline_product, avx2_product, avx512_product};
  return units[static_cast<std::size_t>(set)](dtype);
}

// Blocks are cut between groups of so many rows and columns, which fill whole tiles.
constexpr std::int64_t row_group = 12, column_group = 32;

std::int64_t group_count(std::int64_t total, std::int64_t group) {
  return total / group + (total % group != 0);
}

// Multiply-adds that are worth a thread: below, the time to hand them over would count.
constexpr double min_work = 1 << 17;

// Where part i begins when a total is cut between groups into parts that differ by one group.
std::int64_t cut(std::int64_t total, std::int64_t group, std::int64_t parts, std::int64_t i) {
  const std::int64_t groups = group_count(total, group);
  return std::min(total, (groups / parts * i + std::min(i, groups % parts)) * group);
}

// The time of the largest of row_parts x column_parts blocks, for one step of the depth: each
// block packs its rows and columns, and moving a number costs about as much as four products.
double cost(const MatmulShape& shape, std::int64_t row_parts, std::int64_t column_parts) {
  const auto rows = static_cast<double>(cut(shape.rows, row_group, row_parts, 1));
  const auto columns = static_cast<double>(cut(shape.columns, column_group, column_parts, 1));
  return rows * columns + 4 * (rows + columns);
}

// The shortest multiple of `unit` that cuts a depth into as few slices of at most `most`.
std::int64_t slice(std::int64_t depth, std::int64_t most, std::int64_t unit) {
  const std::int64_t slices = std::max<std::int64_t>(1, group_count(depth, most));
  return group_count(group_count(depth, slices), unit) * unit;
}

// Numbers of a line of the cache.
std::int64_t of_line(DType dtype) { return 64 / static_cast<std::int64_t>(size_of(dtype)); }

}  // namespace

std::int64_t product_slice(std::int64_t depth, DType dtype) {
  return slice(depth, 1536 / static_cast<std::int64_t>(size_of(dtype)), 8);
}

bool sums_dots(const MatmulSum& sum, DType dtype) {
  constexpr std::int64_t min_lines = 32;  // else adding up the lanes takes too long
  return sum.terms.size() == 1 && !sum.terms[0].a.transposed && sum.terms[0].b.transposed &&
         sum.terms[0].depth >= min_lines * of_line(dtype);
}

// So that the rows and columns of a tile, five and four with AVX-512, stay in the L1 cache.
std::int64_t dot_slice(std::int64_t depth, DType dtype) {
  return slice(depth, 50 * of_line(dtype), of_line(dtype));
}

std::int64_t dot_lanes(DType dtype, InstructionSet set) {
  return find_kernel(dtype, set).vector_bytes / static_cast<std::int64_t>(size_of(dtype));
}

std::size_t matmul_scratch_bytes(const MatmulShape& shape, DType dtype, InstructionSet set) {
  return find_kernel(dtype, set)
      .scratch_bytes(std::max(shape.rows, shape.columns), product_slice(shape.depth, dtype));
}

void product(const MatmulSum& sum, DType dtype, InstructionSet set, void* c, const Block& block,
             void* scratch) {
  if (block.first_row >= block.last_row || block.first_column >= block.last_column) return;
  std::int64_t depth = 0;
  for (const MatmulTerm& term : sum.terms) depth += term.depth;
  const std::int64_t c_stride = sum.c_stride != 0 ? sum.c_stride : sum.columns;
  const bool is_of_dots = sums_dots(sum, dtype);
  MatmulTask task{
      .terms = sum.terms.data(),
      .term_count = std::ssize(sum.terms),
      .c = static_cast<std::byte*>(c) + (block.first_row * c_stride + block.first_column) *
                                            static_cast<std::int64_t>(size_of(dtype)),
      .scratch = scratch,
      .rows = block.last_row - block.first_row,
      .columns = block.last_column - block.first_column,
      .depth = depth,
      .slice = is_of_dots ? dot_slice(depth, dtype) : product_slice(depth, dtype),
      .first_row = block.first_row,
      .first_column = block.first_column,
      .a_rows = sum.rows,
      .b_columns = sum.columns,
      .c_stride = c_stride,
      .alpha = sum.alpha,
      .beta = sum.beta,
      .swapped = c_stride == 1,
      .sums_dots = is_of_dots,
  };
  // A single column of the whole c is a single row of c^T = op(b)^T op(a)^T, which fills vectors.
  if (task.swapped) {
    std::swap(task.rows, task.columns);
    std::swap(task.first_row, task.first_column);
  }
  find_kernel(dtype, set).run(task);
}

void product(const MatmulShape& shape, DType dtype, InstructionSet set, const void* a,
             const void* b, void* c, const Block& block, void* scratch) {
  const MatmulTerm term{{a, shape.transpose_a}, {b, shape.transpose_b}, shape.depth};
  product({.rows = shape.rows, .columns = shape.columns, .terms = {&term, 1}}, dtype, set, c, block,
          scratch);
}

Block MatmulBlocks::operator[](std::int64_t i) const {
  const std::int64_t r = i / column_parts_, c = i % column_parts_;
  return {cut(shape_.rows, row_group, row_parts_, r),
          cut(shape_.rows, row_group, row_parts_, r + 1),
          cut(shape_.columns, column_group, column_parts_, c),
          cut(shape_.columns, column_group, column_parts_, c + 1)};
}

MatmulBlocks matmul_blocks(const MatmulShape& shape, int threads) {
  if (shape.rows == 0 || shape.columns == 0) return {shape, 0, 0};
  const double work = static_cast<double>(shape.rows) * static_cast<double>(shape.columns) *
                      static_cast<double>(shape.depth);
  const auto parts = static_cast<std::int64_t>(std::clamp<double>(work / min_work, 1, threads));
  const std::int64_t max_rows = group_count(shape.rows, row_group);
  const std::int64_t max_columns = group_count(shape.columns, column_group);
  std::int64_t row_parts = 1, column_parts = 1;
  for (std::int64_t r = 1; r <= std::min(parts, max_rows); ++r) {
    const std::int64_t c = std::min(parts / r, max_columns);
    if (cost(shape, r, c) < cost(shape, row_parts, column_parts)) row_parts = r, column_parts = c;
  }
  return {shape, row_parts, column_parts};
}

}  // namespace gradus
