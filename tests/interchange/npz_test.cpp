#include <gradus/npy.h>

#include <zip.h>
#include <zlib.h>

#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

const std::string one_bool_npy =
    npy_bytes("{'descr': '|b1', 'fortran_order': False, 'shape': (1,)}", "\1");

// A zip of these files, which are stored; `change` may do something to the archive before.
template <class Change>
std::string zip_bytes(const std::vector<std::pair<std::string, std::string>>& files,
                      Change change) {
  const TestFolder folder;
  const std::string path = (folder / "z").string();
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  for (const auto& [name, bytes] : files) {
    zip_source_t* source = zip_source_buffer(archive, bytes.data(), bytes.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  change(archive);
  if (zip_close(archive) != 0) ADD_FAILURE() << zip_strerror(archive);
  return contents(path);
}
std::string zip_bytes(const std::vector<std::pair<std::string, std::string>>& files) {
  return zip_bytes(files, [](zip_t*) {});
}

// All places of a text are written over with another of the same length.
std::string replaced(std::string bytes, const std::string& from, const std::string& to) {
  for (std::size_t at = bytes.find(from); at != bytes.npos; at = bytes.find(from, at + to.size()))
    bytes.replace(at, to.size(), to);
  return bytes;
}

TEST(Npz, keeps_every_array_its_bits_its_name_and_its_place) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays = random_arrays();
  for (const bool compress : {false, true}) {
    write_npz(folder / "a.npz", arrays, {.compress = compress});
    EXPECT_EQ(read_npz(folder / "a.npz"), arrays);
  }
}

TEST(Npz, may_be_empty) {
  const TestFolder folder;
  write_npz(folder / "a.npz", {});
  EXPECT_EQ(std::filesystem::file_size(folder / "a.npz"), 22U);
  EXPECT_TRUE(read_npz(folder / "a.npz").empty());
}

TEST(Npz, has_names_of_any_characters_but_nul) {
  const TestFolder folder;
  std::vector<NamedArray> arrays;
  for (const std::string& name :
       {std::string("/etc/passwd"), std::string("../x"), std::string("line\nend"),
        std::string("a.npy"), std::string("\u00e9\U0001F600"), std::string(65'531, 'x')})
    arrays.push_back({name, Array(1)});
  write_npz(folder / "a.npz", arrays);
  EXPECT_EQ(read_npz(folder / "a.npz"), arrays);
}

TEST(Npz, is_smaller_if_it_is_compressed) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays{{"zeros", Array::zeros({1000, 1000})}};
  write_npz(folder / "stored.npz", arrays);
  write_npz(folder / "deflated.npz", arrays, {.compress = true});
  EXPECT_GT(std::filesystem::file_size(folder / "stored.npz"), 4'000'000U);
  EXPECT_LT(std::filesystem::file_size(folder / "deflated.npz"), 10'000U);
  EXPECT_EQ(read_npz(folder / "deflated.npz"), arrays);
}

TEST(Npz, has_the_same_bytes_at_any_time_and_place) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays{{"a", Array(1)}};
  write_npz(folder / "a.npz", arrays);
  const std::string bytes = contents(folder / "a.npz");
  // Midnight of the first of January 1980, the first of a zip's days.
  EXPECT_EQ(bytes.substr(10, 4), std::string("\0\0\x21\0", 4));
}

template <class E = DataError>
std::string refusal(const std::string& bytes, const NpyOptions& options = {}) {
  const TestFolder folder;
  const std::string path = folder.write("a.npz", bytes);
  return without_path(error_text<E>([&] { read_npz(path, options); }), path);
}

TEST(NpzErrors, name_path_and_line) {
  const TestFolder folder;
  const std::string path = folder.write("a.npz", "");
  EXPECT_EQ(error_text_here<DataError>([&] { read_npz(path); }),
            "npz: " + path + ": it is empty\n  at  here");
  EXPECT_EQ(error_text_here<FileError>([&] { read_npz("no/such/file"); }),
            "npz: no/such/file: No such file or directory\n  at  here");
  EXPECT_EQ(error_text_here<FileError>([&] { write_npz("no/such/file", {}); }),
            "file \"no/such/file\" cannot be written: No such file or directory\n  at  here");
}

TEST(NpzErrors, of_what_is_no_zip) {
  EXPECT_EQ(refusal("P"), "zip: Not a zip archive");
  EXPECT_EQ(refusal(one_bool_npy), "zip: Not a zip archive");
  EXPECT_EQ(refusal(zip_bytes({{"a.npy", one_bool_npy}}).substr(1)),
            "zip: Zip archive inconsistent");
}

TEST(NpzErrors, of_members) {
  EXPECT_EQ(refusal(zip_bytes({{"a.txt", "x"}})),
            "member \"a.txt\": its name does not end with .npy");
  EXPECT_EQ(refusal(zip_bytes({{"a.npy", "x"}})), "member \"a\": header is cut: 1 bytes of 6");
  EXPECT_EQ(refusal(zip_bytes({{"a.npy", one_bool_npy + "\1"}})),
            "member \"a\": payload is long: 2 bytes of 1 for [1]");
  EXPECT_EQ(
      refusal<DTypeError>(zip_bytes(
          {{"a.npy", npy_bytes("{'descr': '|O', 'fortran_order': False, 'shape': ()}", "x")}})),
      "member \"a\": \"|O\" is no dtype of Gradus, and none has all its values");
  const std::string twice =
      replaced(zip_bytes({{"a.npy", one_bool_npy}, {"b.npy", one_bool_npy}}), "b.npy", "a.npy");
  EXPECT_EQ(refusal(twice), "zip: a member is there twice");
}

TEST(NpzErrors, of_encrypted_members) {
  EXPECT_EQ(refusal(zip_bytes({{"a.npy", one_bool_npy}},
                              [](zip_t* archive) {
                                zip_file_set_encryption(archive, 0, ZIP_EM_AES_128, "secret");
                              })),
            "member \"a.npy\": it is encrypted");
}

TEST(NpzErrors, of_other_methods) {
  EXPECT_EQ(refusal(zip_bytes(
                {{"a.npy", std::string(1000, 'x')}},
                [](zip_t* archive) { zip_set_file_compression(archive, 0, ZIP_CM_BZIP2, 0); })),
            "member \"a.npy\": it is neither stored nor deflated, but of method 12");
}

TEST(NpzErrors, of_a_checksum) {
  const std::string bytes = zip_bytes({{"a.npy", one_bool_npy}});
  std::string changed = bytes;
  changed[bytes.find(one_bool_npy) + one_bool_npy.size() - 1] = '\0';
  EXPECT_EQ(refusal(changed), "member \"a\": zip: CRC error");
}

TEST(NpzErrors, of_sizes_that_the_bytes_cannot_unfold_to) {
  const std::string text(1000, 'x'), size = little_endian(1000U), large = "\xfe\xff\xff\xff";
  const std::string deflated = zip_bytes({{"a.npy", text}}, [](zip_t* archive) {
    zip_set_file_compression(archive, 0, ZIP_CM_DEFLATE, 0);
  });
  std::uint32_t packed = 0;
  std::memcpy(&packed, deflated.data() + 18, sizeof packed);
  EXPECT_EQ(refusal(replaced(deflated, size, large)),
            "member \"a.npy\": " + std::to_string(packed) + " bytes cannot unfold to 4294967294");
  // Of a stored member both sizes stand side by side.
  EXPECT_EQ(refusal(replaced(zip_bytes({{"a.npy", text}}), size + size, size + large)),
            "member \"a.npy\": 1000 bytes cannot unfold to 4294967294");
}

TEST(NpzErrors, of_members_that_unfold_to_more_or_less_than_they_say) {
  const std::string dict = "{'descr': '|b1', 'fortran_order': False, 'shape': (1000,)}";
  // A deflated member of so many elements, whose size in both places is said to be that of 1000.
  const auto refused = [&](std::size_t count) {
    const std::string bytes = npy_bytes(dict, std::string(count, '\1'));
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const auto said = static_cast<std::uint32_t>(bytes.size() - count + 1000);
    const std::string zip = zip_bytes({{"a.npy", bytes}}, [](zip_t* archive) {
      zip_set_file_compression(archive, 0, ZIP_CM_DEFLATE, 0);
    });
    return refusal(replaced(zip, little_endian(size), little_endian(said)));
  };
  EXPECT_EQ(refused(999), "member \"a\": it unfolds to less than 1068 bytes");
  EXPECT_EQ(refused(1001), "member \"a\": it unfolds to more than 1068 bytes");
}

std::string bytes16(std::size_t number) {
  return little_endian(static_cast<std::uint16_t>(number));
}
std::string bytes32(std::size_t number) {
  return little_endian(static_cast<std::uint32_t>(number));
}
// What the header before a stored member and its entry in the directory have in common.
std::string facts(const std::string& name, const std::string& bytes) {
  const auto* data = reinterpret_cast<const Bytef*>(bytes.data());
  return bytes16(20) + bytes16(0) + bytes16(0) + bytes16(0) + bytes16(0x21) +
         bytes32(crc32(0, data, static_cast<uInt>(bytes.size()))) + bytes32(bytes.size()) +
         bytes32(bytes.size()) + bytes16(name.size()) + bytes16(0);
}

std::string entry(const std::string& name, const std::string& bytes, std::size_t offset) {
  return "PK\1\2" + bytes16(20) + facts(name, bytes) + std::string(10, '\0') + bytes32(offset) +
         name;
}

// Members, then the directory, which has so many entries.
std::string zip_of(const std::string& members, const std::string& directory, std::size_t count) {
  return members + directory + "PK\5\6" + bytes32(0) + bytes16(count) + bytes16(count) +
         bytes32(directory.size()) + bytes32(members.size()) + bytes16(0);
}

TEST(NpzErrors, of_members_that_lie_in_each_other) {
  const std::string inner_bytes(1000, 'x');
  const std::string inner = "PK\3\4" + facts("b.npy", inner_bytes) + "b.npy" + inner_bytes;
  const std::string start = "PK\3\4" + facts("a.npy", inner) + "a.npy";
  const std::string bytes = zip_of(
      start + inner, entry("a.npy", inner, 0) + entry("b.npy", inner_bytes, start.size()), 2);
  EXPECT_EQ(refusal(bytes), "member \"b.npy\": members have more bytes than the file, which has " +
                                std::to_string(bytes.size()));
}

TEST(NpzErrors, of_one_name_in_two_encodings) {
  const std::string cp437 = "\x82.npy", utf8 = "\xC3\xA9.npy";
  const std::string first = "PK\3\4" + facts(cp437, one_bool_npy) + cp437 + one_bool_npy;
  const std::string second = "PK\3\4" + facts(utf8, one_bool_npy) + utf8 + one_bool_npy;
  EXPECT_EQ(
      refusal(zip_of(first + second,
                     entry(cp437, one_bool_npy, 0) + entry(utf8, one_bool_npy, first.size()), 2)),
      "zip: a member is there twice");
}

TEST(NpzErrors, of_what_cannot_be_written) {
  const TestFolder folder;
  const std::string path = (folder / "a.npz").string();
  const auto refused = [&](const std::vector<NamedArray>& arrays) {
    return without_path(error_text<DataError>([&] { write_npz(path, arrays); }), path);
  };
  EXPECT_EQ(refused({{"a", Array(1)}, {"a", Array(1)}}), "member \"a\": it is there twice");
  EXPECT_EQ(refused({{"", Array(1)}}), "member \"\": its name is empty");
  EXPECT_EQ(refused({{"a\xff", Array(1)}}), "member \"a\uFFFD\": its name is no UTF-8");
  EXPECT_EQ(refused({{std::string("a\0b", 3), Array(1)}}), "member \"a b\": its name has a NUL");
  EXPECT_EQ(refused({{std::string(65'532, 'x'), Array(1)}}),
            "member \"" + std::string(80, 'x') +
                "...\": its name has 65532 bytes, at most 65531 are possible");
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace gradus
