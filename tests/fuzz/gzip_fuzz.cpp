// rooms: data png core
// Bytes decompress in pieces of one size to what they do in pieces of another; what is compressed
// decompresses to itself.
#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "data/byte_source.h"
#include "data/gzip.h"
#include "fuzz_file.h"

namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t most = std::size_t{1} << 16;

// Nothing if the file is refused; no more than its first bytes if they do not end.
std::optional<Bytes> read(const std::string& path, std::size_t piece) {
  try {
    gradus::ByteSource source("fuzz", path);
    Bytes all;
    while (all.size() < most) {
      all.resize(all.size() + piece);
      const std::size_t count = source.read(std::span(all).last(piece));
      all.resize(all.size() - piece + count);
      if (count < piece) break;
    }
    if (all.size() > source.max_byte_count()) std::abort();
    return all;
  } catch (const gradus::DataError&) {
    return std::nullopt;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gradus::fuzz_file(data, size, [&](const std::string& path) {
    const auto whole = read(path, most), parts = read(path, 16 + size % 4096);
    // Where one stopped at the limit, the other may have seen more.
    const auto ended = [](const auto& bytes) { return bytes && bytes->size() < most; };
    if (ended(whole) && ended(parts) && whole != parts) std::abort();
  });
  if (size % 8 != 0) return 0;  // it takes longer than reading
  const std::vector<std::byte> packed = gradus::gzip(std::as_bytes(std::span(data, size)));
  return gradus::fuzz_file(reinterpret_cast<const std::uint8_t*>(packed.data()), packed.size(),
                           [&](const std::string& path) {
                             if (read(path, 4096) != Bytes(data, data + size)) std::abort();
                           });
}
