#include "crc32c.h"

#include <isa-l/crc.h>

#include <algorithm>

namespace gradus {

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t so_far) {
  // ISA-L leaves out the complements of both ends, counts in int, and only reads its bytes.
  constexpr std::size_t most = std::size_t{1} << 30;
  std::uint32_t sum = ~so_far;
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), most);
    const auto* first = reinterpret_cast<const unsigned char*>(bytes.data());
    sum = crc32_iscsi(const_cast<unsigned char*>(first), static_cast<int>(count), sum);
    bytes = bytes.subspan(count);
  }
  return ~sum;
}

}  // namespace gradus
