// Named arrays in a safetensors file, which Python and others read and write, too.
//
//   write_safetensors("net.safetensors", {{{"W", w}, {"b", b}}}, {{"made_by", "me"}});
//   const SafetensorsFile file("net.safetensors");
//   const Array b_again = file.read("b");               // without the rest
//
// The format: https://huggingface.co/docs/safetensors
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/error.h>
#include <gradus/named_array.h>
#include <gradus/shape.h>

namespace gradus {

// F32, F64, I32, I64 and BOOL are read as they are. The others have no dtype here: they are refused
// by name, or, if `widen`, become the nearest dtype that has all their values: F16, BF16, F8_E4M3
// and F8_E5M2 become float32; I8, U8, I16 and U16 int32; U32 int64. U64 and C64 have none.
struct SafetensorsOptions {
  bool widen = false;
};

// Writes all arrays, or leaves an old file as it was (see write_file). The header lists them in
// their order. Each array lies at a multiple of its element's size, and all of them behind a
// header of a multiple of 8 bytes; the same arrays make the same bytes. DataError if a name is
// there twice, is "__metadata__" or no UTF-8, and if metadata is no UTF-8 or the header is longer
// than the format's 100 MB; FileError if the file cannot be written.
void write_safetensors(const std::filesystem::path& path, std::span<const NamedArray> arrays,
                       const std::map<std::string, std::string>& metadata = {},
                       SourceLocation where = SourceLocation::current());

// A file that is open, its header read and checked as a whole: every tensor has a dtype that the
// format knows and as many bytes as dtype and shape say, and the tensors' bytes fill the file
// without gap or overlap. Names are data, never paths.
//
// Arrays are read from the file when they are asked for, never mapped: a file that shrinks
// meanwhile gives a FileError. Any number of threads may read.
class SafetensorsFile {
 public:
  struct Entry {
    std::string name;
    std::string_view dtype;  // as the file spells it: "F32", "BF16"
    Shape shape;
  };

  // FileError if the file cannot be read, DataError if it is not exactly a safetensors file, or if
  // a shape has more than max_rank dimensions.
  explicit SafetensorsFile(const std::filesystem::path& path,
                           SourceLocation where = SourceLocation::current());
  // The same open file; there is none that was moved from.
  SafetensorsFile(const SafetensorsFile&) = default;
  SafetensorsFile& operator=(const SafetensorsFile&) = default;

  const std::map<std::string, std::string>& metadata() const;
  std::span<const Entry> entries() const;  // in the header's order
  bool contains(std::string_view name) const;

  // DataError if there is no such name, or a bool is neither 0 nor 1; DTypeError if the element
  // type is none that the options allow; FileError if the bytes cannot be read.
  Array read(std::string_view name, const SafetensorsOptions& options = {},
             SourceLocation where = SourceLocation::current()) const;

 private:
  struct Contents;
  std::shared_ptr<const Contents> contents_;
};

// All of them, in the header's order.
std::vector<NamedArray> read_safetensors(const std::filesystem::path& path,
                                         const SafetensorsOptions& options = {},
                                         SourceLocation where = SourceLocation::current());

}  // namespace gradus
