// The bytes of an .npy, in a file of its own or in a zip.
//
//   \x93NUMPY  version, 2 bytes  length of the dict, 2 bytes (4 from version 2.0 on)  dict elements
#pragma once

#include <cstdint>
#include <string>

#include <gradus/npy.h>

#include "element_format.h"
#include "file_place.h"

namespace gradus {

// All that comes before the elements; a multiple of 64 bytes.
std::string npy_header(const Array& array);

// The array of an .npy of `size` bytes, which `read` gives one after the other; no memory is taken
// for more elements than there are bytes.
Array read_npy_array(std::uint64_t size, const ReadBytes& read, const NpyOptions& options,
                     const FilePlace& place);

}  // namespace gradus
