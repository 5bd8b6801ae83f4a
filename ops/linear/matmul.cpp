#include <gradus/matmul.h>

#include <optional>
#include <utility>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/error.h>
#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/reductions.h>
#include <gradus/shapes.h>

#include "matrices.h"

namespace gradus {
namespace {

using attributes::transpose_a;
using attributes::transpose_b;

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
    .text = {"{a} @ {b}", Precedence::product},
    .latex = {"{a} {b}", Precedence::product},
    .shape = [](const Call& f, Shape a, Shape b) -> Shape {
      if (a.rank() < 2 || b.rank() < 2)
        f.fail(fmt::format("operands must be matrices: {} x {}", to_text(a), to_text(b)));
      auto [rows, depth_a] = std::pair(rows_in(a), columns_in(a));
      auto [depth_b, columns] = std::pair(rows_in(b), columns_in(b));
      if (f[transpose_a]) std::swap(rows, depth_a);
      if (f[transpose_b]) std::swap(depth_b, columns);
      if (depth_a != depth_b && depth_a != any_size && depth_b != any_size)
        f.fail(fmt::format("inner dimensions differ: {}{} x {}{}  ({} and {})", to_text(a),
                           f[transpose_a] ? "^T" : "", to_text(b), f[transpose_b] ? "^T" : "",
                           depth_a, depth_b));
      const std::optional<Shape> batch = broadcast_shape(batch_of(a), batch_of(b));
      if (!batch) f.fail(fmt::format("batches do not broadcast: {} x {}", to_text(a), to_text(b)));
      return with_matrix(*batch, rows, columns);
    },
    .dtype = same_number,
    .kernel = IsMatmul{},
    .gradient = {[](const Call& f, Tensor dc, Tensor a, Tensor b) {
                   const bool ta = f[transpose_a], tb = f[transpose_b];
                   // dA = dC B^T: [n, k] = [n, m] [m, k];  where A came transposed, B dC^T
                   const Tensor da = ta ? matmul(b, dc, {tb, true}) : matmul(dc, b, {false, !tb});
                   return summed_to(a, b.shape(), da);
                 },
                 [](const Call& f, Tensor dc, Tensor a, Tensor b) {
                   const bool ta = f[transpose_a], tb = f[transpose_b];
                   // dB = A^T dC: [k, m] = [k, n] [n, m];  where B came transposed, dC^T A
                   const Tensor db = tb ? matmul(dc, a, {true, ta}) : matmul(a, dc, {!ta, false});
                   return summed_to(b, a.shape(), db);
                 }},
    .gradient_text = {"da = dc b^T; summed over the batch that a has not",
                      "db = a^T dc; summed over the batch that b has not"},
    .examples = {{[](Operand a, Operand b) { return matmul(a, b); },
                  {{1, 2}, {3, 4}},
                  {{5}, {6}},
                  "[[17], [39]]"},
                 {[](Operand a, Operand b) { return matmul(a, b, {.transpose_b = true}); },
                  {{1, 2}},
                  {{5, 6}},
                  "[[17]]"}},
};

Tensor matmul(Operand a, Operand b, MatmulOptions options) {
  const auto is_vector = [](const Operand& x) {
    return !x.is_number() && x.tensor() && x.tensor().rank() == 1;
  };
  const bool is_row = is_vector(a), is_column = is_vector(b);
  if (!is_row && !is_column)
    return add_node(matmul_op, {&a, &b},
                    {transpose_a = options.transpose_a, transpose_b = options.transpose_b});

  if ((is_row && options.transpose_a) || (is_column && options.transpose_b))
    throw GraphError(at_line("matmul: a vector has no transpose", a.where()));
  const At at(is_row ? a : b);
  const Operand row = is_row ? Operand(reshape(a, {1, any_size}), a.where()) : a;
  const Operand column = is_column ? Operand(reshape(b, {any_size, 1}), b.where()) : b;
  Tensor product = matmul(row, column, options);
  if (is_column) product = reduce_sum(product, -1);
  if (is_row) product = reduce_sum(product, is_column ? -1 : -2);
  return product;
}

}  // namespace gradus
