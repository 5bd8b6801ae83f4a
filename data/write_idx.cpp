#include <bit>

#include <fmt/format.h>
#include <gradus/file.h>
#include <gradus/idx.h>

#include "core/at_users_line.h"
#include "gzip.h"
#include "idx_reader.h"

namespace gradus {
namespace {

using Bytes = std::vector<std::byte>;

template <class Bits>
void append_big_endian(Bytes& bytes, Bits bits) {
  for (std::size_t i = sizeof bits; i > 0; --i)
    bytes.push_back(static_cast<std::byte>(bits >> 8 * (i - 1) & 0xFF));
}

void check(const Array& array, const IdxOptions& options, SourceLocation where) {
  if (array.rank() == 0) throw_at<ShapeError>(where, "idx: a scalar, expected 1 to 8 dimensions");
  for (std::int64_t size : array.shape())
    if (size > 0xFFFFFFFF)
      throw_at<ShapeError>(where, "idx: a dimension of {} is not below 2^32: {}", size,
                           to_text(array.shape()));
  if (array.dtype() == int64 && !options.as_bytes)
    throw_at<DTypeError>(
        where, "idx: int64, expected float32, float64, int32 or bool, or .as_bytes = true");
}

IdxType type_of(DType dtype, const IdxOptions& options) {
  if (options.as_bytes || dtype == boolean) return IdxType::unsigned_byte;
  if (dtype == int32) return IdxType::integer;
  return dtype == float32 ? IdxType::single_float : IdxType::double_float;
}

template <Element T>
void append_as_bytes(Bytes& bytes, std::span<const T> values, SourceLocation where) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const T value = values[i];
    const bool is_byte = value >= T{0} && value <= static_cast<T>(255) &&
                         static_cast<T>(static_cast<unsigned char>(value)) == value;
    if (!is_byte)
      throw_at<DataError>(where, "idx: element {} is {}, expected 0, 1, ... or 255 as a byte", i,
                          value);
    bytes.push_back(static_cast<std::byte>(value));
  }
}

Bytes idx_bytes(const Array& array, const IdxOptions& options, SourceLocation where) {
  const IdxType type = type_of(array.dtype(), options);
  Bytes bytes{std::byte{0}, std::byte{0}, static_cast<std::byte>(type),
              static_cast<std::byte>(array.rank())};
  bytes.reserve(4 + 4 * static_cast<std::size_t>(max_rank) + array.byte_count());
  for (std::int64_t size : array.shape())
    append_big_endian(bytes, static_cast<std::uint32_t>(size));
  visit(array.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const auto values = array.values<T>();
    if (type == IdxType::unsigned_byte) return append_as_bytes<T>(bytes, values, where);
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    if constexpr (sizeof(T) == sizeof(Bits))
      for (T value : values) append_big_endian(bytes, std::bit_cast<Bits>(value));
  });
  return bytes;
}

}  // namespace

void write_idx(const std::filesystem::path& file, const Array& array, const IdxOptions& options,
               SourceLocation where) {
  check(array, options, where);
  at_users_line(where, "idx", [&] {
    const Bytes bytes = idx_bytes(array, options, {});
    write_file(file, file.extension() == ".gz" ? gzip(bytes) : bytes);
  });
}

}  // namespace gradus
