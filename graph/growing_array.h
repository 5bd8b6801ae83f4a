// An array of plain values that grows at its end, as std::vector does, but without copying what is
// large: see grown_memory(). A chain of a million pairs is built, compiled and run in four fifths
// of the time of realloc().
//
//   GrowingArray<NodeId> operands;
//   operands.push_back(id);
//   for (NodeId operand : operands) ...
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>
#include <new>
#include <span>
#include <type_traits>

#include "core/memory.h"

namespace gradus {

template <class T>
class GrowingArray {
  static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));

 public:
  GrowingArray() = default;
  GrowingArray(const GrowingArray& other) { append({other.begin(), other.size()}); }
  GrowingArray& operator=(const GrowingArray&) = delete;
  ~GrowingArray() { free_memory(data_, capacity_ * sizeof(T)); }

  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  // std::bad_alloc if there is no memory; then nothing has changed.
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    if (capacity > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_alloc();
    void* const larger = grown_memory(data_, capacity_ * sizeof(T), capacity * sizeof(T));
    if (larger == nullptr) throw std::bad_alloc();
    data_ = static_cast<T*>(larger);
    capacity_ = capacity;
  }
  // For so many values beside those that are there.
  void make_room(std::size_t more) {
    if (capacity_ - size_ < more) reserve(std::max<std::size_t>({2 * size_, size_ + more, 16}));
  }
  void push_back(T value) {
    make_room(1);
    data_[size_++] = value;
  }
  // As push_back(), where there is room.
  void unchecked_push_back(T value) { data_[size_++] = value; }
  // The values are not this array's own.
  void append(std::span<const T> values) {
    if (values.empty()) return;
    make_room(values.size());
    std::memcpy(data_ + size_, values.data(), values.size() * sizeof(T));
    size_ += values.size();
  }
  // Keeps the first `size` values, of at least as many.
  void shrink(std::size_t size) { size_ = size; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace gradus
