#include "matmul_step.h"

#include <cstring>

#include <gradus/matmul.h>
#include <gradus/op/records.h>

#include "compiler/program/fused_ops.h"
#include "ops/linear/matrices.h"

namespace gradus {
namespace {

// In bytes.
std::size_t offset_of_batch(const MatmulStep& step, const Shape& x, std::int64_t n) {
  const std::int64_t elements = x[x.rank() - 2] * x[x.rank() - 1];
  return static_cast<std::size_t>(matrix_of(x, step.c, n) * elements) * size_of(step.dtype);
}
const void* matrix_of_batch(const MatmulStep& step, const void* x, const Shape& shape,
                            std::int64_t n) {
  return static_cast<const std::byte*>(x) + offset_of_batch(step, shape, n);
}

void copy_start(const MatmulStep& step, const Block& block) {
  const std::size_t bytes = size_of(step.dtype);
  const auto width = static_cast<std::size_t>(block.last_column - block.first_column) * bytes;
  for (std::int64_t row = block.first_row; row < block.last_row && width != 0; ++row) {
    const std::size_t at =
        static_cast<std::size_t>(row * step.sum.columns + block.first_column) * bytes;
    std::memcpy(static_cast<std::byte*>(step.result) + at,
                static_cast<const std::byte*>(step.start) + at, width);
  }
}

}  // namespace

bool is_one_product(const Program& program, NodeId matmul) {
  const Call f(matmul_op, program.graph->attributes(matmul));
  return batch_count(program.shape(program.operands(matmul)[1])) == 1 &&
         (!f[attributes::transpose_a] || batch_count(program.shape(matmul)) == 1);
}

MatmulStep matmul_step(const Program& program, NodeId id, InstructionSet set) {
  const Call f(program.op(id), program.graph->attributes(id));
  const auto operands = program.operands(id);
  const Shape& c = program.shape(id);
  const std::int64_t columns = c[c.rank() - 1];
  MatmulStep step{.dtype = program.dtype(id)};
  step.sum = {.rows = columns == 0 ? 0 : c.element_count() / columns, .columns = columns};
  std::vector<std::int64_t> transposed;
  if (&f.op() == &matmul_op) {
    transposed = {f[attributes::transpose_a], f[attributes::transpose_b]};
    if (!is_one_product(program, id)) {
      step.batches = batch_count(c);
      step.sum.rows = c[c.rank() - 2];
      step.a = program.shape(operands[0]);
      step.b = program.shape(operands[1]);
      step.c = c;
    }
  } else {
    transposed = f[product_sum::transposed];
    step.sum.alpha = f[product_sum::scale];
    if (operands.size() % 2 == 1) step.sum.beta = f[product_sum::decay];
  }
  const auto factors = operands.last(transposed.size());
  step.shape = {.rows = step.sum.rows, .columns = columns};
  for (std::size_t k = 0; k < factors.size(); k += 2) {
    const Shape& b = program.shape(factors[k + 1]);
    const bool transposed_b = transposed[k + 1] != 0;
    const std::int64_t depth = b[b.rank() - (transposed_b ? 1 : 2)];
    step.terms.push_back({{.transposed = transposed[k] != 0}, {.transposed = transposed_b}, depth});
    step.shape.depth += depth;
  }
  step.scratch_bytes = matmul_scratch_bytes(step.shape, step.dtype, set);
  return step;
}

void multiply(const MatmulStep& step, std::int64_t batch, const Block& block, InstructionSet set,
              void* scratch) {
  if (step.start != nullptr) copy_start(step, block);
  MatmulSum sum = step.sum;
  if (step.batches == 1) {
    sum.terms = step.terms;
    return product(sum, step.dtype, set, step.result, block, scratch);
  }
  MatmulTerm term = step.terms[0];
  term.a.data = matrix_of_batch(step, term.a.data, step.a, batch);
  term.b.data = matrix_of_batch(step, term.b.data, step.b, batch);
  sum.terms = {&term, 1};
  auto* const result = static_cast<std::byte*>(step.result) + offset_of_batch(step, step.c, batch);
  product(sum, step.dtype, set, result, block, scratch);
}

void multiply_part(const MatmulStep& step, std::int64_t part, std::int64_t parts,
                   InstructionSet set, void* scratch) {
  const MatmulBlocks blocks = step.blocks(static_cast<int>(parts));
  const std::int64_t count = step.batches * blocks.size();
  for (std::int64_t i = count * part / parts; i < count * (part + 1) / parts; ++i)
    multiply(step, i / blocks.size(), blocks[i % blocks.size()], set, scratch);
}

}  // namespace gradus
