// A repeated run allocates nothing but its results; one that finds no memory changes nothing; many
// batch sizes take no more than some.
#include <malloc.h>
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
#include <gradus/optimizers.h>
#include <gradus/session.h>

#include "support.h"

namespace {

std::atomic<std::int64_t> allocations = 0;
std::atomic<std::int64_t> live_bytes = 0;
std::atomic<std::int64_t> fails_at = -1;  // the number of the allocation that finds no memory

void* try_allocate(std::size_t bytes, std::align_val_t alignment) noexcept {
  if (allocations++ == fails_at) return nullptr;
  const auto unit = static_cast<std::size_t>(alignment);
  void* const p =
      std::aligned_alloc(unit, (bytes + unit - 1) / unit * unit + (bytes == 0 ? unit : 0));
  live_bytes += static_cast<std::int64_t>(malloc_usable_size(p));
  return p;
}
void* allocate(std::size_t bytes, std::align_val_t alignment) {
  void* p = try_allocate(bytes, alignment);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
// Out of line: a compiler that looks inside takes it for free() of what new made.
[[gnu::noinline]] void release(void* p) noexcept {
  live_bytes -= static_cast<std::int64_t>(malloc_usable_size(p));
  std::free(p);
}

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

std::int64_t allocations_of(const std::function<void()>& run) {
  run();
  const std::int64_t before = allocations;
  run();
  return allocations - before;
}

TEST(Allocations, a_repeated_element_wise_run_allocates_nothing) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 3});
  const Variable v = g.variable("v", Array({3}));
  const Tensor y = elu(x * v) + 1;
  const Tensor step = assign(v, v + 1);
  Session session(g, {.threads = 1});
  const Array batch({5, 3});
  EXPECT_EQ(allocations_of([&] { session.run(y, {{x, batch}}); }), 0);
  EXPECT_EQ(allocations_of([&] { session.run(step); }), 0);
}

TEST(Allocations, a_repeated_training_step_allocates_nothing) {
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
    EXPECT_EQ(allocations_of([&] { session.run(step, {{x, batch}}); }), 0) << threads;
  }
}

// What the caller gets is all that is allocated: the list of the values, and the values themselves
// while the caller keeps the ones before.
TEST(Allocations, a_repeated_run_of_several_fetches_allocates_their_list_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 30});
  const Variable W = g.variable("W", random_array({20, 30}, "W", -0.1, 0.1, float32));
  const Tensor loss = reduce_mean(square(matmul(elu(matmul(x, W, {.transpose_b = true})), W) - x));
  const Tensor step = Adam().minimize(loss);
  const Array batch = random_array({10, 30}, "x", -1, 1, float32);
  for (int threads : {1, 2}) {
    Session session(g, {.threads = threads});
    session.run({loss, step}, {{x, batch}});
    EXPECT_EQ(allocations_of([&] { session.run(step, {{x, batch}}); }), 0) << threads;
    EXPECT_LE(allocations_of([&] { session.run({loss, step}, {{x, batch}}); }), 4) << threads;
  }
}

TEST(Allocations, a_run_that_finds_no_memory_at_any_place_changes_nothing) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 3});
  const Variable v = g.variable("v", array({1, 2, 3})), w = g.variable("w", Array({3}));
  const Tensor sum = reduce_sum(elu(x * v), 0);
  const std::vector<Tensor> fetches{sum, group({assign(v, v + 1), assign(w, sum + v)})};
  const std::vector<Feed> feeds{{x, full({2, 3}, 1.f)}};
  std::int64_t failures = 0;
  for (bool has_failed = true; has_failed; ++failures) {
    Session session(g, {.threads = 1});
    const auto values = [&] { return to_text(session.value(v)) + to_text(session.value(w)); };
    const std::string before = values();
    has_failed = false;
    try {
      fails_at = allocations + failures;
      session.run(fetches, feeds);
    } catch (const std::bad_alloc&) {
      has_failed = true;
    } catch (const MemoryError&) {
      has_failed = true;
    }
    fails_at = -1;
    if (has_failed) {
      ASSERT_EQ(values(), before) << "at allocation " << failures;
      session.run(fetches, feeds);
    }
    ASSERT_EQ(values(), "[2, 3, 4][3, 6, 9]") << "at allocation " << failures;
  }
  EXPECT_GT(failures, 20);
}

TEST(Allocations, of_many_batch_sizes_do_not_pile_up) {
  Graph g;
  const Tensor x = g.placeholder("x", {any, 50});
  const Tensor y = reduce_sum(matmul(exp(x), g.variable("W", full({50, 40}, 1.f))));
  Session session(g, {.threads = 1});
  const auto run_sizes = [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t rows = first; rows < last; ++rows) {
      EXPECT_EQ(session.run(y, {{x, Array({rows, 50})}}).item(), 2000. * static_cast<double>(rows));
    }
    return live_bytes.load();
  };
  const std::int64_t before = live_bytes, some = run_sizes(1000, 1070) - before;
  EXPECT_GT(some, 50 * 1000 * 40 * 4);
  EXPECT_LT(run_sizes(1070, 1300) - before, some + some / 4);
  EXPECT_LT(run_sizes(1000, 1070) - before, some + some / 4);
}

}  // namespace
}  // namespace gradus
