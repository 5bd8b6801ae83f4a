#include "graphviz_stack.h"

#include <pthread.h>
#include <exception>

#include <gradus/error.h>

namespace gradus {
namespace {

constexpr std::size_t stack_size = std::size_t{256} << 20;  // address space; pages on first use

struct Job {
  const std::function<void()>& work;
  std::exception_ptr failure;
};

void* run(void* argument) {
  Job& job = *static_cast<Job*>(argument);
  try {
    job.work();
  } catch (...) {
    job.failure = std::current_exception();
  }
  return nullptr;
}

}  // namespace

void run_on_large_stack(const std::function<void()>& work) {
  Job job{work, nullptr};
  pthread_attr_t attributes;
  pthread_t thread{};
  ::pthread_attr_init(&attributes);
  int error = ::pthread_attr_setstacksize(&attributes, stack_size);
  if (error == 0) error = ::pthread_create(&thread, &attributes, run, &job);
  ::pthread_attr_destroy(&attributes);
  if (error != 0) throw MemoryError("diagram: no memory for the thread that lays it out");
  ::pthread_join(thread, nullptr);
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace gradus
