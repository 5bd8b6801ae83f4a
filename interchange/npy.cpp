#include <gradus/npy.h>

#include <array>
#include <new>

#include <gradus/file.h>

#include "core/input_file.h"
#include "file_place.h"
#include "npy_format.h"

namespace gradus {

void write_npy(const std::filesystem::path& path, const Array& array, SourceLocation where) try {
  const std::string header = npy_header(array);
  const std::array pieces{
      std::as_bytes(std::span(header)),
      std::span(static_cast<const std::byte*>(array.data()), array.byte_count())};
  write_file(path, pieces, where);
} catch (const std::bad_alloc&) {
  refuse_memory("npy", path, where);
}

Array read_npy(const std::filesystem::path& path, const NpyOptions& options,
               SourceLocation where) try {
  const InputFile file(path, "npy", where);
  std::uint64_t offset = 0;
  const auto read_next = [&](std::span<std::byte> out) {
    file.read(offset, out, where);
    offset += out.size();
  };
  return read_npy_array(file.size(), read_next, options, {file.name(), where});
} catch (const std::bad_alloc&) {
  refuse_memory("npy", path, where);
}

}  // namespace gradus
