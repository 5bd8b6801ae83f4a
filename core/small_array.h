// An array of a length that is known late and is small as a rule: up to four items need no
// allocation.
//
//   SmallArray<NodeId> ids(operands.size());
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace gradus {

template <class T>
class SmallArray {
 public:
  explicit SmallArray(std::size_t size) : size_(size) {
    if (size > few_.size()) many_.resize(size);
  }

  std::size_t size() const { return size_; }
  T* data() { return size_ > few_.size() ? many_.data() : few_.data(); }
  const T* data() const { return size_ > few_.size() ? many_.data() : few_.data(); }
  T& operator[](std::size_t i) { return data()[i]; }
  const T& operator[](std::size_t i) const { return data()[i]; }
  operator std::span<const T>() const { return {data(), size_}; }

 private:
  std::size_t size_;
  std::array<T, 4> few_{};
  std::vector<T> many_;
};

}  // namespace gradus
