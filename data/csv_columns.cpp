#include "csv_columns.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/error.h>

#include "csv_number.h"

namespace gradus {
namespace {

constexpr std::size_t max_columns = 1'000'000;
constexpr std::size_t max_names_size = std::size_t{64} << 20;

CsvNumber as_number(std::string_view text) {
  double ignored = 0;
  return csv_number_reader(float64)(text, reinterpret_cast<std::byte*>(&ignored));
}

// The names of all fields.
std::vector<std::string> read_first_row(CsvFields& fields, const CsvOptions& options) {
  std::vector<std::string> names;
  std::size_t size = 0;
  bool has_number = false, has_text = false;
  do {
    if (!fields.next())
      throw DataError(fields.message(options.header ? "no row of names" : "no row"));
    if (names.size() == max_columns)
      fields.refuse(fmt::format("a row has more than {} fields", max_columns));
    if (options.header) {
      fields.expect_utf8();
      names.emplace_back(fields.text());
      const CsvNumber number = as_number(fields.text());
      has_text = has_text || number == CsvNumber::wrong;
      has_number = has_number || number == CsvNumber::read;
    } else {
      names.push_back(std::to_string(names.size()));
    }
    size += names.back().size();
    if (size > max_names_size)
      fields.refuse(fmt::format("the names of columns are longer than {} bytes", max_names_size));
  } while (!fields.is_last_of_row());
  if (options.header && options.columns.empty() && has_number && !has_text)
    throw DataError(fields.message(fmt::format(
        "the first row has numbers for names: {}{}; a file without names needs .header = false",
        shown(names[0]), names.size() > 1 ? ", ..." : "")));
  return names;
}

// The few first of them, for messages.
std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 10;
  std::vector<std::string> first;
  for (const std::string& name : names) {
    if (first.size() == most) break;
    first.push_back(shown(name));
  }
  return fmt::format("{}{}", fmt::join(first, ", "), names.size() > most ? ", ..." : "");
}

std::size_t find(const std::vector<std::string>& names, const std::string& name,
                 const CsvFields& fields) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    throw DataError(fields.message(
        fmt::format("no column is named {}; there are {}", shown(name), list_of(names))));
  if (std::find(found + 1, names.end(), name) != names.end())
    throw DataError(fields.message(fmt::format("several columns are named {}", shown(name))));
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

CsvColumns read_csv_columns(CsvFields& fields, const CsvOptions& options) {
  const std::vector<std::string> all = read_first_row(fields, options);
  CsvColumns columns;
  columns.places.assign(all.size(), CsvColumns::unread);
  if (!options.label.empty()) columns.places[find(all, options.label, fields)] = CsvColumns::label;

  const auto add = [&](std::size_t field) {
    if (columns.places[field] != CsvColumns::unread)
      throw DataError(fields.message(
          fmt::format("column {} is asked for twice, or as the label, too", shown(all[field]))));
    columns.places[field] = std::ssize(columns.names);
    columns.names.push_back(all[field]);
  };
  for (const std::string& name : options.columns) add(find(all, name, fields));
  if (options.columns.empty())
    for (std::size_t field = 0; field < all.size(); ++field)
      if (columns.places[field] == CsvColumns::unread) add(field);
  return columns;
}

}  // namespace gradus
