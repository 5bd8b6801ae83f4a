#include "npy_format.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/ranges.h>

#include "checked_shape.h"
#include "npy_dict.h"

namespace gradus {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

// More than any dict of max_rank sizes takes with blanks around it.
constexpr std::uint64_t max_dict_size = 1 << 16;

struct Descr {
  std::string_view kind;  // with its size, without the order of bytes
  ElementFormat format;
};
constexpr Descr descrs[] = {
    {"b1", ElementFormat::b8},  {"i1", ElementFormat::i8},  {"u1", ElementFormat::u8},
    {"i2", ElementFormat::i16}, {"u2", ElementFormat::u16}, {"i4", ElementFormat::i32},
    {"u4", ElementFormat::u32}, {"i8", ElementFormat::i64}, {"u8", ElementFormat::u64},
    {"f2", ElementFormat::f16}, {"f4", ElementFormat::f32}, {"f8", ElementFormat::f64},
    {"c8", ElementFormat::c64},
};

struct NpyHeader {
  std::uint64_t size;
  NpyDict dict;
};

// The dict's text stays in `bytes`.
std::string_view read_dict_text(std::uint64_t size, const ReadBytes& read, std::string& bytes,
                                const FilePlace& place) {
  const auto read_more = [&](std::size_t count) {
    if (count > size - bytes.size())
      place.refuse<DataError>("header is cut: {} bytes of {}", size, bytes.size() + count);
    bytes.resize(bytes.size() + count);
    read(std::as_writable_bytes(std::span(bytes)).last(count));
    return std::string_view(bytes).substr(bytes.size() - count);
  };
  if (read_more(magic.size()) != magic) place.refuse<DataError>("it does not begin as .npy does");
  const std::string_view version = read_more(2);
  const int major = static_cast<unsigned char>(version[0]);
  const int minor = static_cast<unsigned char>(version[1]);
  if (major < 1 || major > 3 || minor != 0)
    place.refuse<DataError>("version {}.{}, expected 1.0, 2.0 or 3.0", major, minor);
  std::uint64_t length = 0;
  std::size_t shift = 0;
  for (const char c : read_more(major == 1 ? 2 : 4)) {
    length |= std::uint64_t{static_cast<unsigned char>(c)} << shift;
    shift += 8;
  }
  if (length > max_dict_size)
    place.refuse<DataError>("header of {} bytes, at most {} are possible", length, max_dict_size);
  return read_more(length);
}

// Elements that lie column by column are those of the transposed array, row by row.
Shape reversed(const Shape& shape) {
  std::vector<std::int64_t> sizes = shape.to_vector();
  std::ranges::reverse(sizes);
  return sizes;
}

template <Element T>
Array transposed(const Array& array) {
  const Shape& from = array.shape();
  const Shape shape = reversed(from);
  Array result = Array::uninitialized(shape, array.dtype());
  // The step in `array` for one along each axis of the result, and the index of the result.
  std::array<std::int64_t, max_rank> steps{}, index{};
  for (std::int64_t axis = 0, step = 1; axis < shape.rank(); step *= shape[axis++])
    steps[static_cast<std::size_t>(axis)] = step;
  const T* in = array.values<T>().data();
  for (T& out : result.mutable_values<T>()) {
    out = *in;
    for (std::int64_t axis = shape.rank() - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      in += steps[a];
      if (++index[a] < shape[axis]) break;
      in -= steps[a] * index[a];
      index[a] = 0;
    }
  }
  return result;
}

}  // namespace

std::string npy_header(const Array& array) {
  constexpr std::string_view names[] = {"<f4", "<f8", "<i4", "<i8", "|b1"};
  const Shape& shape = array.shape();
  std::string dict =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}",
                  names[static_cast<std::size_t>(array.dtype())],
                  fmt::join(shape.begin(), shape.end(), ", "), shape.rank() == 1 ? "," : "");
  // Blanks and a newline fill the header; version 1.0 has two bytes for the dict's length.
  const std::size_t before = magic.size() + 4;
  const std::size_t size = (before + dict.size() + 1 + 63) / 64 * 64;
  dict.resize(size - before - 1, ' ');
  const std::size_t length = size - before;
  std::string header(magic);
  header += {'\1', '\0', static_cast<char>(length & 0xFF), static_cast<char>(length >> 8)};
  return header + dict + '\n';
}

Array read_npy_array(std::uint64_t size, const ReadBytes& read, const NpyOptions& options,
                     const FilePlace& place) {
  std::string header;
  const NpyDict dict = parse_npy_dict(read_dict_text(size, read, header, place), place);
  std::string_view kind = dict.descr;
  const char order = kind.empty() ? '\0' : kind[0];
  if (std::string_view("<>=|").find(order) != std::string_view::npos) kind.remove_prefix(1);
  const auto* descr = std::ranges::find(descrs, kind, &Descr::kind);
  if (descr == std::end(descrs))
    place.refuse<DTypeError>("{} is no dtype of Gradus, and none has all its values",
                             excerpt(dict.descr));
  const DType dtype = dtype_of(descr->format, excerpt(dict.descr), options.widen, place);

  const Shape shape = checked_shape(dict.shape, place);
  const std::uint64_t payload = size - header.size();
  // At most 2^60 elements of 8 bytes.
  const std::uint64_t expected =
      static_cast<std::uint64_t>(shape.element_count()) * size_of(descr->format);
  if (payload != expected)
    place.refuse<DataError>("payload is {}: {} bytes of {} for {}",
                            payload < expected ? "short" : "long", payload, expected,
                            to_text(shape));
  const Array array = read_elements(descr->format, order == '>',
                                    dict.is_fortran ? reversed(shape) : shape, dtype, read, place);
  if (!dict.is_fortran || shape.rank() < 2) return array;
  return visit(dtype, [&]<class T>(T) { return transposed<T>(array); });
}

}  // namespace gradus
