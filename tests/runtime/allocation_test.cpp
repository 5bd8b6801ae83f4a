// A repeated run allocates nothing but its results.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>

#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "support.h"

namespace {

std::atomic<std::int64_t> allocations = 0;

void* try_allocate(std::size_t bytes, std::align_val_t alignment) noexcept {
  ++allocations;
  const auto unit = static_cast<std::size_t>(alignment);
  return std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit + (bytes == 0 ? unit : 0));
}
void* allocate(std::size_t bytes, std::align_val_t alignment) {
  void* p = try_allocate(bytes, alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
// Out of line: a compiler that looks inside takes it for free() of what new made.
[[gnu::noinline]] void release(void* p) noexcept { std::free(p); }

constexpr std::align_val_t usual{alignof(std::max_align_t)};

}  // namespace

// All forms, so that what one of them made can be freed by any other.
void* operator new(std::size_t n) { return allocate(n, usual); }
void* operator new[](std::size_t n) { return allocate(n, usual); }
void* operator new(std::size_t n, std::align_val_t a) { return allocate(n, a); }
void* operator new[](std::size_t n, std::align_val_t a) { return allocate(n, a); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return try_allocate(n, usual); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept {
  return try_allocate(n, usual);
}
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return try_allocate(n, a);
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
  return try_allocate(n, a);
}
void operator delete(void* p) noexcept { release(p); }
void operator delete[](void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { release(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept { release(p); }

namespace gradus {
namespace {

// The list of results, and of each its elements and their owner's count.
constexpr std::int64_t of_results(std::int64_t results) { return 1 + 2 * results; }

std::int64_t allocations_of(const std::function<void()>& run) {
  run();
  const std::int64_t before = allocations;
  run();
  return allocations - before;
}

TEST(Allocations, a_repeated_element_wise_run_allocates_its_results_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 3});
  const Variable v = g.variable("v", Array({3}));
  const Tensor y = elu(x * v) + 1;
  const Tensor step = assign(v, v + 1);
  Session session(g, {.threads = 1});
  const Array batch({5, 3});
  EXPECT_EQ(allocations_of([&] { session.run(y, {{x, batch}}); }), of_results(1));
  EXPECT_EQ(allocations_of([&] { session.run(step); }), of_results(1));
}

TEST(Allocations, a_repeated_training_step_allocates_its_results_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 30});
  const Variable W = g.variable("W", random_array({20, 30}, "W", -0.1, 0.1, float32));
  const Variable b = g.variable("b", Array({20}));
  const Tensor h = elu(matmul(x, W, {.transpose_b = true}) + b);
  const Tensor loss = reduce_mean(reduce_sum(square(matmul(h, W) - x), 1));
  const std::vector<Tensor> d = gradients(loss, {W, b});
  const Tensor step = group({assign(W, W - 1e-4 * d[0]), assign(b, b - 1e-4 * d[1])});
  const Array batch = random_array({10, 30}, "x", -1, 1, float32);
  for (int threads : {1, 2}) {
    Session session(g, {.threads = threads});
    EXPECT_EQ(allocations_of([&] { session.run(step, {{x, batch}}); }), of_results(1)) << threads;
  }
}

}  // namespace
}  // namespace gradus
