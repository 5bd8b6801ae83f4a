// The arrays of a page: each once, whole or summarised, as text that its scripts read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include <nlohmann/json.hpp>

#include <gradus/array.h>

namespace gradus {

class PageTensors {
 public:
  // Arrays of more elements are summarised at once, so that nobody holds them.
  explicit PageTensors(std::int64_t whole_elements) : whole_elements_(whole_elements) {}

  // The array's number; equal arrays have one.
  std::size_t add(const Array& array);
  // All arrays; those of more than so many elements as summaries.
  nlohmann::ordered_json json(std::int64_t whole_elements) const;
  // Bytes of the text of all elements of those that are whole: base64 has four letters for three.
  std::int64_t text_bytes(std::int64_t whole_elements) const;

 private:
  struct Record {
    Shape shape;
    DType dtype;
    std::optional<Array> whole;
    nlohmann::ordered_json summary;  // null if it is whole
  };

  std::int64_t whole_elements_;
  std::vector<Record> records_;
  std::unordered_multimap<std::size_t, std::size_t> numbers_;  // by hash of shape and elements
};

}  // namespace gradus
