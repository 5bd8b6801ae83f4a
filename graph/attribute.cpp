#include <gradus/op/attribute.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gradus {
namespace {

void mix(std::size_t& hash, std::size_t part) { hash = (hash ^ part) * 0x9e3779b97f4a7c15u; }

struct Hash {
  template <class T>
  std::size_t operator()(const T& v) const {
    return std::hash<T>{}(v);
  }
  std::size_t operator()(double v) const { return std::bit_cast<std::size_t>(v); }
  std::size_t operator()(const std::vector<std::int64_t>& v) const {
    std::size_t hash = v.size();
    for (std::int64_t i : v) mix(hash, static_cast<std::size_t>(i));
    return hash;
  }
  std::size_t operator()(const Axes& v) const { return v.is_all() ? 3 : (*this)(v.list()); }
  std::size_t operator()(const Array& v) const {
    std::size_t hash = gradus::hash_value(v.shape());
    mix(hash, std::hash<std::string_view>{}({static_cast<const char*>(v.data()), v.byte_count()}));
    return hash;
  }
};

// 0 and infinity stand for themselves alone, not for what float32 cannot hold.
bool is_in_range_of_float(double v) {
  using Float = std::numeric_limits<float>;
  const double size = std::abs(v);
  return v == 0 || (size >= Float::denorm_min() && size <= Float::max());
}

struct Text {
  template <class T>
  std::string operator()(const T& v) const {
    if constexpr (std::integral<T>)
      return fmt::format("{}", v);
    else
      return std::string(gradus::to_text(v));
  }
  std::string operator()(double v) const {
    return dtype == float32 && is_in_range_of_float(v) ? fmt::format("{}", static_cast<float>(v))
                                                       : fmt::format("{}", v);
  }
  std::string operator()(const std::string& v) const { return fmt::format("\"{}\"", v); }
  std::string operator()(const std::vector<std::int64_t>& v) const {
    return fmt::format("[{}]", fmt::join(v, ", "));
  }

  DType dtype;
};

}  // namespace

bool operator==(const Attribute& a, const Attribute& b) {
  if (a.key != b.key && a.key->name != b.key->name) return false;
  const auto* x = std::get_if<double>(&a.value);
  const auto* y = std::get_if<double>(&b.value);
  if (x != nullptr && y != nullptr)
    return std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*y);
  return a.value == b.value;
}

std::string to_text(const AttributeValue& value, DType dtype) {
  return std::visit(Text{dtype}, value);
}
std::size_t hash_value(const AttributeValue& value) { return std::visit(Hash{}, value); }

std::string to_text(const Axes& axes) { return axes.is_all() ? "all" : Text{float64}(axes.list()); }

}  // namespace gradus
