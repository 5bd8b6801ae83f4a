// Threads that wait for loops to share.
//
//   ThreadPool pool(2);
//   pool.parallel_for(blocks, [&](std::int64_t i) { multiply(block[i]); });
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

namespace gradus {

class ThreadPool {
 public:
  // So many threads in all, the caller being one of them: with 1 none is started. Error unless it
  // is between 1 and 1024.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(i) for each i in [0, count) once, on any of the threads, and returns when all are
  // done. If tasks throw, the others run all the same; then the exception of the lowest i is
  // thrown. A call while another one runs, from a task or another thread, runs in its caller alone.
  // Nothing is allocated.
  template <std::invocable<std::int64_t> Task>
  void parallel_for(std::int64_t count, Task&& task) {
    using Function = std::remove_reference_t<Task>;
    run({[](void* function, std::int64_t i) { (*static_cast<Function*>(function))(i); },
         const_cast<std::remove_const_t<Function>*>(&task), count});
  }

 private:
  struct Loop {
    void (*call)(void* task, std::int64_t i) = nullptr;
    void* task = nullptr;
    std::int64_t count = 0;
  };
  struct Failure {
    std::int64_t index = 0;
    std::exception_ptr exception;
  };

  void run(const Loop& loop);
  void run_alone(const Loop& loop);
  void take_tasks();
  void work();
  void stop();

  // Odd while a loop is open for workers to join, even between loops.
  std::atomic<std::uint32_t> state_ = 0;
  std::atomic<std::uint32_t> inside_ = 0;  // workers that may be using loop_
  std::atomic<std::int64_t> next_ = 0;     // the next task of loop_
  std::atomic<bool> busy_ = false;
  std::atomic<bool> stopping_ = false;
  Loop loop_;  // written only while no loop is open and no worker inside has seen one
  Failure failure_;
  std::mutex failure_mutex_;
  std::vector<std::thread> workers_;
};

}  // namespace gradus
