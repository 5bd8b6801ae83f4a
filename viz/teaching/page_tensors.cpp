#include "page_tensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include "viz/diagrams/base64.h"

namespace gradus {
namespace {

static_assert(std::endian::native == std::endian::little);

using Json = nlohmann::ordered_json;

constexpr std::size_t bins = 40;
constexpr std::int64_t corner_edge = 8, max_images_on_page = 8, smallest_image = 8;

std::string_view bytes_of(const Array& array) {
  return {static_cast<const char*>(array.data()), array.byte_count()};
}

// The first rows and columns, at index 0 of all axes before the last two.
Array corner_of(const Array& array) {
  const Shape& s = array.shape();
  const std::int64_t columns = s.rank() < 1 ? 1 : s[s.rank() - 1];
  const std::int64_t rows = s.rank() < 2 ? 1 : s[s.rank() - 2];
  const std::int64_t height = std::min(rows, corner_edge), width = std::min(columns, corner_edge);
  Array corner = Array::uninitialized({height, width}, array.dtype());
  const std::size_t size = size_of(array.dtype()), row = static_cast<std::size_t>(width) * size;
  const auto* from = static_cast<const char*>(array.data());
  auto* to = static_cast<char*>(corner.mutable_data());
  for (std::int64_t i = 0; i < height; ++i)
    std::memcpy(to + static_cast<std::size_t>(i) * row,
                from + static_cast<std::size_t>(i * columns) * size, row);
  return corner;
}

std::optional<Array> images_of(const Array& array) {
  const Shape& s = array.shape();
  if (s.rank() != 2) return std::nullopt;
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(s[1])));
  if (side < smallest_image || side * side != s[1]) return std::nullopt;
  return array.rows(0, std::min(s[0], max_images_on_page));
}

std::size_t hash_of(const Array& array) {
  return hash_value(array.shape()) ^ std::hash<std::string_view>{}(bytes_of(array));
}

// Little endian.
std::string elements_of(const Array& array) { return base64(bytes_of(array)); }

Json part_json(const Array& part) {
  return {{"shape", part.shape().to_vector()}, {"elements", elements_of(part)}};
}

// What is known of an array of many elements: statistics of the finite ones, a histogram of equal
// bins from minimum to maximum, the first elements along each of the last two axes, and the first
// rows, if a row is a square image.
Json summary_of(const Array& array) {
  const Array converted = array.cast(float64);
  const std::span<const double> all = converted.values<double>();
  double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;
  double sum = 0, squares = 0, deviations = 0;
  std::int64_t finite = 0, zeros = 0;
  for (double v : all) {
    if (!std::isfinite(v)) continue;
    ++finite;
    zeros += v == 0 ? 1 : 0;
    minimum = std::min(minimum, v);
    maximum = std::max(maximum, v);
    sum += v;
    squares += v * v;
  }
  if (finite == 0) minimum = maximum = 0;
  const auto count = static_cast<double>(std::max<std::int64_t>(finite, 1));
  const double mean = sum / count, width = maximum - minimum;
  std::vector<std::int64_t> histogram(bins);
  for (double v : all) {
    if (!std::isfinite(v)) continue;
    deviations += (v - mean) * (v - mean);
    const double place = width > 0 ? (v - minimum) / width * double{bins} : 0;
    ++histogram[std::min(static_cast<std::size_t>(place), bins - 1)];
  }
  Json json{{"minimum", minimum},
            {"maximum", maximum},
            {"mean", mean},
            {"deviation", std::sqrt(deviations / count)},
            {"norm", std::sqrt(squares)},
            {"zeros", zeros},
            {"not_finite", array.size() - finite},
            {"histogram", histogram},
            {"corner", part_json(corner_of(array))}};
  if (const auto images = images_of(array)) json["images"] = part_json(*images);
  return json;
}

}  // namespace

std::size_t PageTensors::add(const Array& array) {
  const std::size_t hash = hash_of(array);
  const bool is_whole = array.size() <= whole_elements_;
  for (auto [i, end] = numbers_.equal_range(hash); i != end; ++i) {
    const Record& record = records_[i->second];
    // Of summarised arrays the hash is all that is left to compare, beside their shape.
    if (record.whole ? *record.whole == array
                     : !is_whole && record.shape == array.shape() && record.dtype == array.dtype())
      return i->second;
  }
  numbers_.emplace(hash, records_.size());
  records_.push_back({array.shape(), array.dtype(), is_whole ? std::optional(array) : std::nullopt,
                      is_whole ? Json() : summary_of(array)});
  return records_.size() - 1;
}

Json PageTensors::json(std::int64_t whole_elements) const {
  Json list = Json::array();
  for (const Record& record : records_) {
    Json json{{"shape", record.shape.to_vector()}, {"dtype", to_text(record.dtype)}};
    if (record.whole && record.whole->size() <= whole_elements)
      json["elements"] = elements_of(*record.whole);
    else
      json["summary"] = record.whole ? summary_of(*record.whole) : record.summary;
    list.push_back(std::move(json));
  }
  return list;
}

std::int64_t PageTensors::text_bytes(std::int64_t whole_elements) const {
  std::int64_t bytes = 0;
  for (const Record& record : records_)
    if (record.whole && record.whole->size() <= whole_elements)
      bytes += static_cast<std::int64_t>(record.whole->byte_count()) * 4 / 3;
  return bytes;
}

}  // namespace gradus
