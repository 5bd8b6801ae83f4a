// A reader of files against every damage of a small one: cut at each byte, each bit flipped.
#pragma once

#include <cstddef>
#include <exception>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include <gradus/error.h>

#include "support/test_folder.h"

namespace gradus {

struct DamageCounts {
  int refused = 0, accepted = 0;
};

// read(path) may return or throw an Error of Gradus; anything else fails the test and names the
// damage.
template <class Read>
void count_damaged(const std::filesystem::path& path, const std::string& damage, Read read,
                   DamageCounts& counts) {
  try {
    read(path);
    ++counts.accepted;
  } catch (const Error&) {
    ++counts.refused;
  } catch (const std::exception& error) {
    ADD_FAILURE() << damage << ": " << error.what();
  }
}

// The file as long as each length from 0 to its own less one.
template <class Read>
DamageCounts read_cut(const std::string& bytes, Read read) {
  const TestFolder folder;
  DamageCounts counts;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    count_damaged(folder.write("cut", bytes.substr(0, size)),
                  "cut after byte " + std::to_string(size), read, counts);
  return counts;
}

template <class Read>
DamageCounts read_flipped(std::string bytes, Read read) {
  const TestFolder folder;
  DamageCounts counts;
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    char& byte = bytes[bit / 8];
    const char original = byte;
    byte = static_cast<char>(byte ^ 1 << bit % 8);
    count_damaged(folder.write("flipped", bytes), "flipped bit " + std::to_string(bit), read,
                  counts);
    byte = original;
  }
  return counts;
}

}  // namespace gradus
