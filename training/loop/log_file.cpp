#include "log_file.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <chrono>
#include <system_error>

#include <fmt/format.h>

#include "core/throw_at.h"
#include "interchange/crc32c.h"

namespace gradus {
namespace {

std::string csv_field(const std::string& text) {
  if (text.find_first_of("\",\n\r") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

// The wire format of protocol buffers: a tag, which is number of the field and kind of its value,
// before each value.
constexpr std::uint64_t varint = 0, fixed_64 = 1, text = 2, fixed_32 = 5;

std::string varint_of(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
template <class T>
std::string little_endian(T value) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof value; ++i) bytes += static_cast<char>(value >> 8 * i);
  return bytes;
}
std::string tag(std::uint64_t field, std::uint64_t kind) { return varint_of(field << 3 | kind); }
std::string text_field(std::uint64_t field, std::string_view value) {
  return tag(field, text) + varint_of(value.size()) + std::string(value);
}

double unix_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string event_at(double seconds) {
  return tag(1, fixed_64) + little_endian(std::bit_cast<std::uint64_t>(seconds));
}

std::string masked_sum(std::string_view bytes) {
  const std::uint32_t sum = crc32c(std::as_bytes(std::span(bytes)));
  return little_endian((sum >> 15 | sum << 17) + 0xa282ead8U);
}

}  // namespace

LogFile::LogFile(std::filesystem::path path, SourceLocation where)
    : path_(std::move(path)), where_(where) {
  std::error_code error;
  if (path_.has_parent_path()) std::filesystem::create_directories(path_.parent_path(), error);
  file_.reset(std::fopen(path_.c_str(), "we"));
  if (!file_) refuse();
}

void LogFile::append(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size() ||
      std::fflush(file_.get()) != 0)
    refuse();
}

void LogFile::refuse() const {
  throw_at<FileError>(where_, "fit: file \"{}\" cannot be written: {}", path_.string(),
                      std::generic_category().message(errno));
}

void CsvLogFile::write(std::int64_t epoch, const NamedNumbers& numbers) {
  std::string lines;
  if (columns_.empty()) {
    lines = "epoch";
    for (const auto& [name, number] : numbers) {
      columns_.push_back(name);
      lines += "," + csv_field(name);
    }
    lines += "\n";
  }
  lines += std::to_string(epoch);
  for (const std::string& column : columns_) {
    lines += ",";
    const auto its = std::ranges::find(numbers, column, &NamedNumbers::value_type::first);
    if (its != numbers.end()) lines += fmt::format("{}", its->second);
  }
  file_.append(lines + "\n");
}

TensorboardLogFile::TensorboardLogFile(const std::filesystem::path& folder, SourceLocation where)
    : file_(folder / fmt::format("events.out.tfevents.{:.6f}.{}", unix_seconds(), getpid()),
            where) {
  append_record(event_at(unix_seconds()) + text_field(3, "brain.Event:2"));
}

void TensorboardLogFile::write(std::int64_t epoch, const NamedNumbers& numbers) {
  std::string summary;
  for (const auto& [name, number] : numbers) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(number));
    summary += text_field(1, text_field(1, name) + tag(2, fixed_32) + little_endian(bits));
  }
  append_record(event_at(unix_seconds()) + tag(2, varint) +
                varint_of(static_cast<std::uint64_t>(epoch)) + text_field(5, summary));
}

void TensorboardLogFile::append_record(std::string_view event) {
  const std::string length = little_endian(std::uint64_t{event.size()});
  file_.append(length + masked_sum(length) + std::string(event) + masked_sum(event));
}

}  // namespace gradus
