#include "csv_number.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>

namespace gradus {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
  // from_chars takes no plus; "+-1" is no number.
  const bool has_plus = text.size() > 1 && text[0] == '+' && text[1] != '-';
  return has_plus ? text.substr(1) : text;
}

template <class T>
CsvNumber parse(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::invalid_argument || end != text.data() + text.size())
    return CsvNumber::wrong;
  return error == std::errc::result_out_of_range ? CsvNumber::out_of_range : CsvNumber::read;
}

template <Element T>
CsvNumber read(std::string_view field, T& value) {
  const std::string_view text = trimmed(field);
  if constexpr (std::floating_point<T>) value = std::numeric_limits<T>::quiet_NaN();
  if (text.empty()) return CsvNumber::missing;
  if constexpr (std::same_as<T, bool>) {
    value = text == "1";
    return text == "0" || text == "1" ? CsvNumber::read : CsvNumber::wrong;
  } else if constexpr (std::integral<T>) {
    return parse(text, value);
  } else {
    CsvNumber result = parse(text, value);
    // What is smaller than the smallest of its dtype is 0, as every number is rounded.
    if (result == CsvNumber::out_of_range) {
      long double wide = 0;
      if (parse(text, wide) == CsvNumber::read && std::fabs(wide) < 1) {
        value = static_cast<T>(wide);
        return CsvNumber::read;
      }
    }
    if (result == CsvNumber::read && std::isnan(value)) return CsvNumber::missing;
    return result;
  }
}

}  // namespace

ReadCsvNumber csv_number_reader(DType dtype) {
  return visit(dtype, [](auto zero) -> ReadCsvNumber {
    return [](std::string_view text, std::byte* out) {
      decltype(zero) value{};
      const CsvNumber result = read(text, value);
      std::memcpy(out, &value, sizeof value);
      return result;
    };
  });
}

CsvNumber read_csv_integer(std::string_view text, std::int64_t& out) { return read(text, out); }

}  // namespace gradus
