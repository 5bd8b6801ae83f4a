// gzip (RFC 1952) of bytes in memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace gradus {

// One member, without a name and a time: the same for the same bytes.
std::vector<std::byte> gzip(std::span<const std::byte> bytes);

}  // namespace gradus
