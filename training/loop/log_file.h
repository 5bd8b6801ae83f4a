// The files of csv_log() and tensorboard_log().
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gradus/source_location.h>

namespace gradus {

using NamedNumbers = std::vector<std::pair<std::string, double>>;

// A file that grows, and can be read while it does. FileError.
class LogFile {
 public:
  // Replaces what was there, and makes the folders above it.
  LogFile(std::filesystem::path path, SourceLocation where);
  void append(std::string_view bytes);

 private:
  [[noreturn]] void refuse() const;

  struct Closing {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  SourceLocation where_;
  std::unique_ptr<std::FILE, Closing> file_;
};

class CsvLogFile {
 public:
  CsvLogFile(const std::filesystem::path& path, SourceLocation where) : file_(path, where) {}
  // The names of the first line stay the columns.
  void write(std::int64_t epoch, const NamedNumbers& numbers);

 private:
  LogFile file_;
  std::vector<std::string> columns_;
};

// TensorFlow's event file: records of a length, its checksum, bytes, and theirs; each holds a
// message Event (tensorflow/core/util/event.proto, tensorflow/core/lib/io/record_writer.h).
class TensorboardLogFile {
 public:
  TensorboardLogFile(const std::filesystem::path& folder, SourceLocation where);
  void write(std::int64_t epoch, const NamedNumbers& numbers);

 private:
  void append_record(std::string_view event);

  LogFile file_;
};

}  // namespace gradus
