#include "page_tensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string_view>

#include <gradus/error.h>

namespace gradus {
namespace {

static_assert(std::endian::native == std::endian::little);

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

nlohmann::ordered_json json_of(const TensorSummary& s) {
  nlohmann::ordered_json json{
      {"minimum", s.minimum},
      {"maximum", s.maximum},
      {"mean", s.mean},
      {"deviation", s.deviation},
      {"norm", s.norm},
      {"zeros", s.zeros},
      {"not_finite", s.not_finite},
      {"histogram", s.histogram},
      {"corner", {{"shape", s.corner.shape().to_vector()}, {"elements", base64(s.corner)}}}};
  if (s.images)
    json["images"] = {{"shape", s.images->shape().to_vector()}, {"elements", base64(*s.images)}};
  return json;
}

}  // namespace

TensorSummary summarize(const Array& array) {
  TensorSummary s;
  const Array converted = array.cast(float64);
  const std::span<const double> all = converted.values<double>();
  s.minimum = std::numeric_limits<double>::infinity();
  s.maximum = -s.minimum;
  double sum = 0, squares = 0;
  std::int64_t finite = 0;
  for (double v : all) {
    if (!std::isfinite(v)) continue;
    ++finite;
    s.zeros += v == 0 ? 1 : 0;
    s.minimum = std::min(s.minimum, v);
    s.maximum = std::max(s.maximum, v);
    sum += v;
    squares += v * v;
  }
  s.not_finite = array.size() - finite;
  if (finite == 0) s.minimum = s.maximum = 0;
  s.norm = std::sqrt(squares);
  s.mean = finite == 0 ? 0 : sum / static_cast<double>(finite);
  double deviations = 0;
  s.histogram.assign(bins, 0);
  const double width = s.maximum - s.minimum;
  for (double v : all) {
    if (!std::isfinite(v)) continue;
    deviations += (v - s.mean) * (v - s.mean);
    const double place = width > 0 ? (v - s.minimum) / width * double{bins} : 0;
    ++s.histogram[std::min(static_cast<std::size_t>(place), bins - 1)];
  }
  s.deviation = finite == 0 ? 0 : std::sqrt(deviations / static_cast<double>(finite));
  s.corner = corner_of(array);
  s.images = images_of(array);
  return s;
}

std::string base64(const Array& array) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string_view bytes = bytes_of(array);
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = i; k < i + 3; ++k)
      three = three << 8 | (k < bytes.size() ? static_cast<unsigned char>(bytes[k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : digits[three >> (18 - 6 * k) & 63U];
  }
  return text;
}

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
                      is_whole ? std::nullopt : std::optional(summarize(array))});
  return records_.size() - 1;
}

nlohmann::ordered_json PageTensors::json(std::int64_t whole_elements) const {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Record& record : records_) {
    nlohmann::ordered_json json{{"shape", record.shape.to_vector()},
                                {"dtype", to_text(record.dtype)}};
    if (record.whole && record.whole->size() <= whole_elements)
      json["elements"] = base64(*record.whole);
    else
      json["summary"] = json_of(record.whole ? summarize(*record.whole) : *record.summary);
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace gradus
