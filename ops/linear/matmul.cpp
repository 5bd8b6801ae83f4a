#include <gradus/matmul.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/broadcast.h>
#include <gradus/error.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>
#include <gradus/reductions.h>
#include <gradus/shapes.h>
#include "graph/graph_state.h"
#include "kernels/products/product.h"

namespace gradus {
namespace {

using attributes::transpose_a;
using attributes::transpose_b;

std::int64_t last(const Shape& s) { return s[s.rank() - 1]; }
std::int64_t last_but_one(const Shape& s) { return s[s.rank() - 2]; }

Shape batch_of(const Shape& s) {
  return Shape(std::span(s.begin(), static_cast<std::size_t>(s.rank() - 2)));
}
Shape with_matrix(const Shape& batch, std::int64_t rows, std::int64_t columns) {
  std::array<std::int64_t, max_rank + 2> all{};
  const auto end = std::ranges::copy(batch, all.begin()).out;
  end[0] = rows;
  end[1] = columns;
  return Shape(
      std::span<const std::int64_t>(all).first(static_cast<std::size_t>(batch.rank() + 2)));
}

std::int64_t batch_count(const Shape& s) {
  std::int64_t count = 1;
  for (std::int64_t i = 0; i < s.rank() - 2; ++i) count *= s[i];
  return count;
}

// Rows of all batches stand below each other where b is one matrix: then they are one product.
bool is_one_product(const KernelCall& call) {
  return !call.f[transpose_a] && batch_count(call.inputs[1].shape) == 1;
}

ProductShape product_shape(const KernelCall& call) {
  const Shape& a = call.inputs[0].shape;
  const std::int64_t rows = last_but_one(call.output.shape);
  return {.rows = is_one_product(call) ? rows * batch_count(call.output.shape) : rows,
          .columns = last(call.output.shape),
          .depth = call.f[transpose_a] ? last_but_one(a) : last(a),
          .transpose_a = call.f[transpose_a],
          .transpose_b = call.f[transpose_b]};
}

// Each thread has a slice of scratch of its own.
std::size_t slice_bytes(const KernelCall& call) {
  const std::size_t bytes = product_scratch_bytes(product_shape(call), call.output.dtype, call.set);
  return (bytes + 63) / 64 * 64;
}
std::size_t slices_bytes(const KernelCall& call) {
  return slice_bytes(call) * static_cast<std::size_t>(call.threads.threads());
}

void multiply(const KernelCall& call, const ProductShape& shape, const void* a, const void* b,
              void* c) {
  const ProductBlocks blocks = product_blocks(shape, call.threads.threads());
  const std::size_t slice = slice_bytes(call);
  call.threads.parallel_for(blocks.size(), [&](std::int64_t i) {
    product(shape, call.output.dtype, call.set, a, b, c, blocks[i],
            static_cast<std::byte*>(call.scratch) + static_cast<std::size_t>(i) * slice);
  });
}

// The number of x's matrix that batch n of the result is made of.
std::int64_t place_in(const Shape& x, const Shape& y, std::int64_t n) {
  std::int64_t place = 0, stride = 1;
  for (std::int64_t i = y.rank() - 2; i-- > 0; n /= y[i]) {
    const std::int64_t own = i - (y.rank() - x.rank());
    if (own < 0) break;
    if (x[own] != 1) place += n % y[i] * stride;
    stride *= x[own];
  }
  return place;
}

void multiply_matrices(const KernelCall& call) {
  const ProductShape shape = product_shape(call);
  const Shape &a = call.inputs[0].shape, &b = call.inputs[1].shape, &c = call.output.shape;
  if (c.rank() == 2 || is_one_product(call))
    return multiply(call, shape, call.inputs[0].data, call.inputs[1].data, call.result);

  const std::int64_t batches = c.element_count() == 0 ? 0 : batch_count(c);
  const auto matrix = [](const void* data, const Shape& s, std::int64_t place, DType dtype) {
    return static_cast<const std::byte*>(data) +
           static_cast<std::size_t>(place * last(s) * last_but_one(s)) * size_of(dtype);
  };
  const auto operands_of = [&](std::int64_t n) {
    return std::pair(matrix(call.inputs[0].data, a, place_in(a, c, n), call.output.dtype),
                     matrix(call.inputs[1].data, b, place_in(b, c, n), call.output.dtype));
  };
  const auto result_of = [&](std::int64_t n) {
    return const_cast<std::byte*>(matrix(call.result, c, n, call.output.dtype));
  };
  // Few batches share their insides among threads, many themselves.
  const std::int64_t threads = call.threads.threads();
  if (batches < threads) {
    for (std::int64_t n = 0; n < batches; ++n) {
      const auto [of_a, of_b] = operands_of(n);
      multiply(call, shape, of_a, of_b, result_of(n));
    }
    return;
  }
  const std::size_t slice = slice_bytes(call);
  call.threads.parallel_for(threads, [&](std::int64_t part) {
    const std::int64_t end = batches / threads * (part + 1) + std::min(part + 1, batches % threads);
    for (std::int64_t n = batches / threads * part + std::min(part, batches % threads); n < end;
         ++n) {
      const auto [of_a, of_b] = operands_of(n);
      product(shape, call.output.dtype, call.set, of_a, of_b, result_of(n), whole(shape),
              static_cast<std::byte*>(call.scratch) + static_cast<std::size_t>(part) * slice);
    }
  });
}

// dx, whose batch is the result's, summed to the batch of x if that may be another one.
Tensor summed_to(const Tensor& x, const Shape& other, const Tensor& dx) {
  const bool has_its_batch = other.rank() == 2 || (batch_of(x.shape()).is_known() &&
                                                   batch_of(x.shape()) == batch_of(dx.shape()));
  return has_its_batch && x.rank() == dx.rank() ? dx : sum_like(dx, x);
}

}  // namespace

// C = A B, for each pair of matrices of a batch;  dA = dC B^T,  dB = A^T dC.  A flag means that the
// operand enters transposed.
extern constexpr Op matmul_op{
    .name = "matmul",
    .doc =
        "Matrix product: c[i, j] = sum over k of a[i, k] b[k, j]. Axes before the last two are a "
        "batch and broadcast.",
    .operands = {"a", "b"},
    .attributes = {&transpose_a, &transpose_b},
    .text = "{a} @ {b}",
    .latex = "{a} {b}",
    .shape = [](const Call& f, Shape a, Shape b) -> Shape {
      if (a.rank() < 2 || b.rank() < 2)
        f.fail(fmt::format("operands must be matrices: {} x {}", to_text(a), to_text(b)));
      auto [rows, depth_a] = std::pair(last_but_one(a), last(a));
      auto [depth_b, columns] = std::pair(last_but_one(b), last(b));
      if (f[transpose_a]) std::swap(rows, depth_a);
      if (f[transpose_b]) std::swap(depth_b, columns);
      if (depth_a != depth_b && depth_a != any && depth_b != any)
        f.fail(fmt::format("inner dimensions differ: {}{} x {}{}  ({} and {})", to_text(a),
                           f[transpose_a] ? "^T" : "", to_text(b), f[transpose_b] ? "^T" : "",
                           depth_a, depth_b));
      const std::optional<Shape> batch = broadcast_shape(batch_of(a), batch_of(b));
      if (!batch) f.fail(fmt::format("batches do not broadcast: {} x {}", to_text(a), to_text(b)));
      return with_matrix(*batch, rows, columns);
    },
    .dtype = same_number,
    .kernel = GeneralKernel{multiply_matrices, slices_bytes},
    .gradient = {[](const Call& f, Tensor dc, Tensor a, Tensor b) -> Tensor {
                   const Tensor da =
                       f[transpose_a]
                           ? matmul(b, dc, {.transpose_a = f[transpose_b], .transpose_b = true})
                           : matmul(dc, b, {.transpose_b = !f[transpose_b]});
                   return summed_to(a, b.shape(), da);
                 },
                 [](const Call& f, Tensor dc, Tensor a, Tensor b) -> Tensor {
                   const Tensor db =
                       f[transpose_b]
                           ? matmul(dc, a, {.transpose_a = true, .transpose_b = f[transpose_a]})
                           : matmul(a, dc, {.transpose_a = !f[transpose_a]});
                   return summed_to(b, a.shape(), db);
                 }},
    .gradient_text = {"da = dc b^T, summed over the batch that a has not", "db = a^T dc, likewise"},
    .examples =
        {{[](Graph& g) {
            return matmul(g.constant({{1, 2}, {3, 4}}), g.constant({{5}, {6}}));
          },
          "[[17], [39]]"},
         {[](Graph& g) {
            return matmul(g.constant({{1, 2}}), g.constant({{5, 6}}), {.transpose_b = true});
          },
          "[[17]]"}},
};
static_assert(matmul_op.is_well_formed());

Tensor matmul(Operand a, Operand b, MatmulFlags flags) {
  const auto is_vector = [](const Operand& x) {
    return !x.is_number() && x.tensor() && x.tensor().rank() == 1;
  };
  const bool is_row = is_vector(a), is_column = is_vector(b);
  if (!is_row && !is_column)
    return add_node(matmul_op, {&a, &b},
                    {transpose_a = flags.transpose_a, transpose_b = flags.transpose_b});

  if ((is_row && flags.transpose_a) || (is_column && flags.transpose_b))
    throw GraphError(at_line("matmul: a vector has no transpose", a.where()));
  const At at(is_row ? a : b);
  const Operand row = is_row ? Operand(reshape(a, {1, any}), a.where()) : a;
  const Operand column = is_column ? Operand(reshape(b, {any, 1}), b.where()) : b;
  Tensor product = matmul(row, column, flags);
  if (is_column) product = reduce_sum(product, -1);
  if (is_row) product = reduce_sum(product, is_column ? -1 : -2);
  return product;
}

}  // namespace gradus
