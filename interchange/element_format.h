// The types of elements that files know, and how they become an Array's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include <gradus/array.h>

#include "file_place.h"

namespace gradus {

enum class ElementFormat : std::uint8_t {
  b8,  // a bool
  i8,
  u8,
  i16,
  u16,
  i32,
  u32,
  i64,
  u64,
  f8_e4m3,  // sign, 4 bits of exponent, 3 of fraction
  f8_e5m2,
  f16,
  bf16,
  f32,
  f64,
  c64  // two f32
};

std::size_t size_of(ElementFormat format);

// The dtype that elements of this format are read as: their own or, if `widen`, the nearest that
// has all their values. DTypeError if there is none; `spelled` is the file's word for the format.
DType dtype_of(ElementFormat format, std::string_view spelled, bool widen, const FilePlace& place);

// Fills it with the next bytes, or throws.
using ReadBytes = std::function<void(std::span<std::byte>)>;

// An array of elements that `read` gives one after the other, each with its first byte last if
// `is_swapped`. DataError if a bool is neither 0 nor 1.
Array read_elements(ElementFormat format, bool is_swapped, const Shape& shape, DType dtype,
                    const ReadBytes& read, const FilePlace& place);

}  // namespace gradus
