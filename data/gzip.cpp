#include "gzip.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include <isa-l/igzip_lib.h>

#include <gradus/error.h>

namespace gradus {

std::vector<std::byte> gzip(std::span<const std::byte> bytes) {
  constexpr std::size_t piece = std::size_t{1} << 16;
  std::vector<std::uint8_t> work(ISAL_DEF_LVL3_DEFAULT);
  const auto stream = std::make_unique<isal_zstream>();  // 80 KB: too large for a stack
  isal_deflate_init(stream.get());
  stream->gzip_flag = IGZIP_GZIP;
  stream->level = 3;
  stream->level_buf = work.data();
  stream->level_buf_size = ISAL_DEF_LVL3_DEFAULT;

  std::vector<std::byte> packed;
  std::size_t size = 0;
  while (stream->internal_state.state != ZSTATE_END) {
    if (stream->avail_in == 0 && stream->end_of_stream == 0) {
      const auto next = bytes.first(std::min(bytes.size(), piece));
      bytes = bytes.subspan(next.size());
      stream->next_in = reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(next.data()));
      stream->avail_in = static_cast<std::uint32_t>(next.size());
      stream->end_of_stream = bytes.empty() ? 1 : 0;
    }
    packed.resize(size + piece);
    stream->next_out = reinterpret_cast<std::uint8_t*>(packed.data() + size);
    stream->avail_out = piece;
    if (isal_deflate(stream.get()) != COMP_OK) throw InternalError("gzip: ISA-L refused its input");
    size += piece - stream->avail_out;
  }
  packed.resize(size);
  return packed;
}

}  // namespace gradus
