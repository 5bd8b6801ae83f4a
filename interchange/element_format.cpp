#include "element_format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

namespace gradus {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as files have them");

struct FormatFacts {
  std::size_t size;
  std::optional<DType> dtype;  // that has all its values
  bool is_dtype;               // whether it is that dtype
};

constexpr FormatFacts facts[] = {
    {1, boolean, true},   // b8
    {1, int32, false},    // i8
    {1, int32, false},    // u8
    {2, int32, false},    // i16
    {2, int32, false},    // u16
    {4, int32, true},     // i32
    {4, int64, false},    // u32
    {8, int64, true},     // i64
    {8, {}, false},       // u64
    {1, float32, false},  // f8_e4m3
    {1, float32, false},  // f8_e5m2
    {2, float32, false},  // f16
    {2, float32, false},  // bf16
    {4, float32, true},   // f32
    {8, float64, true},   // f64
    {8, {}, false},       // c64
};

constexpr const FormatFacts& facts_of(ElementFormat format) {
  return facts[static_cast<std::size_t>(format)];
}

// Sign, 5 bits of exponent, 10 of fraction.
float float16_value(std::uint16_t bits) {
  const auto sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1F, fraction = bits & 0x3FF;
  if (exponent == 0)
    return std::copysign(static_cast<float>(fraction) * 0x1p-24F, std::bit_cast<float>(sign));
  const std::uint32_t wide_exponent = exponent == 0x1F ? 0xFF : exponent + 127 - 15;
  return std::bit_cast<float>(sign | wide_exponent << 23 | fraction << 13);
}

float bfloat16_value(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// Sign, 4 bits of exponent, 3 of fraction; no infinities: the largest of both is NaN.
float float8_e4m3_value(std::uint8_t bits) {
  const int exponent = bits >> 3 & 0xF, fraction = bits & 7;
  float size = std::ldexp(static_cast<float>(8 + fraction), exponent - 10);
  if (exponent == 0) size = std::ldexp(static_cast<float>(fraction), -9);
  if (exponent == 15 && fraction == 7) size = std::numeric_limits<float>::quiet_NaN();
  return bits >> 7 != 0 ? -size : size;
}

float float8_e5m2_value(std::uint8_t bits) {
  return float16_value(static_cast<std::uint16_t>(bits << 8));
}

void swap_bytes(std::span<std::byte> bytes, std::size_t size) {
  for (auto element = bytes.begin(); element != bytes.end();
       element += static_cast<std::ptrdiff_t>(size))
    std::reverse(element, element + static_cast<std::ptrdiff_t>(size));
}

// Piece by piece, so that no copy of the bytes is held whole.
template <Element To, class Stored, class Convert>
void read_converted(std::span<To> out, bool is_swapped, const ReadBytes& read, Convert convert) {
  constexpr std::size_t most = 1 << 15;
  std::vector<std::byte> piece(std::min(out.size(), most) * sizeof(Stored));
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), most);
    const std::span<std::byte> bytes = std::span(piece).first(count * sizeof(Stored));
    read(bytes);
    if (is_swapped) swap_bytes(bytes, sizeof(Stored));
    for (std::size_t i = 0; i < count; ++i) {
      Stored stored{};
      std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
      out[i] = convert(stored);
    }
    out = out.subspan(count);
  }
}

template <class Stored>
void read_integers(Array& array, bool is_swapped, const ReadBytes& read) {
  using To = std::conditional_t<sizeof(Stored) == 4, std::int64_t, std::int32_t>;
  read_converted<To, Stored>(array.mutable_values<To>(), is_swapped, read,
                             [](Stored stored) { return To{stored}; });
}

template <class Stored>
void read_floats(Array& array, bool is_swapped, const ReadBytes& read, float (*value)(Stored)) {
  read_converted<float, Stored>(array.mutable_values<float>(), is_swapped, read, value);
}

void read_as_stored(Array& array, bool is_swapped, const ReadBytes& read, const FilePlace& place) {
  const std::span bytes(static_cast<std::byte*>(array.mutable_data()), array.byte_count());
  read(bytes);
  if (is_swapped) swap_bytes(bytes, size_of(array.dtype()));
  if (array.dtype() != boolean) return;
  const auto wrong = std::ranges::find_if(bytes, [](std::byte b) { return b > std::byte{1}; });
  if (wrong != bytes.end())
    place.refuse<DataError>("element {} is no bool: its byte is {}", wrong - bytes.begin(),
                            std::to_integer<int>(*wrong));
}

}  // namespace

std::size_t size_of(ElementFormat format) { return facts_of(format).size; }

DType dtype_of(ElementFormat format, std::string_view spelled, bool widen, const FilePlace& place) {
  const FormatFacts& f = facts_of(format);
  if (!f.dtype)
    place.refuse<DTypeError>("{} is no dtype of Gradus, and none has all its values", spelled);
  if (!f.is_dtype && !widen)
    place.refuse<DTypeError>("{} is no dtype of Gradus; the option widen reads it as {}", spelled,
                             to_text(*f.dtype));
  return *f.dtype;
}

Array read_elements(ElementFormat format, bool is_swapped, const Shape& shape, DType dtype,
                    const ReadBytes& read, const FilePlace& place) {
  Array array = Array::uninitialized(shape, dtype);
  switch (format) {
    case ElementFormat::i8:
      read_integers<std::int8_t>(array, is_swapped, read);
      break;
    case ElementFormat::u8:
      read_integers<std::uint8_t>(array, is_swapped, read);
      break;
    case ElementFormat::i16:
      read_integers<std::int16_t>(array, is_swapped, read);
      break;
    case ElementFormat::u16:
      read_integers<std::uint16_t>(array, is_swapped, read);
      break;
    case ElementFormat::u32:
      read_integers<std::uint32_t>(array, is_swapped, read);
      break;
    case ElementFormat::f8_e4m3:
      read_floats(array, is_swapped, read, float8_e4m3_value);
      break;
    case ElementFormat::f8_e5m2:
      read_floats(array, is_swapped, read, float8_e5m2_value);
      break;
    case ElementFormat::f16:
      read_floats(array, is_swapped, read, float16_value);
      break;
    case ElementFormat::bf16:
      read_floats(array, is_swapped, read, bfloat16_value);
      break;
    default:
      read_as_stored(array, is_swapped, read, place);
  }
  return array;
}

}  // namespace gradus
