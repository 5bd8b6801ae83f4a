// PathTree: paths like "model/encoder_1/W", each stored as its last part below the path before it,
// so that a million scopes inside of each other take as much as a million beside each other.
//
//   PathTree paths;
//   std::uint32_t model = paths.add(PathTree::root, "model");
//   paths.text(paths.add(model, "encoder_1/W"));              // "model/encoder_1/W"
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "graph/interned.h"

namespace gradus {

class PathTree {
 public:
  static constexpr std::uint32_t root = 0, none = ~std::uint32_t{0};

  // The number of "<above>/<name>"; the name may have slashes itself. What stands above has a
  // smaller number.
  std::uint32_t add(std::uint32_t above, std::string_view name);
  // The same of what is there already, else none.
  std::uint32_t find(std::uint32_t above, std::string_view name) const;

  std::size_t size() const { return entries_.size(); }
  std::uint32_t above(std::uint32_t path) const { return entries_[path].above; }
  const std::string& last_part(std::uint32_t path) const { return entries_[path].name; }
  // Without what stands above `below`, which is the root or above the path.
  std::string text(std::uint32_t path, std::uint32_t below = root) const;

 private:
  struct Part {
    std::uint32_t above;
    std::string_view name;
  };
  struct Entry {
    std::uint32_t above = none;
    std::string name{};

    Entry() = default;
    explicit Entry(const Part& part) : above(part.above), name(part.name) {}
    operator Part() const { return {above, name}; }
    friend bool operator==(const Entry& a, const Part& b) {
      return a.above == b.above && a.name == b.name;
    }
  };
  struct Hash {
    std::size_t operator()(const Part& part) const;
  };

  Interned<Entry, Hash> entries_;
};

}  // namespace gradus
