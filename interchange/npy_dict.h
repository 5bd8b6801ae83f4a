// The Python dict that describes an .npy: {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3),
// }
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "file_place.h"

namespace gradus {

struct NpyDict {
  std::string_view descr;  // of the text
  bool is_fortran = false;
  std::vector<std::uint64_t> shape;
};

// The three keys in any order, each once, spelled as Python may: either quotes, blanks, a comma
// behind the last, the L of Python 2's long integers. DataError if it is anything else.
NpyDict parse_npy_dict(std::string_view text, const FilePlace& place);

}  // namespace gradus
