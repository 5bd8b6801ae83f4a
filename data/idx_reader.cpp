#include "idx_reader.h"

#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/error.h>

namespace gradus {
namespace {

std::optional<std::uint64_t> width_of(unsigned char type) {
  switch (static_cast<IdxType>(type)) {
    case IdxType::unsigned_byte:
    case IdxType::signed_byte:
      return 1;
    case IdxType::short_integer:
      return 2;
    case IdxType::integer:
    case IdxType::single_float:
      return 4;
    case IdxType::double_float:
      return 8;
  }
  return std::nullopt;
}

// Whether Shape takes these sizes: it counts zeros as one, so that strides cannot overflow either.
bool fits_shape(const std::vector<std::int64_t>& sizes) {
  std::int64_t count = 1;
  for (std::int64_t size : sizes)
    if (size > 0 && (__builtin_mul_overflow(count, size, &count) || count > max_element_count))
      return false;
  return true;
}

}  // namespace

IdxReader::IdxReader(const std::filesystem::path& file) : source_("idx", file) {
  const auto refuse = [&](const std::string& what) { throw DataError(message(what)); };
  std::array<unsigned char, 4 + 4 * max_rank> header{};
  const std::size_t magic_count = source_.read(std::span(header).first(4));
  if (magic_count < 4) refuse(fmt::format("header is cut: {} bytes of 4", magic_count));
  if (header[0] != 0 || header[1] != 0)
    refuse(
        fmt::format("no IDX file: it begins with {:02x} {:02x}, not 00 00", header[0], header[1]));

  const std::optional<std::uint64_t> width = width_of(header[2]);
  if (!width) refuse(fmt::format("element type is unknown: 0x{:02x}", header[2]));
  type_ = static_cast<IdxType>(header[2]);

  const std::size_t rank = header[3];
  if (rank == 0 || rank > static_cast<std::size_t>(max_rank))
    refuse(fmt::format("{} dimensions, 1 to {} are possible", rank, max_rank));
  const std::size_t sizes_count = source_.read(std::span(header).subspan(4, 4 * rank));
  if (sizes_count < 4 * rank)
    refuse(fmt::format("header is cut: {} bytes of {}", 4 + sizes_count, 4 + 4 * rank));

  std::vector<std::int64_t> sizes;
  for (const unsigned char* p = header.data() + 4; sizes.size() < rank; p += 4)
    sizes.push_back(std::int64_t{p[0]} << 24 | p[1] << 16 | p[2] << 8 | p[3]);
  if (!fits_shape(sizes))
    refuse(fmt::format("[{}] has more than 2^60 elements", fmt::join(sizes, ", ")));
  shape_ = Shape(sizes);
  payload_size_ = static_cast<std::uint64_t>(shape_.element_count()) * *width;

  const std::uint64_t most =
      source_.max_byte_count() - std::min<std::uint64_t>(source_.max_byte_count(), 4 + 4 * rank);
  if (payload_size_ > most)
    refuse(fmt::format("payload is short: {}{} bytes of {} for {}",
                       source_.is_gzip() ? "at most " : "", most, payload_size_, to_text(shape_)));
}

void IdxReader::read_bytes(std::span<unsigned char> out) {
  const std::size_t count = source_.read(out);
  bytes_read_ += count;
  if (count < out.size())
    throw DataError(message(fmt::format("payload is short: {} bytes of {} for {}", bytes_read_,
                                        payload_size_, to_text(shape_))));
}

void IdxReader::expect_end() {
  unsigned char more = 0;
  if (source_.read({&more, 1}) != 0)
    throw DataError(message(
        fmt::format("payload is long: more than {} bytes for {}", payload_size_, to_text(shape_))));
}

}  // namespace gradus
