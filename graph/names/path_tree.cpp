#include "path_tree.h"

#include <algorithm>
#include <functional>

namespace gradus {
namespace {

// The parts of a name between its slashes, from left to right, as long as `take` wants more.
template <class Take>
void for_each_part(std::string_view name, Take take) {
  for (std::size_t begin = 0, end = 0; begin <= name.size(); begin = end + 1) {
    end = std::min(name.find('/', begin), name.size());
    if (!take(name.substr(begin, end - begin))) return;
  }
}

}  // namespace

std::size_t PathTree::Hash::operator()(const Part& part) const {
  return mixed_hash(std::hash<std::string_view>{}(part.name), part.above);
}

std::uint32_t PathTree::add(std::uint32_t above, std::string_view name) {
  for_each_part(name, [&](std::string_view part) {
    above = entries_.number(Part{above, part});
    return true;
  });
  return above;
}

std::uint32_t PathTree::find(std::uint32_t above, std::string_view name) const {
  for_each_part(name, [&](std::string_view part) {
    above = entries_.find(Part{above, part}).value_or(none);
    return above != none;
  });
  return above;
}

std::string PathTree::text(std::uint32_t path, std::uint32_t below) const {
  std::size_t size = 0;
  for (std::uint32_t p = path; p != below; p = above(p)) size += last_part(p).size() + 1;
  std::string text(size - (path == below ? 0 : 1), '/');
  std::size_t end = text.size();
  for (std::uint32_t p = path; p != below; p = above(p)) {
    end -= last_part(p).size();
    last_part(p).copy(text.data() + end, last_part(p).size());
    if (above(p) != below) --end;
  }
  return text;
}

}  // namespace gradus
