// rooms: data png core
// An array that was read and written is read again.
#include <gradus/idx.h>

#include "fuzz_file.h"
#include "scratch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return gradus::fuzz_file(data, size, [](const std::string& path) {
    const gradus::Array array = gradus::read_idx(path);
    const gradus::ScratchFile copy;
    gradus::write_idx(copy.path(), array);
    // NaN keeps its bits, which the comparison of arrays looks at.
    if (!(gradus::read_idx(copy.path()) == array)) std::abort();
  });
}
