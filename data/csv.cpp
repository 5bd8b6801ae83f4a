#include <gradus/csv.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "core/at_users_line.h"
#include "core/memory.h"
#include "csv_columns.h"
#include "csv_fields.h"
#include "csv_number.h"

namespace gradus {
namespace {

// A table is read in parts of this size, beside which its arrays alone take memory.
constexpr std::size_t part_size = std::size_t{32} << 20;

void check(const CsvOptions& options, SourceLocation where) {
  const auto refuse = [&](std::string_view what) { throw_at<DataError>(where, "csv: {}", what); };
  if (std::string_view("\"\r\n\0", 4).find(options.separator) != std::string_view::npos)
    refuse("a quote, an end of line or a NUL is no separator");
  if (options.label_is_integer && options.label.empty())
    refuse("label_is_integer, but no column is the label");
  if (options.label_is_integer && !options.class_names.empty())
    refuse("label_is_integer, but classes have names");
  if (!is_dtype(options.dtype)) throw_at<DTypeError>(where, "csv: no dtype");
  if (options.missing_is_nan && !is_float(options.dtype))
    throw_at<DTypeError>(where, "csv: missing_is_nan, but {} has no NaN", to_text(options.dtype));
}

class Classes {
 public:
  explicit Classes(const std::vector<std::string>& given) : are_given_(!given.empty()) {
    for (const std::string& name : given)
      if (!add(name)) throw DataError(fmt::format("csv: class {} is given twice", shown(name)));
  }

  const std::vector<std::string>& names() const { return names_; }

  // The number of the class that the field names.
  std::int64_t number_of(const CsvFields& fields) {
    const std::string_view name = fields.text();
    if (const auto known = numbers_.find(name); known != numbers_.end()) return known->second;
    if (name.empty()) fields.refuse("a label is missing");
    if (are_given_) fields.refuse(fmt::format("{} is none of the classes", shown(name)));
    fields.expect_utf8();
    add(std::string(name));
    return std::ssize(names_) - 1;
  }

 private:
  bool add(const std::string& name) {
    if (!numbers_.emplace(name, std::ssize(names_)).second) return false;
    names_.push_back(name);
    return true;
  }

  bool are_given_;
  std::vector<std::string> names_;
  std::map<std::string, std::int64_t, std::less<>> numbers_;
};

}  // namespace

struct CsvReader::State {
  State(const std::filesystem::path& file, const CsvOptions& given);

  CsvRows read(std::int64_t max_rows);
  bool read_row();
  void read_number(std::byte* out);
  std::int64_t read_label();

  CsvOptions options;
  ReadCsvNumber number_reader;
  Classes classes;
  std::optional<CsvFields> fields;
  CsvColumns columns;
  bool has_failed = false;
  // Of the rows that are being read.
  std::vector<std::byte> values;
  std::vector<std::int64_t> labels;
};

CsvReader::State::State(const std::filesystem::path& file, const CsvOptions& given)
    : options(given),
      number_reader(csv_number_reader(given.dtype)),
      classes(given.class_names),
      fields(std::in_place, file, given.separator),
      columns(read_csv_columns(*fields, given)) {
  if (!options.header) fields.emplace(file, options.separator);
}

CsvRows CsvReader::State::read(std::int64_t max_rows) {
  if (has_failed) throw DataError(fields->message("a row before was refused"));
  has_failed = true;
  values.clear();
  labels.clear();
  std::int64_t count = 0;
  while (count < max_rows && read_row()) ++count;
  has_failed = false;

  CsvRows rows{Array::uninitialized({count, std::ssize(columns.names)}, options.dtype),
               Array(Shape{std::ssize(labels)}, labels)};
  std::ranges::copy(values, static_cast<std::byte*>(rows.values.mutable_data()));
  return rows;
}

// False at the end of the file.
bool CsvReader::State::read_row() {
  if (!fields->next()) return false;
  const std::size_t begin = values.size(), size = size_of(options.dtype);
  values.resize(begin + columns.names.size() * size);
  const std::size_t field_count = columns.places.size();
  for (std::size_t field = 0;; ++field) {
    const std::int64_t place = columns.places[field];
    if (place >= 0)
      read_number(values.data() + begin + static_cast<std::size_t>(place) * size);
    else if (place == CsvColumns::label)
      labels.push_back(read_label());

    const bool is_last = field + 1 == field_count;
    if (is_last && fields->is_last_of_row()) return true;
    if (fields->is_last_of_row())
      fields->refuse(fmt::format("the row ends after {} of {} fields", field + 1, field_count));
    fields->next();
    if (is_last) fields->refuse(fmt::format("the row has more than {} fields", field_count));
  }
}

void CsvReader::State::read_number(std::byte* out) {
  const std::string_view text = fields->text();
  switch (number_reader(text, out)) {
    case CsvNumber::read:
      return;
    case CsvNumber::missing:
      if (options.missing_is_nan) return;
      if (text.find_first_not_of(" \t") == text.npos) fields->refuse("a number is missing");
      break;
    case CsvNumber::out_of_range:
      fields->refuse(
          fmt::format("{} is out of the range of {}", shown(text), to_text(options.dtype)));
    case CsvNumber::wrong:
      break;
  }
  fields->refuse(fmt::format("{} is no {}", shown(text),
                             is_float(options.dtype) ? "number" : to_text(options.dtype)));
}

std::int64_t CsvReader::State::read_label() {
  if (!options.label_is_integer) return classes.number_of(*fields);
  std::int64_t label = 0;
  const std::string_view text = fields->text();
  switch (read_csv_integer(text, label)) {
    case CsvNumber::read:
      return label;
    case CsvNumber::missing:
      fields->refuse("a label is missing");
    case CsvNumber::out_of_range:
      fields->refuse(fmt::format("{} is out of the range of int64", shown(text)));
    case CsvNumber::wrong:
      break;
  }
  fields->refuse(fmt::format("{} is no int64", shown(text)));
}

CsvReader::CsvReader(const std::filesystem::path& file, const CsvOptions& options,
                     SourceLocation where) {
  check(options, where);
  state_ = at_users_line(where, "csv", [&] { return std::make_unique<State>(file, options); });
}

CsvReader::~CsvReader() = default;

const std::vector<std::string>& CsvReader::names() const { return state_->columns.names; }

const std::vector<std::string>& CsvReader::class_names() const { return state_->classes.names(); }

CsvRows CsvReader::read(std::int64_t max_rows, SourceLocation where) {
  if (max_rows < 1)
    throw_at<DataError>(where, "csv: {} rows at a time, expected 1 or more", max_rows);
  return at_users_line(where, "csv", [&] { return state_->read(max_rows); });
}

namespace {

// One array below the other; each part is freed when it was copied.
Array joined(std::vector<CsvRows>& parts, Array CsvRows::*member) {
  if (parts.size() == 1) return parts[0].*member;
  std::vector<std::int64_t> sizes = (parts[0].*member).shape().to_vector();
  sizes[0] = 0;
  for (const CsvRows& part : parts) sizes[0] += (part.*member).shape()[0];
  Array all = Array::uninitialized(sizes, (parts[0].*member).dtype());
  auto* out = static_cast<std::byte*>(all.mutable_data());
  for (CsvRows& part : parts) {
    const Array rows = std::move(part.*member);
    std::memcpy(out, rows.data(), rows.byte_count());
    out += rows.byte_count();
  }
  return all;
}

// Numbers the classes anew, in the order of their names.
void sort_classes(CsvTable& table) {
  std::vector<std::size_t> order(table.class_names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return table.class_names[i]; });
  std::vector<std::string> names;
  std::vector<std::int64_t> numbers(order.size());
  for (std::size_t i : order) {
    numbers[i] = std::ssize(names);
    names.push_back(table.class_names[i]);
  }
  table.class_names = std::move(names);
  for (std::int64_t& label : table.labels.mutable_values<std::int64_t>())
    label = numbers[static_cast<std::size_t>(label)];
}

}  // namespace

CsvTable read_csv(const std::filesystem::path& file, const CsvOptions& options,
                  SourceLocation where) {
  CsvReader reader(file, options, where);
  return at_users_line(where, "csv", [&] {
    const std::size_t row_size = reader.names().size() * size_of(options.dtype) +
                                 (options.label.empty() ? 0 : size_of(int64));
    const auto part_rows = static_cast<std::int64_t>(
        std::max<std::size_t>(part_size / std::max<std::size_t>(row_size, 1), 1));
    std::vector<CsvRows> parts;
    std::size_t size = 0;
    do {
      parts.push_back(reader.read(part_rows, {}));
      size += parts.back().values.byte_count() + parts.back().labels.byte_count();
      if (size > physical_memory() / 2)
        throw MemoryError(fmt::format("csv: {}: its numbers take more than half of the memory: {}",
                                      file.c_str(), bytes_text(size)));
    } while (parts.back().values.shape()[0] == part_rows);

    CsvTable table{joined(parts, &CsvRows::values), reader.names(), joined(parts, &CsvRows::labels),
                   reader.class_names()};
    if (options.class_names.empty() && !table.class_names.empty()) sort_classes(table);
    return table;
  });
}

}  // namespace gradus
