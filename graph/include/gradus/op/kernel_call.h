// What a kernel that is no formula over lanes gets: concrete arrays, attributes, scratch, threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <gradus/dtype.h>
#include <gradus/op/instruction_set.h>
#include <gradus/op/rule.h>
#include <gradus/shape.h>

namespace gradus {

class ThreadPool;

// A dense row-major array of a run. Of an operand that lends its shape alone, data is null.
struct ArrayView {
  const void* data = nullptr;
  Shape shape;
  DType dtype = float32;

  template <Element T>
  const T* as() const {
    return static_cast<const T*>(data);
  }
};

struct KernelCall {
  const Call& f;
  std::span<const ArrayView> inputs;
  ArrayView output;  // its shape and dtype
  void* result;      // its elements, to be written: all of them
  void* scratch;     // 64-byte aligned, of the size that the kernel asked for
  InstructionSet set;
  ThreadPool& threads;
  // Of the session, and how many runs it did before: the key of random ops.
  std::uint64_t seed = 0, run = 0;
};

// A kernel allocates and prints nothing. Shapes and dtypes were checked before; a value that it
// must refuse it refuses through f.fail_value(), on the thread that called it.
struct GeneralKernel {
  void (*run)(const KernelCall&) = nullptr;
  std::size_t (*scratch_bytes)(const KernelCall&) = nullptr;  // null: it needs none
};

}  // namespace gradus
