// An allocator for arrays that may grow long: from 4 MiB on they lie in huge pages, where the
// system has them. The first touch of 2 MiB is then one fault of the CPU, not 512.
//
//   LongVector<Node> nodes;
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <vector>

namespace gradus {

// std::bad_alloc if there is not so much memory.
void* allocate_long(std::size_t bytes);
void free_long(void* memory, std::size_t bytes) noexcept;

template <class T>
struct HugePages {
  using value_type = T;

  HugePages() = default;
  template <class U>
  HugePages(const HugePages<U>&) {}

  T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / 2 / sizeof(T)) throw std::bad_alloc();
    return static_cast<T*>(allocate_long(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept { free_long(memory, count * sizeof(T)); }

  friend bool operator==(const HugePages&, const HugePages&) { return true; }
};

template <class T>
using LongVector = std::vector<T, HugePages<T>>;

}  // namespace gradus
