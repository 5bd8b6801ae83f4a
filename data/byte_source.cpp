#include "byte_source.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

#include <gradus/error.h>

namespace gradus {
namespace {

std::string_view reason(int error) {
  switch (error) {
    case ISAL_INCORRECT_CHECKSUM:
      return "checksum or length differs";
    case ISAL_INVALID_WRAPPER:
      return "header is wrong";
    case ISAL_UNSUPPORTED_METHOD:
      return "compression method is unknown";
    default:
      return "compressed data is wrong or cut";
  }
}

}  // namespace

struct ByteSource::Gzip {
  inflate_state state;
  std::array<unsigned char, 1 << 16> packed;
};

ByteSource::ByteSource(std::string_view prefix, const std::filesystem::path& file)
    : file_(file, prefix, {}), max_byte_count_(file_.size()) {
  unsigned char first[2] = {};
  read_file(first);
  position_ = 0;
  if (first[0] != 0x1f || first[1] != 0x8b) return;
  max_byte_count_ *= 1032;  // Deflate's densest code is 258 bytes in two bits.
  gzip_ = std::make_unique<Gzip>();
  isal_inflate_init(&gzip_->state);
  gzip_->state.crc_flag = ISAL_GZIP;
}

ByteSource::~ByteSource() = default;

std::size_t ByteSource::read(std::span<unsigned char> out) {
  return gzip_ == nullptr ? read_file(out) : decompress(out);
}

std::size_t ByteSource::read_file(std::span<unsigned char> out) {
  out = out.first(std::min<std::uint64_t>(out.size(), file_.size() - position_));
  file_.read(position_, std::as_writable_bytes(out), {});
  position_ += out.size();
  return out.size();
}

std::size_t ByteSource::decompress(std::span<unsigned char> out) {
  const auto refuse = [&](int error) {
    throw DataError(message(fmt::format("gzip is damaged: {}", reason(error))));
  };
  inflate_state& state = gzip_->state;
  std::size_t count = 0;
  while (count < out.size() && state.block_state != ISAL_BLOCK_FINISH) {
    if (state.avail_in == 0) {
      state.next_in = gzip_->packed.data();
      state.avail_in = static_cast<std::uint32_t>(read_file(gzip_->packed));
    }
    const bool is_at_end = state.avail_in == 0;
    const auto most = static_cast<std::uint32_t>(
        std::min<std::size_t>(out.size() - count, std::numeric_limits<std::uint32_t>::max()));
    state.next_out = out.data() + count;
    state.avail_out = most;
    if (const int error = isal_inflate(&state); error < 0) refuse(error);
    count += most - state.avail_out;
    // What the library keeps of the input can still give bytes; when it gives none, it is cut.
    if (is_at_end && state.avail_out == most && state.block_state != ISAL_BLOCK_FINISH)
      refuse(ISAL_INVALID_BLOCK);
  }
  if (unsigned char more = 0;
      count < out.size() && (state.avail_in > 0 || read_file({&more, 1}) > 0))
    throw DataError(message("gzip has several members, or other bytes after the first"));
  return count;
}

std::string ByteSource::message(std::string_view what) const {
  return fmt::format("{}: {}", file_.name(), what);
}

}  // namespace gradus
