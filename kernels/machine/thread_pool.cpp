#include <gradus/op/thread_pool.h>

#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {
namespace {

// A waiting thread looks this often, for some tens of microseconds, before it sleeps.
constexpr int looks_before_sleep = 1000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Returns when the value is no longer `old`, perhaps earlier.
void wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  for (int look = 0; look < looks_before_sleep; ++look) {
    if (value.load() != old) return;
    pause();
  }
  value.wait(old);
}

bool is_open(std::uint32_t state) { return state % 2 == 1; }

}  // namespace

ThreadPool::ThreadPool(int threads) {
  if (threads < 1 || threads > 1024)
    throw Error(fmt::format("thread pool: {} threads, between 1 and 1024 are possible", threads));
  workers_.reserve(static_cast<std::size_t>(threads - 1));
  try {
    while (this->threads() < threads) workers_.emplace_back([this] { work(); });
  } catch (const std::system_error& error) {
    const int started = this->threads();
    stop();
    throw Error(
        fmt::format("thread pool: {} of {} threads started: {}", started, threads, error.what()));
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  stopping_ = true;
  state_ += 2;
  state_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(const Loop& loop) {
  if (workers_.empty() || loop.count <= 1 || busy_.exchange(true)) {
    run_alone(loop);
    return;
  }
  loop_ = loop;
  next_ = 0;
  ++state_;
  state_.notify_all();
  take_tasks();
  ++state_;
  // A worker enters inside_ first and looks at state_ then; here it is the other way round. So
  // either it sees that the loop is closed, or we see that it is inside.
  for (std::uint32_t inside = inside_; inside != 0; inside = inside_)
    wait_for_change(inside_, inside);
  const Failure failure = std::exchange(failure_, {});
  busy_ = false;
  if (failure.exception) std::rethrow_exception(failure.exception);
}

void ThreadPool::run_alone(const Loop& loop) {
  std::exception_ptr first;
  for (std::int64_t i = 0; i < loop.count; ++i) {
    try {
      loop.call(loop.task, i);
    } catch (...) {
      if (!first) first = std::current_exception();
    }
  }
  if (first) std::rethrow_exception(first);
}

void ThreadPool::take_tasks() {
  for (std::int64_t i = next_++; i < loop_.count; i = next_++) {
    try {
      loop_.call(loop_.task, i);
    } catch (...) {
      const std::lock_guard lock(failure_mutex_);
      if (!failure_.exception || i < failure_.index) failure_ = {i, std::current_exception()};
    }
  }
}

void ThreadPool::work() {
  std::uint32_t seen = 0;
  while (!stopping_) {
    wait_for_change(state_, seen);
    seen = state_;
    if (!is_open(seen)) continue;
    ++inside_;
    seen = state_;
    if (is_open(seen)) take_tasks();
    if (--inside_ == 0) inside_.notify_one();
  }
}

}  // namespace gradus
