#include "attribute_json.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include <gradus/error.h>

namespace gradus {
namespace {

template <class T>
std::optional<T> value_of(const Json& json, const std::function<Array(const std::string&)>& find) {
  if constexpr (std::same_as<T, bool>) {
    return json.is_boolean() ? std::optional(json.get<bool>()) : std::nullopt;
  } else if constexpr (std::same_as<T, std::int64_t>) {
    return integer_from_json(json);
  } else if constexpr (std::same_as<T, double>) {
    return real_from_json(json);
  } else if constexpr (std::same_as<T, DType>) {
    return dtype_from_json(json);
  } else if constexpr (std::same_as<T, std::string>) {
    return json.is_string() ? std::optional(json.get<std::string>()) : std::nullopt;
  } else if constexpr (std::same_as<T, std::vector<std::int64_t>>) {
    return integers_from_json(json);
  } else if constexpr (std::same_as<T, Axes>) {
    if (json.is_string() && json.get_ref<const std::string&>() == "all") return Axes();
    auto list = integers_from_json(json);
    return list ? std::optional(Axes(std::move(*list))) : std::nullopt;
  } else if constexpr (std::same_as<T, Shape>) {
    return shape_from_json(json);
  } else {
    static_assert(std::same_as<T, Array>);
    return json.is_string() ? std::optional(find(json.get_ref<const std::string&>()))
                            : std::nullopt;
  }
}

}  // namespace

Json real_to_json(double number) {
  if (std::isfinite(number)) return number;
  return fmt::format("{:#018x}", std::bit_cast<std::uint64_t>(number));
}

Json attribute_to_json(const AttributeValue& value,
                       const std::function<std::string(const Array&)>& keep) {
  return std::visit(
      [&]<class T>(const T& v) -> Json {
        if constexpr (std::same_as<T, double>)
          return real_to_json(v);
        else if constexpr (std::same_as<T, DType>)
          return to_text(v);
        else if constexpr (std::same_as<T, Axes>)
          return v.is_all() ? Json("all") : Json(v.list());
        else if constexpr (std::same_as<T, Shape>)
          return v.to_vector();
        else if constexpr (std::same_as<T, Array>)
          return keep(v);
        else
          return v;
      },
      value);
}

std::optional<AttributeValue> attribute_from_json(
    const Json& json, std::size_t type, const std::function<Array(const std::string&)>& find) {
  std::optional<AttributeValue> value;
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    const auto try_type = [&]<class T>(std::type_identity<T>) {
      if (auto found = value_of<T>(json, find)) value.emplace(std::in_place_type<T>, *found);
    };
    ((i == type ? try_type(std::type_identity<std::variant_alternative_t<i, AttributeValue>>{})
                : void()),
     ...);
  }
  (std::make_index_sequence<std::variant_size_v<AttributeValue>>{});
  return value;
}

std::optional<std::int64_t> integer_from_json(const Json& json) {
  if (!json.is_number_integer()) return {};
  // An unsigned one is 0 or more.
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > most) return {};
  return json.get<std::int64_t>();
}

std::optional<std::vector<std::int64_t>> integers_from_json(const Json& json) {
  if (!json.is_array()) return {};
  std::vector<std::int64_t> all;
  for (const Json& item : json) {
    const auto number = integer_from_json(item);
    if (!number) return {};
    all.push_back(*number);
  }
  return all;
}

std::optional<Shape> shape_from_json(const Json& json) {
  const auto sizes = integers_from_json(json);
  if (!sizes) return {};
  try {
    return Shape(*sizes);
  } catch (const ShapeError&) {
    return {};
  }
}

std::optional<DType> dtype_from_json(const Json& json) {
  if (!json.is_string()) return {};
  const std::string& text = json.get_ref<const std::string&>();
  const auto found =
      std::ranges::find(all_dtypes, text, [](DType dtype) { return to_text(dtype); });
  return found == all_dtypes.end() ? std::nullopt : std::optional(*found);
}

std::optional<double> real_from_json(const Json& json) {
  if (json.is_number()) return json.get<double>();
  if (!json.is_string()) return {};
  const std::string_view text = json.get_ref<const std::string&>();
  if (text.size() != 18 || !text.starts_with("0x")) return {};
  std::uint64_t bits = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 18, bits, 16);
  if (error != std::errc() || end != text.data() + 18) return {};
  return std::bit_cast<double>(bits);
}

}  // namespace gradus
