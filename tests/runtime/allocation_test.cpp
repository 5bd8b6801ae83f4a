// A repeated run allocates nothing but its results; one that finds no memory changes nothing; many
// batch sizes take no more than some.
#include <malloc.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <limits>
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
std::atomic<std::int64_t> max_live_bytes = std::numeric_limits<std::int64_t>::max();

void* try_allocate(std::size_t bytes, std::align_val_t alignment) noexcept {
  if (allocations++ == fails_at) return nullptr;
  if (live_bytes + static_cast<std::int64_t>(bytes) > max_live_bytes) return nullptr;
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
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable v = g.variable("v", Array::zeros({3}));
  const Tensor y = elu(x * v) + 1;
  const Tensor step = assign(v, v + 1);
  Session session(g, {.threads = 1});
  const Array batch = Array::zeros({5, 3});
  EXPECT_EQ(allocations_of([&] { session.run(y, {{x, batch}}); }), 0);
  EXPECT_EQ(allocations_of([&] { session.run(step); }), 0);
}

TEST(Allocations, a_repeated_training_step_allocates_nothing) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 30});
  const Variable W = g.variable("W", random_array({20, 30}, "W", -0.1, 0.1, float32));
  const Variable b = g.variable("b", Array::zeros({20}));
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
  const Tensor x = g.placeholder("x", {any_size, 30});
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

// Sums of what grows in a plan's arena: x, and twice as much.
struct Sums {
  Graph g;
  Tensor x = g.placeholder("x", {any_size});
  Tensor y = reduce_sum(cumsum(cumsum(x, 0), 0));
};

TEST(Allocations, a_run_that_finds_no_memory_at_any_place_changes_nothing) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const Variable v = g.variable("v", Array({1, 2, 3})), w = g.variable("w", Array::zeros({3}));
  const Tensor sum = reduce_sum(elu(x * v), 0);
  const std::vector<Tensor> fetches{sum, group({assign(v, v + 1), assign(w, sum + v)})};
  const std::vector<Feed> feeds{{x, Array::full({2, 3}, 1.f)}};
  for (bool interpret : {false, true}) {
    std::int64_t failures = 0, of_one_run = 1000;
    for (std::int64_t place = 0; place < of_one_run; ++place) {
      Session session(g, {.threads = 1, .interpret = interpret});
      const auto values = [&] { return to_text(session.value(v)) + to_text(session.value(w)); };
      const std::string before = values();
      const std::int64_t first = allocations;
      fails_at = first + place;
      try {
        session.run(fetches, feeds);
        fails_at = -1;
        of_one_run = std::min(of_one_run, allocations - first);
      } catch (const MemoryError&) {
        fails_at = -1;
        ++failures;
        ASSERT_EQ(values(), before) << "at allocation " << place;
        session.run(fetches, feeds);
      }
      ASSERT_EQ(values(), "[2, 3, 4][3, 6, 9]") << "at allocation " << place;
    }
    EXPECT_GT(of_one_run, 20);
    EXPECT_LT(of_one_run, 1000);
    EXPECT_GT(failures, 0);
  }
}

TEST(Allocations, an_array_that_finds_no_memory_is_a_memory_error) {
  const Array x = Array::zeros({4, 2});
  const Values values{{1, 2}, {3, 4}};
  const std::vector<std::function<void()>> makers{
      [] { Array::zeros({2, 3}); },    [] { Array::full({2}, 1, int64); },
      [&] { x.cast(int32); },          [&] { x.rows(1, 2); },
      [&] { x.reshaped({8}); },        [&] { return Array(values); },
      [&] { Array(x).mutable_data(); }};
  for (std::size_t i = 0; i < makers.size(); ++i) {
    bool has_failed = true;
    for (std::int64_t place = 0; has_failed; ++place) {
      has_failed = false;
      try {
        fails_at = allocations + place;
        makers[i]();
      } catch (const MemoryError&) {
        has_failed = true;
      }
      fails_at = -1;
      EXPECT_TRUE(has_failed || place > 0) << i;
    }
  }
}

struct MemoryLeft {
  explicit MemoryLeft(std::int64_t bytes) { max_live_bytes = live_bytes + bytes; }
  MemoryLeft(const MemoryLeft&) = delete;
  MemoryLeft& operator=(const MemoryLeft&) = delete;
  ~MemoryLeft() { max_live_bytes = std::numeric_limits<std::int64_t>::max(); }
};

// Nothing is refused because of what is kept for other runs.
TEST(Allocations, of_plans_give_way_where_memory_is_short) {
  Sums sums;
  const Tensor wide = sums.g.placeholder("wide", {any_size}), copy = exp(wide);
  Session session(sums.g, {.threads = 1});
  const Array ones = Array::full({500'000}, 1.f);  // 2 MB
  {
    const MemoryLeft left(8'000'000);
    for (std::int64_t size = 250'000; size <= 500'000; size += 10'000)
      EXPECT_GT(session.run(sums.y, {{sums.x, ones.rows(0, size)}}).item(), 0) << size;
  }
  // The arena is larger than what is left for the result.
  const MemoryLeft left(1'000'000);
  const Array result = session.run(copy, {{wide, ones}});
  EXPECT_EQ(result.size(), 500'000);
  const MemoryLeft less(1'000'000);
  EXPECT_EQ(message_of<MemoryError>([&] {
              session.run(copy, std::vector<Feed>{{wide, ones}}, user_line);
            }),
            "run: no memory for \"exp\" float32 [500000] (1.9 MiB)" + at_user_line);
}

std::int64_t resident_bytes() {
  std::int64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

TEST(Allocations, of_a_large_run_do_not_stay_after_a_small_one) {
  const Sums sums;
  Session session(sums.g, {.threads = 1});
  const Array large = Array::full({20'000'000}, 1.f), small = Array::full({10}, 1.f);
  const std::int64_t before = resident_bytes();
  session.run(sums.y, {{sums.x, large}});
  const std::int64_t kept = resident_bytes() - before;
  EXPECT_EQ(session.run(sums.y, {{sums.x, small}}).item(), 220);
  EXPECT_GT(kept, 70 << 20);
  EXPECT_LT(resident_bytes() - before, kept - (60 << 20));
  EXPECT_GT(session.run(sums.y, {{sums.x, large}}).item(), 0);
}

TEST(Allocations, of_many_batch_sizes_do_not_pile_up) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 50});
  const Tensor y = exp(matmul(exp(x), g.variable("W", Array::full({50, 40}, 1.f))));
  Session session(g, {.threads = 1});
  const auto run_sizes = [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t rows = first; rows < last; ++rows)
      EXPECT_EQ(session.run(y, {{x, Array::zeros({rows, 50})}}).shape(), Shape({rows, 40}));
    return live_bytes.load();
  };
  const std::int64_t before = live_bytes, row_bytes = (50 + 40 + 40) * 4;
  EXPECT_LT(run_sizes(1000, 1300) - before, 4 * 1300 * row_bytes);
}

}  // namespace
}  // namespace gradus
