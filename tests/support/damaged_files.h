// A reader of files against every damage of a small one: cut at each byte, each bit flipped.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include <gradus/error.h>

#include "support/memory_file.h"

namespace gradus {

struct DamageCounts {
  int refused = 0, accepted = 0;
};

// A file of these bytes. read(path) may return or throw an Error of Gradus; anything else fails the
// test and names the damage.
template <class Read>
void count_damaged(const MemoryFile& file, std::string_view bytes, const std::string& damage,
                   Read read, DamageCounts& counts) {
  file.write(bytes.data(), bytes.size());
  try {
    read(file.path());
    ++counts.accepted;
  } catch (const Error&) {
    ++counts.refused;
  } catch (const std::exception& error) {
    ADD_FAILURE() << damage << ": " << error.what();
  }
}

// The file as long as each length from 0 to its own less one.
template <class Read>
DamageCounts read_cut(std::string_view bytes, Read read) {
  const MemoryFile file;
  DamageCounts counts;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    count_damaged(file, bytes.substr(0, size), "cut after byte " + std::to_string(size), read,
                  counts);
  return counts;
}

template <class Read>
DamageCounts read_flipped(std::string bytes, Read read) {
  const MemoryFile file;
  DamageCounts counts;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    char& byte = bytes[bit / 8];
    const char original = byte;
    byte = static_cast<char>(byte ^ 1 << bit % 8);
    count_damaged(file, bytes, "flipped bit " + std::to_string(bit), read, counts);
    byte = original;
  }
  return counts;
}

}  // namespace gradus
