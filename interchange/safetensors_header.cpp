#include "safetensors_header.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "checked_shape.h"

namespace gradus {
namespace {

using SortedJson = nlohmann::json;

struct NamedFormat {
  std::string_view name;
  ElementFormat format;
};
constexpr NamedFormat formats[] = {
    {"BOOL", ElementFormat::b8},         {"U8", ElementFormat::u8},
    {"I8", ElementFormat::i8},           {"F8_E5M2", ElementFormat::f8_e5m2},
    {"F8_E4M3", ElementFormat::f8_e4m3}, {"I16", ElementFormat::i16},
    {"U16", ElementFormat::u16},         {"F16", ElementFormat::f16},
    {"BF16", ElementFormat::bf16},       {"I32", ElementFormat::i32},
    {"U32", ElementFormat::u32},         {"F32", ElementFormat::f32},
    {"F64", ElementFormat::f64},         {"I64", ElementFormat::i64},
    {"U64", ElementFormat::u64},         {"C64", ElementFormat::c64},
};

// What the parser waits for; where there is no text, JSON leaves no choice.
enum class Expected : std::uint8_t {
  header,
  name,
  tensor,
  field,
  dtype,
  shape,
  size,
  offsets,
  offset,
  metadata,
  key,
  text
};
constexpr std::string_view expected_texts[] = {"",
                                               "",
                                               "an object",
                                               "",
                                               "a string",
                                               "a list of sizes",
                                               "a size, 0 or more,",
                                               "a list of two offsets",
                                               "an offset, 0 or more,",
                                               "an object of strings",
                                               "",
                                               "a string"};

// Takes the parser's events. The deepest is a list in a tensor in the header: any depth of brackets
// is refused there.
class HeaderReader final : public nlohmann::json_sax<SortedJson> {
 public:
  HeaderReader(SafetensorsHeader& header, const FilePlace& file)
      : header_(header), file_(file), part_(file) {}

  bool null() override { unexpected("null"); }
  bool boolean(bool value) override { unexpected(value ? "true" : "false"); }
  bool number_float(number_float_t, const string_t& text) override { unexpected(text); }
  bool binary(binary_t&) override { unexpected("bytes"); }
  bool number_integer(number_integer_t value) override {
    if (value < 0) unexpected(std::to_string(value));
    return number_unsigned(static_cast<number_unsigned_t>(value));
  }
  bool number_unsigned(number_unsigned_t value) override;
  bool string(string_t& value) override;
  bool key(string_t& key) override;
  bool start_object(std::size_t) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t byte, const std::string&, const SortedJson::exception&) override {
    file_.refuse<DataError>("header is no JSON in UTF-8 at its byte {}", byte);
  }

 private:
  // A tensor so far.
  struct Draft {
    std::string name = {};
    const NamedFormat* format = nullptr;
    std::optional<std::vector<std::uint64_t>> sizes = {}, offsets = {};
  };

  [[noreturn]] void unexpected(std::string_view found) const {
    part_.refuse<DataError>("{}: {} where {} is expected", field_, found.substr(0, 80),
                            expected_texts[static_cast<std::size_t>(expected_)]);
  }
  bool next(Expected expected) {
    expected_ = expected;
    return true;
  }
  bool start_part(std::string_view part, Expected expected) {
    part_ = file_.within(part);
    field_ = "value";
    return next(expected);
  }
  bool start_field(std::string_view name);
  void finish_tensor();

  SafetensorsHeader& header_;
  FilePlace file_, part_;  // part_: the tensor that is read, or the metadata
  std::string field_;      // of the part, as messages name it
  Expected expected_ = Expected::header;
  Draft draft_;
  std::string* text_ = nullptr;  // of the metadata, to be read next
  bool has_metadata_ = false;
};

bool HeaderReader::number_unsigned(number_unsigned_t value) {
  if (expected_ == Expected::size)
    draft_.sizes->push_back(value);
  else if (expected_ == Expected::offset)
    draft_.offsets->push_back(value);
  else
    unexpected(std::to_string(value));
  return true;
}

bool HeaderReader::string(string_t& value) {
  if (expected_ == Expected::text) {
    *text_ = std::move(value);
    return next(Expected::key);
  }
  if (expected_ != Expected::dtype) unexpected(excerpt(value));
  draft_.format = std::ranges::find(formats, value, &NamedFormat::name);
  if (draft_.format == std::end(formats))
    part_.refuse<DataError>("unknown dtype {}", excerpt(value));
  return next(Expected::field);
}

bool HeaderReader::key(string_t& key) {
  if (expected_ == Expected::field) return start_field(key);
  if (expected_ == Expected::key) {
    field_ = excerpt(key);
    const auto [pair, is_new] = header_.metadata.try_emplace(std::move(key));
    if (!is_new) part_.refuse<DataError>("{} is there twice", field_);
    text_ = &pair->second;
    return next(Expected::text);
  }
  if (key == metadata_key) {
    if (std::exchange(has_metadata_, true))
      file_.refuse<DataError>("{} is there twice", metadata_key);
    return start_part(metadata_key, Expected::metadata);
  }
  start_part("tensor " + excerpt(key), Expected::tensor);
  draft_ = {.name = std::move(key)};
  return true;
}

bool HeaderReader::start_field(std::string_view name) {
  field_ = excerpt(name);
  const auto start = [&](bool is_there, Expected expected) {
    if (is_there) part_.refuse<DataError>("{} is there twice", field_);
    return next(expected);
  };
  if (name == "dtype") return start(draft_.format != nullptr, Expected::dtype);
  if (name == "shape") return start(draft_.sizes.has_value(), Expected::shape);
  if (name == "data_offsets") return start(draft_.offsets.has_value(), Expected::offsets);
  part_.refuse<DataError>("unknown field {}", field_);
}

bool HeaderReader::start_object(std::size_t) {
  if (expected_ == Expected::header) return next(Expected::name);
  if (expected_ == Expected::tensor) return next(Expected::field);
  if (expected_ == Expected::metadata) return next(Expected::key);
  unexpected("an object");
}

bool HeaderReader::end_object() {
  if (expected_ == Expected::field) finish_tensor();
  return next(Expected::name);
}

bool HeaderReader::start_array(std::size_t) {
  if (expected_ == Expected::shape) {
    draft_.sizes.emplace();
    return next(Expected::size);
  }
  if (expected_ != Expected::offsets) unexpected("a list");
  draft_.offsets.emplace();
  return next(Expected::offset);
}

bool HeaderReader::end_array() { return next(Expected::field); }

void HeaderReader::finish_tensor() {
  const auto expect = [&](bool is_there, std::string_view field) {
    if (!is_there) part_.refuse<DataError>("no \"{}\"", field);
  };
  expect(draft_.format != nullptr, "dtype");
  expect(draft_.sizes.has_value(), "shape");
  expect(draft_.offsets.has_value(), "data_offsets");
  const std::vector<std::uint64_t>& offsets = *draft_.offsets;
  if (offsets.size() != 2)
    part_.refuse<DataError>("{} offsets where two are expected", offsets.size());
  const std::uint64_t begin = offsets[0], end = offsets[1];
  if (begin > end) part_.refuse<DataError>("offsets [{}, {}] are reversed", begin, end);
  if (end > header_.data_size)
    part_.refuse<DataError>("offsets [{}, {}] are beyond the {} bytes of data", begin, end,
                            header_.data_size);

  const auto& [dtype, format] = *draft_.format;
  const Shape shape = checked_shape(*draft_.sizes, part_);
  // At most 2^60 elements of 8 bytes.
  const std::uint64_t size = static_cast<std::uint64_t>(shape.element_count()) * size_of(format);
  if (end - begin != size)
    part_.refuse<DataError>("offsets [{}, {}] have {} bytes, {} {} has {}", begin, end, end - begin,
                            dtype, to_text(shape), size);
  header_.entries.push_back({std::move(draft_.name), dtype, shape});
  header_.bytes.push_back({format, begin, end});
}

std::vector<std::size_t> places(std::size_t count) {
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

void sort_names(SafetensorsHeader& header, const FilePlace& file) {
  const auto name = [&](std::size_t i) -> const std::string& { return header.entries[i].name; };
  header.by_name = places(header.entries.size());
  std::ranges::sort(header.by_name, {}, name);
  const auto twice = std::ranges::adjacent_find(header.by_name, {}, name);
  if (twice != header.by_name.end())
    file.within("tensor " + excerpt(name(*twice))).refuse<DataError>("it is there twice");
}

void expect_no_gap_or_overlap(const SafetensorsHeader& header, const FilePlace& file) {
  std::vector<std::size_t> order = places(header.bytes.size());
  // What is empty comes before what begins there, too.
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::pair(header.bytes[i].begin, header.bytes[i].end);
  });
  std::uint64_t end = 0;
  for (const std::size_t i : order) {
    const std::uint64_t begin = header.bytes[i].begin;
    if (begin != end)
      file.within("tensor " + excerpt(header.entries[i].name))
          .refuse<DataError>("it begins at byte {} of the data, {} the last one's end at {}", begin,
                             begin < end ? "before" : "behind", end);
    end = header.bytes[i].end;
  }
  if (end != header.data_size)
    file.refuse<DataError>("{} bytes of data, of which tensors have {}", header.data_size, end);
}

}  // namespace

std::optional<std::size_t> SafetensorsHeader::find(std::string_view name) const {
  const auto name_of = [&](std::size_t i) -> std::string_view { return entries[i].name; };
  const auto found = std::ranges::lower_bound(by_name, name, {}, name_of);
  if (found == by_name.end() || name_of(*found) != name) return std::nullopt;
  return *found;
}

std::string_view safetensors_dtype(DType dtype) {
  constexpr std::string_view names[] = {"F32", "F64", "I32", "I64", "BOOL"};
  return names[static_cast<std::size_t>(dtype)];
}

SafetensorsHeader parse_safetensors_header(std::string_view json, std::uint64_t data_size,
                                           const FilePlace& file) {
  // The parser would take a byte order mark, blanks and lists, and read to the first NUL alone.
  if (!json.starts_with('{')) file.refuse<DataError>("header does not begin with an object");
  if (const std::size_t nul = json.find('\0'); nul != json.npos)
    file.refuse<DataError>("header is no JSON in UTF-8 at its byte {}", nul + 1);
  SafetensorsHeader header;
  header.data_size = data_size;
  HeaderReader reader(header, file);
  SortedJson::sax_parse(json, &reader);
  sort_names(header, file);
  expect_no_gap_or_overlap(header, file);
  return header;
}

}  // namespace gradus
