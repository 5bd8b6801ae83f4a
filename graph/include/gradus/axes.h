// The axes along which an op works.
//
//   reduce_sum(x)              // all of them
//   reduce_sum(x, 1)           // one
//   reduce_sum(x, {0, -1})     // several, counted from the end if negative
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

namespace gradus {

class Axes {
 public:
  Axes() = default;  // all; Axes(std::vector<std::int64_t>{}) is none
  Axes(std::int64_t axis) : list_{{axis}} {}
  Axes(int axis) : list_{{axis}} {}
  Axes(bool) = delete;  // reduce_sum(x, true) means keepdims and would be axis 1
  Axes(std::initializer_list<std::int64_t> axes) : list_(axes) {}
  Axes(std::vector<std::int64_t> axes) : list_(std::move(axes)) {}

  bool is_all() const { return !list_; }
  // As the user wrote them; empty if all.
  std::vector<std::int64_t> list() const { return list_.value_or(std::vector<std::int64_t>{}); }

  friend bool operator==(const Axes&, const Axes&) = default;

 private:
  std::optional<std::vector<std::int64_t>> list_;
};

// "all" or "[0, -1]".
std::string to_text(const Axes& axes);

}  // namespace gradus
