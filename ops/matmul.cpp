#include <gradus/matmul.h>

#include <utility>

#include <fmt/format.h>

#include <gradus/attribute.h>
#include <gradus/op.h>
#include <gradus/product.h>
#include <gradus/rules.h>
#include <gradus/thread_pool.h>

namespace gradus {
namespace {

using attributes::transpose_a;
using attributes::transpose_b;

ProductShape product_shape(const KernelCall& call) {
  const Shape& a = call.inputs[0].shape;
  return {.rows = call.output.shape[0],
          .columns = call.output.shape[1],
          .depth = call.f[transpose_a] ? a[0] : a[1],
          .transpose_a = call.f[transpose_a],
          .transpose_b = call.f[transpose_b]};
}

// Each thread has a slice of scratch of its own.
std::size_t slice_bytes(const KernelCall& call) {
  const std::size_t bytes = product_scratch_bytes(product_shape(call), call.output.dtype, call.set);
  return (bytes + 63) / 64 * 64;
}
std::size_t scratch_bytes(const KernelCall& call) {
  return slice_bytes(call) * static_cast<std::size_t>(call.threads.threads());
}

void multiply_matrices(const KernelCall& call) {
  const ProductShape shape = product_shape(call);
  const ProductBlocks blocks = product_blocks(shape, call.threads.threads());
  const std::size_t slice = slice_bytes(call);
  call.threads.parallel_for(blocks.size(), [&](std::int64_t i) {
    product(shape, call.output.dtype, call.set, call.inputs[0].data, call.inputs[1].data,
            call.result, blocks[i],
            static_cast<std::byte*>(call.scratch) + static_cast<std::size_t>(i) * slice);
  });
}

}  // namespace

// C = A B;  dA = dC B^T,  dB = A^T dC.  A flag means that the operand enters transposed.
extern constexpr Op matmul_op{
    .name = "matmul",
    .doc = "Matrix product: c[i, j] = sum over k of a[i, k] b[k, j].",
    .operands = {"a", "b"},
    .attributes = {&transpose_a, &transpose_b},
    .text = "{a} @ {b}",
    .latex = "{a} {b}",
    .shape = [](const Call& f, Shape a, Shape b) -> Shape {
      if (a.rank() != 2 || b.rank() != 2)
        f.fail(fmt::format("operands must be matrices: {} x {}", to_text(a), to_text(b)));
      const auto [rows, depth_a] = f[transpose_a] ? std::pair(a[1], a[0]) : std::pair(a[0], a[1]);
      const auto [depth_b, columns] =
          f[transpose_b] ? std::pair(b[1], b[0]) : std::pair(b[0], b[1]);
      if (depth_a != depth_b && depth_a != any && depth_b != any)
        f.fail(fmt::format("inner dimensions differ: {}{} x {}{}  ({} and {})", to_text(a),
                           f[transpose_a] ? "^T" : "", to_text(b), f[transpose_b] ? "^T" : "",
                           depth_a, depth_b));
      return {rows, columns};
    },
    .dtype = same_number,
    .kernel = GeneralKernel{multiply_matrices, scratch_bytes},
    .gradient = {[](const Call& f, Tensor dc, Tensor, Tensor b) -> Tensor {
                   if (f[transpose_a])
                     return matmul(b, dc, {.transpose_a = f[transpose_b], .transpose_b = true});
                   return matmul(dc, b, {.transpose_b = !f[transpose_b]});
                 },
                 [](const Call& f, Tensor dc, Tensor a, Tensor) -> Tensor {
                   if (f[transpose_b])
                     return matmul(dc, a, {.transpose_a = true, .transpose_b = f[transpose_a]});
                   return matmul(a, dc, {.transpose_a = !f[transpose_a]});
                 }},
    .gradient_text = {"da = dc b^T", "db = a^T dc"},
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
  return add_node(matmul_op, {&a, &b},
                  {transpose_a = flags.transpose_a, transpose_b = flags.transpose_b});
}

}  // namespace gradus
