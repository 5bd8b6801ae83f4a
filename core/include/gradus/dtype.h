// The element types of arrays and tensors.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gradus {

enum class DType : std::uint8_t { float32, float64, int32, int64, boolean };

inline constexpr DType float32 = DType::float32;
inline constexpr DType float64 = DType::float64;
inline constexpr DType int32 = DType::int32;
inline constexpr DType int64 = DType::int64;
inline constexpr DType boolean = DType::boolean;

inline constexpr std::array all_dtypes{float32, float64, int32, int64, boolean};

// Whether it is one of them, and not a number that was cast to a DType.
constexpr bool is_dtype(DType dtype) { return static_cast<std::size_t>(dtype) < all_dtypes.size(); }

// The C++ types that elements have.
template <class T>
concept Element = std::same_as<T, float> || std::same_as<T, double> ||
    std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t> || std::same_as<T, bool>;

template <Element T>
constexpr DType dtype_of() {
  if constexpr (std::same_as<T, float>)
    return DType::float32;
  else if constexpr (std::same_as<T, double>)
    return DType::float64;
  else if constexpr (std::same_as<T, std::int32_t>)
    return DType::int32;
  else if constexpr (std::same_as<T, std::int64_t>)
    return DType::int64;
  else
    return DType::boolean;
}

constexpr std::size_t size_of(DType dtype) {
  constexpr std::size_t bytes[] = {4, 8, 4, 8, 1};
  return bytes[static_cast<std::size_t>(dtype)];
}

constexpr bool is_float(DType dtype) { return dtype == float32 || dtype == float64; }
constexpr bool is_integer(DType dtype) { return dtype == int32 || dtype == int64; }
constexpr bool is_number(DType dtype) { return dtype != boolean; }

// "float32", "float64", "int32", "int64", "bool"; of what is no dtype, that.
constexpr std::string_view to_text(DType dtype) {
  constexpr std::string_view names[] = {"float32", "float64", "int32", "int64", "bool"};
  return is_dtype(dtype) ? names[static_cast<std::size_t>(dtype)] : "no dtype";
}

// visit(float32, [](auto zero) { using T = decltype(zero); ... }) calls with the zero of the dtype.
template <class F>
constexpr decltype(auto) visit(DType dtype, F&& f) {
  switch (dtype) {
    case DType::float32:
      return f(float{});
    case DType::float64:
      return f(double{});
    case DType::int32:
      return f(std::int32_t{});
    case DType::int64:
      return f(std::int64_t{});
    case DType::boolean:
      break;
  }
  return f(bool{});
}

// The same for one of the two floats.
template <class F>
constexpr decltype(auto) visit_float(DType dtype, F&& f) {
  if (dtype == float32) return f(float{});
  return f(double{});
}

}  // namespace gradus
