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

// What is known of an array of many elements.
struct TensorSummary {
  double minimum = 0, maximum = 0, mean = 0, deviation = 0, norm = 0;  // of the finite elements
  std::int64_t zeros = 0, not_finite = 0;
  std::vector<std::int64_t> histogram;  // equal bins from minimum to maximum
  Array corner;                         // the first elements along each of the last two axes
  std::optional<Array> images;          // the first rows, if a row is a square image
};

TensorSummary summarize(const Array& array);

// Base64 of the elements' bytes, little endian.
std::string base64(const Array& array);

class PageTensors {
 public:
  // Arrays of more elements are summarised at once, so that nobody holds them.
  explicit PageTensors(std::int64_t whole_elements) : whole_elements_(whole_elements) {}

  // The array's number; equal arrays have one.
  std::size_t add(const Array& array);
  // All arrays; those of more than so many elements as summaries.
  nlohmann::ordered_json json(std::int64_t whole_elements) const;

 private:
  struct Record {
    Shape shape;
    DType dtype;
    std::optional<Array> whole;
    std::optional<TensorSummary> summary;
  };

  std::int64_t whole_elements_;
  std::vector<Record> records_;
  std::unordered_multimap<std::size_t, std::size_t> numbers_;  // by hash of shape and elements
};

}  // namespace gradus
