// Arrays in IDX files, the format of MNIST.
//
//   Array images = read_idx("train-images-idx3-ubyte.gz");      // int32 [60000, 28, 28]
#pragma once

#include <filesystem>

#include <gradus/array.h>

namespace gradus {

// Bytes, signed bytes, shorts and ints are read as int32, floats as float32, doubles as float64.
// The file may be gzip, of one member, whatever its name: its first bytes tell.
// FileError if it cannot be read or is no regular file, DataError if it is not exactly one array.
Array read_idx(const std::filesystem::path& file);

}  // namespace gradus
