#include "softmax_rows.h"

#include <gradus/op/reduction.h>

#include "reduce.h"

namespace gradus {
namespace {

constexpr RowKernel exponentials([](auto x, auto largest, auto) { return exp(x - largest); });
constexpr RowKernel differences([](auto x, auto largest, auto log_sum) {
  return (x - largest) - log_sum;
});
constexpr ElementwiseKernel logarithms = elementwise<1>([](auto x) { return log(x); });

}  // namespace

RowPart::RowPart(const KernelCall& kernel_call, const ArrayView& view, const AroundAxis& rows,
                 std::int64_t first_row, std::int64_t row_count, void* numbers)
    : call(kernel_call), first(first_row), count(row_count), n(rows.n), inner(rows.inner) {
  x = of(view.data);
  largest = number_of(numbers);
  sum = number_of(const_cast<void*>(offset(numbers, rows.rows())));
}

const void* RowPart::offset(const void* all, std::int64_t elements) const {
  return static_cast<const std::byte*>(all) +
         static_cast<std::size_t>(elements) * size_of(call.output.dtype);
}

void RowPart::exponentiate(void* e) const {
  const DType dtype = call.output.dtype;
  largest_kernel.reduce(dtype, call.set)(x, largest, count, n, inner);
  exponentials.loop(dtype, call.set)(x, largest, largest, e, count, n, inner);
  sum_kernel.reduce(dtype, call.set)(e, sum, count, n, inner);
}

void RowPart::subtract_logarithm(void* y) const {
  const DType dtype = call.output.dtype;
  const void* const sums[] = {sum};
  logarithms.tile(dtype, call.set)(sums, sum, count * inner);
  differences.loop(dtype, call.set)(x, largest, sum, y, count, n, inner);
}

}  // namespace gradus
