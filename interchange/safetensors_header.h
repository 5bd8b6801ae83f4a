// The header of a safetensors file: what it says, checked against the file's size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/safetensors.h>

#include "element_format.h"
#include "file_place.h"

namespace gradus {

// The format's own limit.
inline constexpr std::uint64_t max_safetensors_header = 100'000'000;

inline constexpr std::string_view metadata_key = "__metadata__";

struct SafetensorsHeader {
  // Of entries[i]; offsets count from the first byte after the header.
  struct Bytes {
    ElementFormat format;
    std::uint64_t begin, end;
  };

  std::vector<SafetensorsFile::Entry> entries;
  std::vector<Bytes> bytes;
  std::vector<std::size_t> by_name;  // places in `entries`, sorted by name
  std::map<std::string, std::string> metadata;
  std::uint64_t data_size = 0;

  std::optional<std::size_t> find(std::string_view name) const;
};

// "F32" of float32, ...
std::string_view safetensors_dtype(DType dtype);

// `json` is the header's text, which `data_size` bytes follow. DataError if it is not one, if a
// name is there twice, or if the tensors do not fill these bytes without gap or overlap.
SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_size,
                                           const FilePlace& place);

}  // namespace gradus
