#include <gradus/idx.h>

#include <bit>

#include "idx_reader.h"

namespace gradus {
namespace {

template <class Bits>
Bits big_endian(const unsigned char* p) {
  Bits bits = 0;
  for (std::size_t i = 0; i < sizeof(Bits); ++i) bits = static_cast<Bits>(bits << 8 | p[i]);
  return bits;
}

template <Element T, class Bits, class Stored>
Array read_elements(IdxReader& reader) {
  static_assert(sizeof(Bits) == sizeof(Stored));
  Array array = Array::uninitialized(reader.shape(), dtype_of<T>());
  reader.read<sizeof(Bits)>(array.mutable_values<T>(), [](const unsigned char* p) {
    return static_cast<T>(std::bit_cast<Stored>(big_endian<Bits>(p)));
  });
  reader.expect_end();
  return array;
}

}  // namespace

Array read_idx(const std::filesystem::path& file) {
  IdxReader reader(file);
  switch (reader.type()) {
    case IdxType::unsigned_byte:
      return read_elements<std::int32_t, std::uint8_t, std::uint8_t>(reader);
    case IdxType::signed_byte:
      return read_elements<std::int32_t, std::uint8_t, std::int8_t>(reader);
    case IdxType::short_integer:
      return read_elements<std::int32_t, std::uint16_t, std::int16_t>(reader);
    case IdxType::integer:
      return read_elements<std::int32_t, std::uint32_t, std::int32_t>(reader);
    case IdxType::single_float:
      return read_elements<float, std::uint32_t, float>(reader);
    case IdxType::double_float:
      break;
  }
  return read_elements<double, std::uint64_t, double>(reader);
}

}  // namespace gradus
