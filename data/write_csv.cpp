#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <gradus/csv.h>
#include <gradus/file.h>

#include "core/at_users_line.h"
#include "core/utf8.h"
#include "csv_fields.h"

namespace gradus {
namespace {

bool is_text(std::string_view name) {
  while (!name.empty()) {
    const std::size_t length = utf8_length(name);
    if (length == 0 || name[0] == '\0') return false;
    name.remove_prefix(length);
  }
  return true;
}

void check(const Array& rows, const std::vector<std::string>& names, SourceLocation where) {
  if (rows.rank() != 2 || rows.shape()[1] == 0)
    throw_at<ShapeError>(where, "csv: shape {}, expected [rows, columns] with a column or more",
                         to_text(rows.shape()));
  if (!names.empty() && std::ssize(names) != rows.shape()[1])
    throw_at<ShapeError>(where, "csv: {} names for {} columns", names.size(), rows.shape()[1]);
  for (const std::string& name : names)
    if (!is_text(name))
      throw_at<DataError>(where, "csv: a name has a NUL or is no UTF-8: {}", shown(name));
}

void append_name(std::string& text, std::string_view name, bool is_alone) {
  // A line of nothing would be no row, and a byte order mark no part of the name.
  const bool is_lost = (is_alone && name.empty()) || name.starts_with("\xEF\xBB\xBF");
  if (!is_lost && name.find_first_of(",\"\r\n") == name.npos) {
    text += name;
    return;
  }
  text += '"';
  for (char c : name) text.append(c == '"' ? 2 : 1, c);
  text += '"';
}

template <Element T>
void append_number(std::string& text, T value) {
  if constexpr (std::same_as<T, bool>) {
    text += value ? '1' : '0';
  } else {
    if constexpr (std::floating_point<T>) {
      if (std::isnan(value)) {  // of any sign
        text += "nan";
        return;
      }
    }
    char digits[32];  // the longest is "-1.7976931348623157e+308"
    text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  }
}

std::string csv_text(const Array& rows, const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    append_name(text, names[i], names.size() == 1);
    text += i + 1 < names.size() ? ',' : '\n';
  }
  visit(rows.dtype(), [&](auto zero) {
    const auto column_count = static_cast<std::size_t>(rows.shape()[1]);
    std::size_t column = 0;
    for (const auto value : rows.values<decltype(zero)>()) {
      append_number(text, value);
      text += ++column < column_count ? ',' : '\n';
      column %= column_count;
    }
  });
  return text;
}

}  // namespace

void write_csv(const std::filesystem::path& file, const Array& rows,
               const std::vector<std::string>& names, SourceLocation where) {
  check(rows, names, where);
  at_users_line(where, "csv", [&] { write_file(file, csv_text(rows, names)); });
}

}  // namespace gradus
