// NumPy's files: one array in an .npy, named arrays in an .npz, which is a zip of .npy.
//
//   write_npy("x.npy", x);                        // np.load("x.npy")
//   const Array y = read_npy("y.npy");            // np.save("y.npy", y)
//   write_npz("net.npz", {{{"W", w}, {"b", b}}}, {.compress = true});
//   for (const NamedArray& array : read_npz("net.npz")) use(array);
//
// The formats: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include <gradus/error.h>
#include <gradus/named_array.h>

namespace gradus {

// float32, float64, int32, int64 and bool are read as they are, in either byte order. Others are
// refused by name, or, if `widen`, become the nearest dtype that has all their values: float16
// becomes float32; int8, uint8, int16 and uint16 int32; uint32 int64. Objects are never unpickled.
struct NpyOptions {
  bool widen = false;
};

// All members of an .npz are compressed, or none.
struct NpzOptions {
  bool compress = false;
};

// Version 1.0, row-major, as np.save writes it. FileError if the file cannot be written.
void write_npy(const std::filesystem::path& path, const Array& array,
               SourceLocation where = SourceLocation::current());

// Versions 1.0, 2.0 and 3.0; what lies column by column (fortran_order) is brought into rows.
// FileError if the file cannot be read, DataError if it is not exactly one array, DTypeError if its
// element type is none that the options allow.
Array read_npy(const std::filesystem::path& path, const NpyOptions& options = {},
               SourceLocation where = SourceLocation::current());

// The same arrays make the same bytes. DataError if a name is there twice, is empty, has a NUL, is
// no UTF-8 or is longer than a zip's names can be; FileError if the file cannot be written.
void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays,
               const NpzOptions& options = {}, SourceLocation where = SourceLocation::current());

// The members, stored or deflated, in the file's order; "W.npy" has the name "W". Sizes are checked
// against shapes and against what so few bytes can unfold to before memory is taken. Errors as of
// read_npy, with the member's name; DataError also if a name is there twice, a member is encrypted
// or no .npy, or a checksum differs; MemoryError if all arrays are more than the machine's memory.
std::vector<NamedArray> read_npz(const std::filesystem::path& path, const NpyOptions& options = {},
                                 SourceLocation where = SourceLocation::current());

}  // namespace gradus
