// Equal values, stored once and known by number: what millions of nodes share.
//
//   Interned<Shape> shapes;                               // number 0 is Shape{}
//   std::uint32_t number = shapes.number(Shape{2, 3});    // one number for all equal shapes
//   shapes[number];
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
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
    if (const auto known = find(value, hash)) return last_ = *known;
    values_.emplace_back(value);
    last_ = static_cast<std::uint32_t>(values_.size() - 1);
    numbers_.emplace(hash, last_);
    return last_;
  }
  // Nothing if no equal value has a number yet.
  template <class Like>
  std::optional<std::uint32_t> find(const Like& value) const {
    return find(value, Hash{}(value));
  }

 private:
  template <class Like>
  std::optional<std::uint32_t> find(const Like& value, std::size_t hash) const {
    for (auto [known, end] = numbers_.equal_range(hash); known != end; ++known)
      if (values_[known->second] == value) return known->second;
    return {};
  }

  Store values_;
  std::unordered_multimap<std::size_t, std::uint32_t> numbers_;
  std::uint32_t last_ = 0;  // what was asked for last: most questions end here
};

// Spreads several numbers over all bits of a hash.
template <class... Parts>
constexpr std::size_t mixed_hash(Parts... parts) {
  std::uint64_t hash = 0;
  ((hash = (hash ^ static_cast<std::uint64_t>(parts)) * 0x9e3779b97f4a7c15u), ...);
  return static_cast<std::size_t>(hash ^ (hash >> 32));
}

}  // namespace gradus
