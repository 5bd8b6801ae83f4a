#include "reduce.h"

#include <algorithm>
#include <array>
#include <span>

#include <gradus/op/thread_pool.h>

#include "kernels/arrays/permute.h"

namespace gradus {
namespace {

// Neighbouring axes of one kind are one; axes of size 1 are none.
struct Run {
  std::int64_t size;
  bool is_reduced;
};

// Like std::vector<Run>, but nothing is allocated in a run.
class Runs {
 public:
  std::size_t size() const { return size_; }
  const Run& operator[](std::size_t i) const { return runs_[i]; }
  const Run* begin() const { return runs_.data(); }
  const Run* end() const { return runs_.data() + size_; }
  void add(Run run) {
    if (size_ > 0 && runs_[size_ - 1].is_reduced == run.is_reduced)
      runs_[size_ - 1].size *= run.size;
    else
      runs_[size_++] = run;
  }

 private:
  std::array<Run, max_rank> runs_{};
  std::size_t size_ = 0;
};

Runs runs_of(const Shape& x, const AxisSet& chosen) {
  Runs runs;
  for (std::int64_t i = 0; i < x.rank(); ++i)
    if (x[i] != 1) runs.add({x[i], chosen[static_cast<std::size_t>(i)]});
  return runs;
}

bool is_direct(const Runs& runs) {
  const auto reduced = std::ranges::count_if(runs, &Run::is_reduced);
  return reduced <= 1;
}

struct Layout {
  std::int64_t outer = 1, n = 1, inner = 1;
};

Layout direct_layout(const Runs& runs) {
  Layout layout;
  bool is_behind = false;
  for (const Run& run : runs) {
    if (run.is_reduced) {
      layout.n = run.size;
      is_behind = true;
    } else {
      (is_behind ? layout.inner : layout.outer) *= run.size;
    }
  }
  if (!is_behind) {  // nothing to combine: each element is its own row
    layout.outer = layout.outer * layout.inner;
    layout.inner = 1;
  }
  return layout;
}

// y gets the kept runs first, then the reduced ones.
void bring_together(const KernelCall& call, const Runs& runs) {
  std::array<std::int64_t, max_rank> strides{}, shape{}, order{};
  std::int64_t stride = 1;
  for (std::size_t i = runs.size(); i-- > 0; stride *= runs[i].size) strides[i] = stride;
  std::size_t count = 0;
  for (const bool is_reduced : {false, true})
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs[i].is_reduced == is_reduced) {
        shape[count] = runs[i].size;
        order[count++] = strides[i];
      }
  copy_strided(call.inputs[0].data, call.scratch, size_of(call.inputs[0].dtype),
               std::span(shape).first(count), std::span(order).first(count));
}

}  // namespace

extern constexpr ReductionKernel sum_kernel = reduction<DTypes::numbers>(
    [](auto like) { return decltype(like)(0); }, [](auto a, auto b) { return a + b; });
extern constexpr ReductionKernel sum_of_squares_kernel =
    reduction<DTypes::numbers>([](auto like) { return decltype(like)(0); },
                               [](auto a, auto b) { return a + b; }, [](auto x) { return x * x; });

extern constexpr ReductionKernel largest_kernel = reduction<DTypes::numbers>(
    [](auto like) { return lowest(like); }, [](auto a, auto b) { return maximum(a, b); });

std::size_t reduce_scratch_bytes(const KernelCall& call, const AxisSet& chosen) {
  if (is_direct(runs_of(call.inputs[0].shape, chosen))) return 0;
  return static_cast<std::size_t>(call.inputs[0].shape.element_count()) *
         size_of(call.inputs[0].dtype);
}

void reduce_over(const ReductionKernel& kernel, const KernelCall& call, const AxisSet& chosen) {
  const Runs runs = runs_of(call.inputs[0].shape, chosen);
  Layout layout;
  const void* x = call.inputs[0].data;
  if (is_direct(runs)) {
    layout = direct_layout(runs);
  } else {
    bring_together(call, runs);
    x = call.scratch;
    for (const Run& run : runs) (run.is_reduced ? layout.n : layout.outer) *= run.size;
  }

  // Rows are shared among threads; each row's bits are its own.
  const auto reduce = kernel.reduce(call.inputs[0].dtype, call.set);
  constexpr std::int64_t elements_per_part = 1 << 15;
  const std::int64_t row = std::max<std::int64_t>(layout.n * layout.inner, 1);
  const std::int64_t rows_per_part = std::max<std::int64_t>(elements_per_part / row, 1);
  const std::int64_t parts = (layout.outer + rows_per_part - 1) / rows_per_part;
  const std::size_t bytes = size_of(call.inputs[0].dtype);
  call.threads.parallel_for(parts, [&](std::int64_t part) {
    const std::int64_t first = part * rows_per_part;
    const std::int64_t count = std::min(rows_per_part, layout.outer - first);
    reduce(static_cast<const std::byte*>(x) +
               static_cast<std::size_t>(first * layout.n * layout.inner) * bytes,
           static_cast<std::byte*>(call.result) +
               static_cast<std::size_t>(first * layout.inner) * bytes,
           count, layout.n, layout.inner);
  });
}

}  // namespace gradus
