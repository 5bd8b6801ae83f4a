#include <zip.h>

#include <array>
#include <memory>
#include <new>
#include <set>
#include <utility>

#include <gradus/file.h>
#include <gradus/npy.h>

#include "core/input_file.h"
#include "core/memory.h"
#include "core/utf8.h"
#include "file_place.h"
#include "npy_format.h"

namespace gradus {
namespace {

constexpr std::string_view suffix = ".npy";
constexpr std::size_t max_name_size = 0xFFFF;

[[noreturn]] void refuse_zip(zip_error_t& error, const FilePlace& place) {
  if (zip_error_code_zip(&error) == ZIP_ER_MEMORY) throw std::bad_alloc();
  if (zip_error_code_zip(&error) == ZIP_ER_EXISTS)
    place.refuse<DataError>("zip: a member is there twice");
  place.refuse<DataError>("zip: {}", zip_error_strerror(&error));
}

// The library's objects, freed by its own functions.
struct Free {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};
using Archive = std::unique_ptr<zip_t, Free>;
using Source = std::unique_ptr<zip_source_t, Free>;
using Member = std::unique_ptr<zip_file_t, Free>;

struct ZipError : zip_error_t {
  ZipError() { zip_error_init(this); }
  ~ZipError() { zip_error_fini(this); }
  ZipError(const ZipError&) = delete;
  ZipError& operator=(const ZipError&) = delete;
};

Source source_of(std::span<const zip_buffer_fragment_t> pieces, const FilePlace& place) {
  ZipError error;
  Source source(zip_source_buffer_fragment_create(pieces.data(), pieces.size(), 0, &error));
  if (source == nullptr) refuse_zip(error, place);
  return source;
}

// The archive keeps the source, too.
Archive open_archive(zip_source_t* source, int flags, const FilePlace& place) {
  ZipError error;
  zip_source_keep(source);
  Archive archive(zip_open_from_source(source, flags, &error));
  if (archive == nullptr) {
    zip_source_free(source);
    refuse_zip(error, place);
  }
  return archive;
}

zip_buffer_fragment_t fragment(std::span<const std::byte> bytes) {
  // The library writes into no source that it reads.
  auto* data = reinterpret_cast<zip_uint8_t*>(const_cast<std::byte*>(bytes.data()));
  return {data, bytes.size()};
}

FilePlace member_place(const FilePlace& file, std::string_view name) {
  return file.within("member " + excerpt(name));
}

struct MemberFacts {
  std::string name;  // without the suffix
  std::uint64_t size;
};

// All that can be known of the members before one is unpacked.
std::vector<MemberFacts> check_members(zip_t* archive, std::uint64_t file_size,
                                       const FilePlace& place) {
  std::vector<MemberFacts> members;
  std::uint64_t packed = 0, unpacked = 0;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_uint64_t i = 0; std::cmp_less(i, count); ++i) {
    zip_stat_t about;
    if (zip_stat_index(archive, i, 0, &about) != 0) refuse_zip(*zip_get_error(archive), place);
    std::string name(about.name);
    const FilePlace member = member_place(place, name);
    if (!name.ends_with(suffix)) member.refuse<DataError>("its name does not end with .npy");
    if (about.encryption_method != ZIP_EM_NONE) member.refuse<DataError>("it is encrypted");
    if (about.comp_method != ZIP_CM_STORE && about.comp_method != ZIP_CM_DEFLATE)
      member.refuse<DataError>("it is neither stored nor deflated, but of method {}",
                               about.comp_method);

    // Members that share bytes would unfold them more than once.
    if (about.comp_size > file_size - packed)
      member.refuse<DataError>("members have more bytes than the file, which has {}", file_size);
    packed += about.comp_size;
    // Deflate's densest code is 258 bytes in two bits.
    const bool is_stored = about.comp_method == ZIP_CM_STORE;
    if (is_stored ? about.size != about.comp_size : about.size / 1032 > about.comp_size)
      member.refuse<DataError>("{} bytes cannot unfold to {}", about.comp_size, about.size);
    unpacked += about.size;
    if (unpacked > physical_memory())
      member.refuse<MemoryError>("no memory for all members up to it ({})", bytes_text(unpacked));
    name.resize(name.size() - suffix.size());
    members.push_back({std::move(name), about.size});
  }
  return members;
}

Array read_member(zip_t* archive, zip_uint64_t index, std::uint64_t size, const NpyOptions& options,
                  const FilePlace& place) {
  const Member member(zip_fopen_index(archive, index, 0));
  if (member == nullptr) refuse_zip(*zip_get_error(archive), place);
  const auto read_some = [&](std::span<std::byte> out) {
    const zip_int64_t count = zip_fread(member.get(), out.data(), out.size());
    if (count < 0) refuse_zip(*zip_file_get_error(member.get()), place);
    return static_cast<std::size_t>(count);
  };
  const auto read_next = [&](std::span<std::byte> out) {
    while (!out.empty()) {
      const std::size_t count = read_some(out);
      if (count == 0) place.refuse<DataError>("it unfolds to less than {} bytes", size);
      out = out.subspan(count);
    }
  };
  Array array = read_npy_array(size, read_next, options, place);
  // At the end the checksum is compared, too.
  std::byte more{};
  if (read_some({&more, 1}) != 0) place.refuse<DataError>("it unfolds to more than {} bytes", size);
  return array;
}

void check_member_names(std::span<const NamedArray> arrays, const FilePlace& place) {
  std::set<std::string_view> names;
  for (const NamedArray& array : arrays) {
    const FilePlace member = member_place(place, array.name);
    if (array.name.empty()) member.refuse<DataError>("its name is empty");
    if (!is_utf8(array.name)) member.refuse<DataError>("its name is no UTF-8");
    if (array.name.find('\0') != std::string::npos) member.refuse<DataError>("its name has a NUL");
    if (array.name.size() + suffix.size() > max_name_size)
      member.refuse<DataError>("its name has {} bytes, at most {} are possible", array.name.size(),
                               max_name_size - suffix.size());
    if (!names.insert(array.name).second) member.refuse<DataError>("it is there twice");
  }
}

void add_member(zip_t* archive, const NamedArray& array, std::string_view header, bool compress,
                const FilePlace& place) {
  const std::array pieces{
      fragment(std::as_bytes(std::span(header))),
      fragment({static_cast<const std::byte*>(array.value.data()), array.value.byte_count()})};
  Source source = source_of(pieces, place);
  const zip_int64_t added = zip_file_add(archive, (array.name + std::string(suffix)).c_str(),
                                         source.get(), ZIP_FL_ENC_UTF_8);
  if (added < 0) refuse_zip(*zip_get_error(archive), place);
  static_cast<void>(source.release());  // the archive's now
  const auto index = static_cast<zip_uint64_t>(added);
  const zip_int32_t method = compress ? ZIP_CM_DEFLATE : ZIP_CM_STORE;
  constexpr zip_uint16_t first_of_january_1980 = 1 << 5 | 1;
  if (zip_set_file_compression(archive, index, method, 0) != 0 ||
      zip_file_set_dostime(archive, index, 0, first_of_january_1980, 0) != 0)
    refuse_zip(*zip_get_error(archive), place);
}

std::vector<std::byte> contents_of(zip_source_t* source, const FilePlace& place) {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_source_stat(source, &about) != 0 || zip_source_open(source) != 0)
    refuse_zip(*zip_source_error(source), place);
  std::vector<std::byte> bytes(about.size);
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (!std::cmp_equal(count, bytes.size())) refuse_zip(*zip_source_error(source), place);
  return bytes;
}

}  // namespace

void write_npz(const std::filesystem::path& path, std::span<const NamedArray> arrays,
               const NpzOptions& options, SourceLocation where) try {
  const FilePlace place(fmt::format("npz: {}", path.c_str()), where);
  check_member_names(arrays, place);
  // The library writes no archive without members: this is its end alone.
  std::vector<std::byte> bytes{std::byte{'P'}, std::byte{'K'}, std::byte{5}, std::byte{6}};
  bytes.resize(22);
  if (!arrays.empty()) {
    const Source source = source_of({}, place);
    Archive archive = open_archive(source.get(), ZIP_CREATE | ZIP_TRUNCATE, place);
    std::vector<std::string> headers;  // as long as the archive
    headers.reserve(arrays.size());
    for (const NamedArray& array : arrays)
      add_member(archive.get(), array, headers.emplace_back(npy_header(array.value)),
                 options.compress, member_place(place, array.name));
    if (zip_close(archive.get()) != 0) refuse_zip(*zip_get_error(archive.get()), place);
    static_cast<void>(archive.release());  // closed
    bytes = contents_of(source.get(), place);
  }
  const std::span<const std::byte> whole(bytes);
  write_file(path, {&whole, 1}, where);
} catch (const std::bad_alloc&) {
  refuse_memory("npz", path, where);
}

std::vector<NamedArray> read_npz(const std::filesystem::path& path, const NpyOptions& options,
                                 SourceLocation where) try {
  const InputFile file(path, "npz", where);
  const FilePlace place(file.name(), where);
  // The library would take it for a new archive.
  if (file.size() == 0) place.refuse<DataError>("it is empty");
  const zip_buffer_fragment_t whole = fragment(file.bytes());
  const Source source = source_of({&whole, 1}, place);
  const Archive archive = open_archive(source.get(), ZIP_RDONLY | ZIP_CHECKCONS, place);
  std::vector<NamedArray> arrays;
  for (auto& [name, size] : check_members(archive.get(), file.size(), place)) {
    Array value =
        read_member(archive.get(), arrays.size(), size, options, member_place(place, name));
    arrays.push_back({std::move(name), std::move(value)});
  }
  return arrays;
} catch (const std::bad_alloc&) {
  refuse_memory("npz", path, where);
}

}  // namespace gradus
