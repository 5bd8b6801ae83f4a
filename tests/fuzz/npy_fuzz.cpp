// rooms: interchange core
#include <gradus/npy.h>

#include "fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return gradus::fuzz_file(
      data, size, [](const std::string& path) { gradus::read_npy(path, {.widen = true}); });
}
