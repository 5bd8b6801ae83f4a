// Files and messages for the tests of this room.
#pragma once

#include <string>

#include <gtest/gtest.h>
#include <zlib.h>

#include <gradus/error.h>

#include "support/test_folder.h"

namespace gradus::testing_data {

inline std::string gzip(std::string bytes) {
  constexpr int gzip_of_largest_window = 16 + MAX_WBITS;
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_of_largest_window, MAX_MEM_LEVEL,
               Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string big_endian(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16),
          static_cast<char>(number >> 8), static_cast<char>(number)};
}

inline std::string idx_header(int type, std::initializer_list<std::uint32_t> sizes) {
  std::string header{'\0', '\0', static_cast<char>(type), static_cast<char>(sizes.size())};
  for (std::uint32_t size : sizes) header += big_endian(size);
  return header;
}

// What f's exception of type E says; a test failure if it throws none.
template <class E, class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace gradus::testing_data
