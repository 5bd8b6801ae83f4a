#include <gradus/safetensors.h>

#include <algorithm>
#include <array>
#include <bit>
#include <new>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <gradus/file.h>

#include "core/input_file.h"
#include "core/utf8.h"
#include "file_place.h"
#include "safetensors_header.h"

namespace gradus {
namespace {

constexpr std::string_view prefix = "safetensors";

// The header's length is 8 bytes, the lowest first.
constexpr std::uint64_t length_size = 8;

std::string header_text(const InputFile& file, SourceLocation where) {
  const FilePlace place(file.name(), where);
  if (file.size() < length_size)
    place.refuse<DataError>("{} bytes, where the header's length takes {}", file.size(),
                            length_size);
  std::array<std::byte, length_size> first{};
  file.read(0, first, where);
  const auto length = std::bit_cast<std::uint64_t>(first);
  if (length > max_safetensors_header)
    place.refuse<DataError>("header of {} bytes, at most {} are possible", length,
                            max_safetensors_header);
  if (length > file.size() - length_size)
    place.refuse<DataError>("header of {} bytes, of which there are {}", length,
                            file.size() - length_size);
  std::string text(length, '\0');
  file.read(length_size, std::as_writable_bytes(std::span(text)), where);
  return text;
}

SafetensorsHeader read_header(const InputFile& file, SourceLocation where) {
  const std::string text = header_text(file, where);
  return parse_safetensors_header(text, file.size() - length_size - text.size(),
                                  {file.name(), where});
}

// As JSON. The text is UTF-8.
std::string json_text(const std::string& text) { return nlohmann::json(text).dump(); }

void check_tensor_names(std::span<const NamedArray> arrays, const FilePlace& place) {
  std::set<std::string_view> names;
  for (const NamedArray& array : arrays) {
    const FilePlace tensor = place.within("tensor " + excerpt(array.name));
    if (!is_utf8(array.name)) tensor.refuse<DataError>("its name is no UTF-8");
    if (array.name == metadata_key)
      tensor.refuse<DataError>("the format has other use for the name");
    if (!names.insert(array.name).second) tensor.refuse<DataError>("it is there twice");
  }
}

void check_metadata(const std::map<std::string, std::string>& metadata, const FilePlace& place) {
  for (const auto& [key, text] : metadata)
    if (!is_utf8(key) || !is_utf8(text))
      place.within(metadata_key).refuse<DataError>("{} is no UTF-8", excerpt(key));
}

// Without the length. begins[i] is where arrays[i] begins.
std::string header_of(std::span<const NamedArray> arrays, std::span<const std::size_t> begins,
                      const std::map<std::string, std::string>& metadata) {
  std::string text = "{";
  if (!metadata.empty())
    text += fmt::format("\"{}\":{},", metadata_key, nlohmann::json(metadata).dump());
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const Array& value = arrays[i].value;
    const Shape& shape = value.shape();
    text += fmt::format(R"({}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}},)",
                        json_text(arrays[i].name), safetensors_dtype(value.dtype()),
                        fmt::join(shape.begin(), shape.end(), ","), begins[i],
                        begins[i] + value.byte_count());
  }
  if (text.ends_with(',')) text.pop_back();
  text += "}";
  // The data begin at a multiple of 8.
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

}  // namespace

struct SafetensorsFile::Contents {
  Contents(const std::filesystem::path& path, SourceLocation where)
      : file(path, prefix, where), header(read_header(file, where)) {}

  InputFile file;
  SafetensorsHeader header;
};

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path, SourceLocation where) try
    : contents_(std::make_shared<const Contents>(path, where)) {
} catch (const std::bad_alloc&) {
  refuse_memory(prefix, path, where);
}

const std::map<std::string, std::string>& SafetensorsFile::metadata() const {
  return contents_->header.metadata;
}
std::span<const SafetensorsFile::Entry> SafetensorsFile::entries() const {
  return contents_->header.entries;
}
bool SafetensorsFile::contains(std::string_view name) const {
  return contents_->header.find(name).has_value();
}

Array SafetensorsFile::read(std::string_view name, const SafetensorsOptions& options,
                            SourceLocation where) const {
  const auto& [file, header] = *contents_;
  const std::optional<std::size_t> i = header.find(name);
  const FilePlace tensor = FilePlace(file.name(), where).within("tensor " + excerpt(name));
  if (!i) tensor.refuse<DataError>("there is none");
  const Entry& entry = header.entries[*i];
  const ElementFormat format = header.bytes[*i].format;
  const DType dtype = dtype_of(format, entry.dtype, options.widen, tensor);
  std::uint64_t offset = file.size() - header.data_size + header.bytes[*i].begin;
  const auto read_next = [&, &from = file](std::span<std::byte> out) {
    from.read(offset, out, where);
    offset += out.size();
  };
  return read_elements(format, false, entry.shape, dtype, read_next, tensor);
}

std::vector<NamedArray> read_safetensors(const std::filesystem::path& path,
                                         const SafetensorsOptions& options,
                                         SourceLocation where) try {
  const SafetensorsFile file(path, where);
  std::vector<NamedArray> arrays;
  arrays.reserve(file.entries().size());
  for (const SafetensorsFile::Entry& entry : file.entries())
    arrays.push_back({entry.name, file.read(entry.name, options, where)});
  return arrays;
} catch (const std::bad_alloc&) {
  refuse_memory(prefix, path, where);
}

void write_safetensors(const std::filesystem::path& path, std::span<const NamedArray> arrays,
                       const std::map<std::string, std::string>& metadata,
                       SourceLocation where) try {
  const FilePlace place(fmt::format("{}: {}", prefix, path.c_str()), where);
  check_tensor_names(arrays, place);
  check_metadata(metadata, place);

  std::vector<std::span<const std::byte>> pieces(2);
  std::vector<std::size_t> begins(arrays.size());
  std::size_t end = 0;
  // Large elements come first, so that each array lies at a multiple of its element's size.
  for (const std::size_t size : {8U, 4U, 1U})
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const Array& value = arrays[i].value;
      if (size_of(value.dtype()) != size) continue;
      begins[i] = end;
      end += value.byte_count();
      pieces.emplace_back(static_cast<const std::byte*>(value.data()), value.byte_count());
    }

  const std::string header = header_of(arrays, begins, metadata);
  if (header.size() > max_safetensors_header)
    place.refuse<DataError>("header of {} bytes, at most {} are possible", header.size(),
                            max_safetensors_header);
  const auto length =
      std::bit_cast<std::array<std::byte, length_size>>(std::uint64_t{header.size()});
  pieces[0] = length;
  pieces[1] = std::as_bytes(std::span(header));
  write_file(path, pieces, where);
} catch (const std::bad_alloc&) {
  refuse_memory(prefix, path, where);
}

}  // namespace gradus
