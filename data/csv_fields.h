// The fields of a CSV file (RFC 4180) from its first to its last, with one of them in memory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "byte_source.h"

namespace gradus {

// Rows end with LF, CRLF or CR; a byte order mark of UTF-8 before the first is passed over, and so
// are empty lines after the last. DataError for what is no CSV.
class CsvFields {
 public:
  CsvFields(const std::filesystem::path& file, char separator);

  // Goes to the next field; false after the last one of the file.
  bool next();

  // Without its quotes; valid until next() is called.
  std::string_view text() const { return {bytes_.data() + begin_ + text_offset_, text_size_}; }
  bool is_last_of_row() const { return is_last_of_row_; }
  // Refuses the field if it is no UTF-8.
  void expect_utf8() const;

  // "csv: file:3:7: what", at the field's first byte. Lines and columns count from 1.
  [[noreturn]] void refuse(std::string_view what) const { refuse(what, field_); }
  // "csv: file: what"
  std::string message(std::string_view what) const { return source_.message(what); }

 private:
  struct Place {
    std::int64_t line, column;
  };

  [[noreturn]] void refuse(std::string_view what, Place place) const;
  bool begin_row();
  void read_plain();
  void read_quoted();
  void end_field();
  void end_line();
  void count_line();
  // The next byte, or -1 at the end of the file.
  int peek();
  // Reads more, and keeps the bytes from begin_ on: what lies in bytes_ moves.
  bool fill();
  Place here() const;

  ByteSource source_;
  std::string file_;
  char separator_;
  std::array<bool, 256> ends_plain_{};  // bytes that an unquoted field cannot have

  std::vector<char> bytes_;
  std::size_t begin_ = 0;     // of the field
  std::size_t position_ = 0;  // of the next byte
  std::size_t end_ = 0;       // of what was read
  std::size_t text_offset_ = 0, text_size_ = 0;
  bool is_last_of_row_ = true;

  std::int64_t line_ = 1;
  std::int64_t line_begin_ = 0;  // where it began in bytes_; negative if that was moved away
  Place field_{1, 1};
};

// A field's text for a message: in quotes, on one line, cut if it is long.
std::string shown(std::string_view text);

}  // namespace gradus
