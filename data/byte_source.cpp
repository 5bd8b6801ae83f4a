#include "byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include <fmt/format.h>
#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>

#include <gradus/error.h>

namespace gradus {
namespace {

namespace io = boost::iostreams;

constexpr std::streamsize buffer_size = 1 << 16;

std::string_view reason(const io::gzip_error& error) {
  switch (error.error()) {
    case io::gzip::bad_crc:
      return "checksum differs";
    case io::gzip::bad_length:
      return "length differs";
    case io::gzip::bad_header:
      return "header is wrong";
    case io::gzip::bad_footer:
      return "footer is wrong";
    case io::gzip::bad_method:
      return "compression method is unknown";
    default:
      return "compressed data is wrong or cut";
  }
}

}  // namespace

struct ByteSource::Chain {
  io::filtering_streambuf<io::input> bytes;
};

ByteSource::ByteSource(std::string_view prefix, const std::filesystem::path& file)
    : name_(fmt::format("{}: {}", prefix, file.string())), chain_(std::make_unique<Chain>()) {
  const auto refuse = [&](int error) {
    throw FileError(message(std::generic_category().message(error)));
  };
  // Opening a pipe without a writer would wait, but for O_NONBLOCK.
  const int descriptor = open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) refuse(errno);
  const io::file_descriptor_source source(descriptor, io::close_handle);

  struct stat status {};
  if (fstat(descriptor, &status) != 0) refuse(errno);
  if (S_ISDIR(status.st_mode)) refuse(EISDIR);
  if (!S_ISREG(status.st_mode)) throw FileError(message("not a regular file"));

  unsigned char first[2] = {}, last[4] = {};  // gzip: its mark, and its unfolded length
  if (pread(descriptor, first, sizeof first, 0) < 0) refuse(errno);
  is_gzip_ = first[0] == 0x1f && first[1] == 0x8b;
  if (is_gzip_ && status.st_size > 4) {
    if (pread(descriptor, last, sizeof last, status.st_size - 4) < 0) refuse(errno);
    for (int i = 3; i >= 0; --i) gzip_length_ = gzip_length_ << 8 | last[i];
  }
  // Deflate's densest code is 258 bytes in two bits.
  constexpr std::uint64_t max_ratio = 1032;
  max_byte_count_ = static_cast<std::uint64_t>(status.st_size) * (is_gzip_ ? max_ratio : 1);
  if (is_gzip_)
    chain_->bytes.push(io::gzip_decompressor(io::zlib::default_window_bits, buffer_size),
                       buffer_size);
  chain_->bytes.push(source, buffer_size);
}

ByteSource::~ByteSource() = default;

std::size_t ByteSource::read(std::span<unsigned char> out) {
  std::size_t count = 0;
  try {
    count = static_cast<std::size_t>(chain_->bytes.sgetn(reinterpret_cast<char*>(out.data()),
                                                         static_cast<std::streamsize>(out.size())));
  } catch (const io::gzip_error& error) {
    throw DataError(message(fmt::format("gzip is damaged: {}", reason(error))));
  } catch (const std::ios_base::failure&) {
    throw FileError(message("cannot be read"));
  }
  bytes_read_ += count;
  // Boost compares the checksum, but not the length.
  if (is_gzip_ && count < out.size() && static_cast<std::uint32_t>(bytes_read_) != gzip_length_)
    throw DataError(
        message(fmt::format("gzip is damaged or has several members: length {}, should be {}",
                            static_cast<std::uint32_t>(bytes_read_), gzip_length_)));
  return count;
}

std::string ByteSource::message(std::string_view what) const {
  return fmt::format("{}: {}", name_, what);
}

}  // namespace gradus
