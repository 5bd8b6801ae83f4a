// What a fuzzer's input is to a reader of files.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <gradus/error.h>

namespace gradus {

// Gives the input to read(path) as a file. An Error of Gradus is a right answer; whatever else is
// thrown ends the process, which the fuzzer reports.
template <class Read>
int fuzz_file(const std::uint8_t* data, std::size_t size, Read read) {
  // In memory, and the same for all inputs.
  static const int descriptor = ::memfd_create("fuzz", 0);
  static const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, data, size, 0) != static_cast<ssize_t>(size))
    std::abort();
  try {
    read(path);
  } catch (const Error&) {
  }
  return 0;
}

}  // namespace gradus
