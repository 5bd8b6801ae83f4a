// MatmulStep: a sum of matrix products, or one matrix product for each batch, as a step of a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <gradus/shape.h>

#include "kernels/products/matmul.h"
#include "program.h"

namespace gradus {

struct MatmulStep {
  std::int64_t batches = 1;            // if not 1, there is one term
  MatmulSum sum = {};                  // of one batch; its terms are below
  std::vector<MatmulTerm> terms = {};  // of the first batch
  MatmulShape shape = {};              // of one batch; its depth is that of all terms
  Shape a = {}, b = {}, c = {};        // whole, if there are several batches
  DType dtype = float32;
  std::size_t scratch_bytes = 0;  // for each thread
  void* result = nullptr;
  // Where beta's c comes from, if it does not lie in `result` already.
  const void* start = nullptr;

  // Of each batch, if so many threads share the step: few batches are cut, many are not.
  MatmulBlocks blocks(int parts) const { return matmul_blocks(shape, batches < parts ? parts : 1); }
  std::int64_t block_count(int parts) const { return batches * blocks(parts).size(); }
  std::int64_t multiply_adds() const { return batches * shape.rows * shape.columns * shape.depth; }
};

// The step of a node whose kernel is IsMatmul; who makes it sets the pointers.
MatmulStep matmul_step(const Program& program, NodeId id, InstructionSet set);

// Whether the rows of all batches of a matmul stand below each other and are multiplied by one
// matrix.
bool is_one_product(const Program& program, NodeId matmul);

// A block of one batch.
void multiply(const MatmulStep& step, std::int64_t batch, const Block& block, InstructionSet set,
              void* scratch);
// Part `part` of `parts` of all blocks of all batches.
void multiply_part(const MatmulStep& step, std::int64_t part, std::int64_t parts,
                   InstructionSet set, void* scratch);

}  // namespace gradus
