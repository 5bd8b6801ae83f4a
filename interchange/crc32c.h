// CRC-32C (Castagnoli; RFC 3720, appendix B.4), which notices each change of up to 32 bits in a
// row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace gradus {

// Of bytes that follow those whose sum is `so_far`: crc32c(b, crc32c(a)) is that of a and b as one.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t so_far = 0);

}  // namespace gradus
