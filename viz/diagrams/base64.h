// Bytes as letters, for pictures inside of text files.
#pragma once

#include <string>
#include <string_view>

namespace gradus {

// RFC 4648, with padding.
std::string base64(std::string_view bytes);

}  // namespace gradus
