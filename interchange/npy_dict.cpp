#include "npy_dict.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace gradus {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class DictReader {
 public:
  DictReader(std::string_view text, const FilePlace& place) : text_(text), place_(place) {}

  NpyDict read();

 private:
  // The next character that is no blank, or NUL at the end (which no dict has elsewhere).
  char peek();
  bool take(char c);
  void expect(char c) {
    if (!take(c)) unexpected(fmt::format("'{}'", c));
  }
  [[noreturn]] void unexpected(std::string_view expected) const {
    place_.refuse<DataError>("header: expected {} at byte {} of its dict", expected, at_ + 1);
  }
  bool take_word(std::string_view word);

  std::string_view string();
  bool boolean();
  std::uint64_t integer();
  std::vector<std::uint64_t> tuple();

  std::string_view text_;
  const FilePlace& place_;
  std::size_t at_ = 0;
};

char DictReader::peek() {
  at_ = std::min(text_.find_first_not_of(" \t\n\r\f", at_), text_.size());
  return at_ < text_.size() ? text_[at_] : '\0';
}

bool DictReader::take(char c) {
  if (peek() != c) return false;
  ++at_;
  return true;
}

bool DictReader::take_word(std::string_view word) {
  peek();
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

std::string_view DictReader::string() {
  const char quote = peek();
  if (quote != '\'' && quote != '"') unexpected("a string");
  const std::size_t first = ++at_;
  at_ = text_.find_first_of(quote == '"' ? "\"\\\n" : "'\\\n", first);
  if (at_ >= text_.size() || text_[at_] != quote) {
    at_ = first - 1;
    unexpected("a string without escapes");
  }
  return text_.substr(first, at_++ - first);
}

bool DictReader::boolean() {
  if (take_word("True")) return true;
  if (take_word("False")) return false;
  unexpected("True or False");
}

std::uint64_t DictReader::integer() {
  if (!is_digit(peek())) unexpected("a size");
  const std::size_t first = at_;
  std::uint64_t value = 0;
  for (; at_ < text_.size() && is_digit(text_[at_]); ++at_)
    if (__builtin_mul_overflow(value, 10, &value) ||
        __builtin_add_overflow(value, static_cast<std::uint64_t>(text_[at_] - '0'), &value)) {
      at_ = first;
      unexpected("a size below 2^64");
    }
  if (at_ < text_.size() && text_[at_] == 'L') ++at_;
  return value;
}

std::vector<std::uint64_t> DictReader::tuple() {
  expect('(');
  std::vector<std::uint64_t> values;
  while (!take(')')) {
    values.push_back(integer());
    if (take(',')) continue;
    // In Python (3) is a number, and (3,) a tuple.
    if (values.size() == 1) unexpected("','");
    expect(')');
    break;
  }
  return values;
}

NpyDict DictReader::read() {
  NpyDict dict;
  std::vector<std::string_view> keys;
  expect('{');
  while (!take('}')) {
    const std::string_view key = string();
    if (std::ranges::count(keys, key) > 0)
      place_.refuse<DataError>("header: key {} is there twice", excerpt(key));
    keys.push_back(key);
    expect(':');
    if (key == "descr")
      dict.descr = string();
    else if (key == "fortran_order")
      dict.is_fortran = boolean();
    else if (key == "shape")
      dict.shape = tuple();
    else
      place_.refuse<DataError>("header: unknown key {}", excerpt(key));
    if (take(',')) continue;
    expect('}');
    break;
  }
  peek();
  if (at_ < text_.size()) unexpected("the end");
  for (const std::string_view key : {"descr", "fortran_order", "shape"})
    if (std::ranges::count(keys, key) == 0) place_.refuse<DataError>("header: no key \"{}\"", key);
  return dict;
}

}  // namespace

NpyDict parse_npy_dict(std::string_view text, const FilePlace& place) {
  return DictReader(text, place).read();
}

}  // namespace gradus
