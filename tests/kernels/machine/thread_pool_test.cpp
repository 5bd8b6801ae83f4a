#include <gradus/op/thread_pool.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/error.h>

namespace gradus {
namespace {

std::string message(int threads) {
  try {
    ThreadPool pool(threads);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ThreadPool, runs_each_task_once) {
  for (int threads = 1; threads <= 8; ++threads) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (const std::int64_t count : {0, 1, 2, 3, 100, 10000}) {
      std::vector<int> runs(static_cast<std::size_t>(count));
      pool.parallel_for(count, [&](std::int64_t i) { ++runs[static_cast<std::size_t>(i)]; });
      EXPECT_EQ(runs, std::vector<int>(runs.size(), 1));
    }
  }
}

TEST(ThreadPool, writes_of_one_loop_are_seen_by_the_next) {
  ThreadPool pool(4);
  std::vector<std::int64_t> values(64);
  const auto at = [&](std::int64_t i) -> std::int64_t& {
    return values[static_cast<std::size_t>(i % 64)];
  };
  for (int loop = 0; loop < 5000; ++loop)
    pool.parallel_for(32, [&](std::int64_t i) {
      const std::int64_t even = (loop % 2) * 32;
      at(even + i) = at(32 - even + (i + 1) % 32) + 1;
    });
  EXPECT_EQ(values[32], 5000);
}

TEST(ThreadPool, works_on_several_threads) {
  ThreadPool pool(2);
  std::atomic<int> arrived = 0;
  pool.parallel_for(2, [&](std::int64_t) {  // each task waits for the other
    ++arrived;
    while (arrived < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived, 2);
}

TEST(ThreadPool, wakes_workers_that_sleep) {
  ThreadPool pool(3);
  for (int loop = 0; loop < 3; ++loop) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::atomic<int> arrived = 0;
    pool.parallel_for(3, [&](std::int64_t) {
      ++arrived;
      while (arrived < 3) std::this_thread::yield();
    });
    EXPECT_EQ(arrived, 3);
  }
}

TEST(ThreadPool, with_one_thread_runs_in_order_in_the_caller) {
  ThreadPool pool(1);
  std::vector<std::int64_t> order;
  const std::thread::id caller = std::this_thread::get_id();
  pool.parallel_for(4, [&](std::int64_t i) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    order.push_back(i);
  });
  EXPECT_EQ(order, (std::vector<std::int64_t>{0, 1, 2, 3}));
}

TEST(ThreadPool, throws_the_exception_of_the_lowest_task_after_all_tasks) {
  for (int threads = 1; threads <= 8; ++threads) {
    ThreadPool pool(threads);
    for (int loop = 0; loop < 50; ++loop) {
      std::atomic<int> runs = 0;
      try {
        pool.parallel_for(40, [&](std::int64_t i) {
          ++runs;
          if (i % 10 == 7) throw std::runtime_error(std::to_string(i));
        });
        ADD_FAILURE() << "nothing thrown";
      } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "7");
      }
      EXPECT_EQ(runs, 40);
    }
  }
}

TEST(ThreadPool, is_usable_after_an_exception) {
  ThreadPool pool(2);
  EXPECT_THROW(pool.parallel_for(9, [](std::int64_t) { throw 1; }), int);
  std::atomic<std::int64_t> sum = 0;
  pool.parallel_for(9, [&](std::int64_t i) { sum += i; });
  EXPECT_EQ(sum, 36);
}

TEST(ThreadPool, runs_nested_loops_in_the_task_that_calls) {
  ThreadPool pool(4);
  std::atomic<std::int64_t> sum = 0;
  pool.parallel_for(8, [&](std::int64_t i) {
    const std::thread::id outer = std::this_thread::get_id();
    pool.parallel_for(10, [&](std::int64_t j) {
      EXPECT_EQ(std::this_thread::get_id(), outer);
      sum += 10 * i + j;
    });
  });
  EXPECT_EQ(sum, 80 * 79 / 2);
}

TEST(ThreadPool, serves_several_callers_at_once) {
  ThreadPool pool(3);
  std::atomic<std::int64_t> sum = 0;
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c)
    callers.emplace_back([&] {
      for (int loop = 0; loop < 200; ++loop)
        pool.parallel_for(10, [&](std::int64_t i) { sum += i; });
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(sum, 4 * 200 * 45);
}

TEST(ThreadPool, of_many_threads_starts_and_ends) {
  for (int loop = 0; loop < 20; ++loop) ThreadPool pool(1 + loop);
  ThreadPool pool(64);
  std::atomic<int> runs = 0;
  pool.parallel_for(1000, [&](std::int64_t) { ++runs; });
  EXPECT_EQ(runs, 1000);
}

TEST(ThreadPool, of_a_wrong_size_is_an_error) {
  EXPECT_EQ(message(0), "thread pool: 0 threads, between 1 and 1024 are possible");
  EXPECT_EQ(message(-3), "thread pool: -3 threads, between 1 and 1024 are possible");
  EXPECT_EQ(message(1025), "thread pool: 1025 threads, between 1 and 1024 are possible");
}

}  // namespace
}  // namespace gradus
