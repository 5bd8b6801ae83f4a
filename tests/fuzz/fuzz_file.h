// What a fuzzer's input is to a reader of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <gradus/error.h>

#include "tests/support/memory_file.h"

namespace gradus {

// Gives the input to read(path) as a file. An Error of Gradus is a right answer; whatever else is
// thrown ends the process, which the fuzzer reports.
template <class Read>
int fuzz_file(const std::uint8_t* data, std::size_t size, Read read) {
  static const MemoryFile file;
  file.write(data, size);
  try {
    read(file.path());
  } catch (const Error&) {
  }
  return 0;
}

}  // namespace gradus
