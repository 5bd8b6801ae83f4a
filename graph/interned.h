// Equal values, stored once and known by number: what millions of nodes share.
//
//   Interned<Shape> shapes;                               // number 0 is Shape{}
//   std::uint32_t number = shapes.number(Shape{2, 3});    // one number for all equal shapes
//   shapes[number];
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace gradus {

// A deque as Store keeps each value where it is, whatever is added.
template <class T, class Hash = std::hash<T>, class Store = std::vector<T>>
class Interned {
 public:
  Interned() : values_(1) { numbers_.emplace(Hash{}(values_[0]), 0); }

  const T& operator[](std::uint32_t number) const { return values_[number]; }
  std::size_t size() const { return values_.size(); }

  // Like is T, or what a T can be made of and compared with.
  template <class Like>
  std::uint32_t number(const Like& value) {
    if (values_[last_] == value) return last_;
    const std::size_t hash = Hash{}(value);
    std::uint32_t& recent = recent_[hash % recent_.size()];
    if (!(values_[recent] == value)) recent = find_or_add(value, hash);
    return last_ = recent;
  }

 private:
  template <class Like>
  std::uint32_t find_or_add(const Like& value, std::size_t hash) {
    const auto [first, last] = numbers_.equal_range(hash);
    for (auto i = first; i != last; ++i)
      if (values_[i->second] == value) return i->second;
    const auto number = static_cast<std::uint32_t>(values_.size());
    values_.emplace_back(value);
    numbers_.emplace(hash, number);
    return number;
  }

  Store values_;
  std::unordered_multimap<std::size_t, std::uint32_t> numbers_;
  // What was asked for last, and last under the same low bits of a hash: most questions end here.
  std::uint32_t last_ = 0;
  std::array<std::uint32_t, 256> recent_{};
};

// Spreads several numbers over all bits of a hash.
template <class... Parts>
constexpr std::size_t mixed_hash(Parts... parts) {
  std::uint64_t hash = 0;
  ((hash = (hash ^ static_cast<std::uint64_t>(parts)) * 0x9e3779b97f4a7c15u), ...);
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

}  // namespace gradus
