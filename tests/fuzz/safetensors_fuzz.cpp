// rooms: interchange core
#include <gradus/safetensors.h>

#include "fuzz_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return gradus::fuzz_file(
      data, size, [](const std::string& path) { gradus::read_safetensors(path, {.widen = true}); });
}
