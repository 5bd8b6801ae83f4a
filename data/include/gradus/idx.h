// Arrays in IDX files, the format of MNIST.
//
//   Array images = read_idx("train-images-idx3-ubyte.gz");      // int32 [60000, 28, 28]
//   write_idx("copy-idx3-ubyte.gz", images, {.as_bytes = true});
#pragma once

#include <filesystem>

#include <gradus/array.h>

namespace gradus {

// Bytes, signed bytes, shorts and ints are read as int32, floats as float32, doubles as float64.
// The file may be gzip, of one member, whatever its name: its first bytes tell.
// FileError if it cannot be read or is no regular file, DataError if it is not exactly one array.
Array read_idx(const std::filesystem::path& file);

struct IdxOptions {
  bool as_bytes = false;  // unsigned ones, as MNIST has them: 0, 1, ..., 255 of any dtype
};

// float32, float64 and int32 are stored as they are, bool as unsigned bytes; as gzip where the name
// ends with .gz. The same array gives the same bytes.
// DTypeError for int64, which IDX has not, unless it goes as_bytes; DataError for a number that is
// no byte; ShapeError for a scalar, or a dimension of 2^32 or more; FileError if the file cannot be
// written.
void write_idx(const std::filesystem::path& file, const Array& array,
               const IdxOptions& options = {}, SourceLocation where = SourceLocation::current());

}  // namespace gradus
