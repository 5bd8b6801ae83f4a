// What a check of a proof found.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace gradus::proof {

struct Report {
  std::int64_t checked = 0;
  std::vector<std::string> failures;

  void fail(std::string text) { failures.push_back(std::move(text)); }
  Report& operator+=(const Report& other) {
    checked += other.checked;
    failures.insert(failures.end(), other.failures.begin(), other.failures.end());
    return *this;
  }
};

}  // namespace gradus::proof
