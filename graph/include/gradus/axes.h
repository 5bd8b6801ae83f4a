// The axes along which an op works.
//
//   reduce_sum(x)              // all of them
//   reduce_sum(x, 1)           // one
//   reduce_sum(x, {0, -1})     // several, counted from the end if negative
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace gradus {

class Axes {
 public:
  Axes() = default;  // all; Axes(std::vector<std::int64_t>{}) is none
  Axes(std::int64_t axis) : list_{axis}, is_all_(false) {}
  Axes(int axis) : list_{axis}, is_all_(false) {}
  Axes(bool) = delete;  // reduce_sum(x, true) means keepdims and would be axis 1
  Axes(std::initializer_list<std::int64_t> axes) : list_(axes), is_all_(false) {}
  Axes(std::vector<std::int64_t> axes) : list_(std::move(axes)), is_all_(false) {}

  bool is_all() const { return is_all_; }
  // As the user wrote them; empty if all.
  const std::vector<std::int64_t>& list() const { return list_; }

  friend bool operator==(const Axes&, const Axes&) = default;

 private:
  std::vector<std::int64_t> list_;
  bool is_all_ = true;
};

// "all" or "[0, -1]".
std::string to_text(const Axes& axes);

}  // namespace gradus
