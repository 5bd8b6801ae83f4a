#include "csv_fields.h"

#include <cstring>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/one_line.h"
#include "core/utf8.h"

namespace gradus {
namespace {

constexpr std::size_t first_buffer = std::size_t{1} << 16;
// A file that is no CSV can be one field from end to end.
constexpr std::size_t max_field = std::size_t{1} << 20;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

std::string shown(std::string_view text) {
  constexpr std::size_t most = 40;
  std::size_t size = 0;
  while (size < text.size() && size < most)
    size += std::max<std::size_t>(utf8_length(text.substr(size)), 1);
  return fmt::format("\"{}{}\"", one_line(text.substr(0, size)), size < text.size() ? "..." : "");
}

CsvFields::CsvFields(const std::filesystem::path& file, char separator)
    : source_("csv", file), file_(file.string()), separator_(separator), bytes_(first_buffer) {
  for (char c : {separator, '"', '\r', '\n', '\0'})
    ends_plain_[static_cast<unsigned char>(c)] = true;
  fill();
  if (std::string_view(bytes_.data(), end_).starts_with(byte_order_mark)) {
    position_ = byte_order_mark.size();
    line_begin_ = std::ssize(byte_order_mark);
  }
}

bool CsvFields::next() {
  if (is_last_of_row_ && !begin_row()) return false;
  begin_ = position_;
  field_ = here();
  if (peek() == '"')
    read_quoted();
  else
    read_plain();
  end_field();
  return true;
}

void CsvFields::expect_utf8() const {
  for (std::string_view rest = text(); !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0) refuse(fmt::format("{} is no UTF-8", shown(text())));
    rest.remove_prefix(length);
  }
}

// Passes over empty lines; false at the end of the file.
bool CsvFields::begin_row() {
  begin_ = position_;
  const Place first = here();
  for (int c = peek(); c == '\r' || c == '\n'; c = peek()) {
    end_line();
    begin_ = position_;
  }
  if (peek() < 0) return false;
  if (here().line != first.line) refuse("a line is empty", first);
  return true;
}

void CsvFields::read_plain() {
  do {
    while (position_ < end_ && !ends_plain_[static_cast<unsigned char>(bytes_[position_])])
      ++position_;
  } while (position_ == end_ && fill());
  text_offset_ = 0;
  text_size_ = position_ - begin_;
  if (peek() == '"') refuse("a quote stands in a field that does not begin with one", here());
}

// The text moves up as doubled quotes become single ones.
void CsvFields::read_quoted() {
  text_offset_ = 1;
  text_size_ = 0;
  ++position_;
  for (;;) {
    const int c = peek();
    if (c < 0) refuse("a quote is not closed");
    if (c == 0) refuse("a NUL byte", here());
    ++position_;
    if (c == '"') {
      if (peek() != '"') return;
      ++position_;
    } else if (c == '\n' || (c == '\r' && peek() != '\n')) {
      count_line();
    }
    bytes_[begin_ + text_offset_ + text_size_++] = static_cast<char>(c);
  }
}

void CsvFields::end_field() {
  const int c = peek();
  is_last_of_row_ = c != static_cast<unsigned char>(separator_);
  if (!is_last_of_row_) {
    ++position_;
  } else if (c == '\r' || c == '\n') {
    end_line();
  } else if (c == 0) {
    refuse("a NUL byte", here());
  } else if (c > 0) {
    refuse("a field goes on after its closing quote", here());
  }
}

void CsvFields::end_line() {
  if (bytes_[position_++] == '\r' && peek() == '\n') ++position_;
  count_line();
}

void CsvFields::count_line() {
  ++line_;
  line_begin_ = static_cast<std::int64_t>(position_);
}

int CsvFields::peek() {
  if (position_ == end_ && !fill()) return -1;
  return static_cast<unsigned char>(bytes_[position_]);
}

bool CsvFields::fill() {
  std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
  position_ -= begin_;
  end_ -= begin_;
  line_begin_ -= static_cast<std::int64_t>(begin_);
  begin_ = 0;
  if (end_ >= max_field) refuse(fmt::format("a field is longer than {} bytes", max_field));
  if (end_ == bytes_.size()) bytes_.resize(2 * bytes_.size());
  const std::size_t count =
      source_.read({reinterpret_cast<unsigned char*>(bytes_.data()) + end_, bytes_.size() - end_});
  end_ += count;
  return count > 0;
}

CsvFields::Place CsvFields::here() const {
  return {line_, static_cast<std::int64_t>(position_) - line_begin_ + 1};
}

void CsvFields::refuse(std::string_view what, Place place) const {
  throw DataError(fmt::format("csv: {}:{}:{}: {}", file_.c_str(), place.line, place.column, what));
}

}  // namespace gradus
