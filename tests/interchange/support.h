// Arrays and files for the tests of this room.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/named_array.h>

namespace gradus {

// Any bits, but for bools.
inline Array random_array(const Shape& shape, DType dtype, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Array array = Array::uninitialized(shape, dtype);
  auto* bytes = static_cast<unsigned char*>(array.mutable_data());
  for (std::size_t i = 0; i < array.byte_count(); ++i)
    bytes[i] = static_cast<unsigned char>(random() & (dtype == boolean ? 1 : 255));
  return array;
}

// Each dtype in each of some shapes: a scalar, empty ones, up to the highest rank.
inline std::vector<NamedArray> random_arrays() {
  const std::vector<Shape> shapes{
      {}, {0}, {3}, {2, 3}, {2, 0, 3}, {4, 3, 2}, {1, 2, 1, 3, 2, 1, 2, 1}};
  std::vector<NamedArray> arrays;
  for (const DType dtype : all_dtypes)
    for (const Shape& shape : shapes)
      arrays.push_back({std::string(to_text(dtype)) + "_" + std::to_string(arrays.size()),
                        random_array(shape, dtype, arrays.size())});
  return arrays;
}

inline bool operator==(const NamedArray& a, const NamedArray& b) {
  return a.name == b.name && a.value == b.value;
}

// A number as a file has it, the lowest byte first.
template <class T>
std::string little_endian(T number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

// A safetensors file of this header and these bytes.
inline std::string safetensors_bytes(std::string_view header, std::string_view data = "") {
  return little_endian(std::uint64_t{header.size()}) + std::string(header) + std::string(data);
}

// An .npy of version 1.0 with this dict, which is not padded.
inline std::string npy_bytes(std::string_view dict, std::string_view data = "") {
  return std::string("\x93NUMPY\1\0", 8) + little_endian(static_cast<std::uint16_t>(dict.size())) +
         std::string(dict) + std::string(data);
}

// The first line of an error's text, without what it begins with: "safetensors: <path>: ".
inline std::string without_path(const std::string& text, const std::string& path) {
  const std::size_t at = text.find(path);
  if (at == std::string::npos) return text;
  const std::size_t first = at + path.size() + 2;
  return text.substr(first, text.find('\n') - first);
}

}  // namespace gradus
