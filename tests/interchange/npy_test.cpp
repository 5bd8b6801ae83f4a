#include <gradus/npy.h>

#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

TEST(Npy, keeps_every_array_and_its_bits) {
  const TestFolder folder;
  for (const NamedArray& array : random_arrays()) {
    write_npy(folder / "a.npy", array.value);
    EXPECT_EQ(read_npy(folder / "a.npy"), array.value) << array.name;
  }
}

TEST(Npy, has_these_bytes) {
  const TestFolder folder;
  write_npy(folder / "a.npy", Array({1, 2}, int32));
  std::string dict = "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }";
  dict.resize(117, ' ');
  EXPECT_EQ(contents(folder / "a.npy"),
            npy_bytes(dict + "\n", little_endian(1) + little_endian(2)));
}

Array read_bytes(const std::string& bytes, const NpyOptions& options = {}) {
  const TestFolder folder;
  return read_npy(folder.write("a.npy", bytes), options);
}

TEST(Npy, may_be_spelled_as_python_does) {
  const std::string data = little_endian(1.0F) + little_endian(2.0F);
  const Array expected({1, 2});
  for (const char* dict : {"{'descr':'<f4','fortran_order':False,'shape':(2,)}",
                           "{\"shape\": (2L, ), \"descr\": \"f4\", \"fortran_order\": False}   \n",
                           "  { 'fortran_order' : True , 'descr' : '=f4' , 'shape' : ( 2 , ) , } ",
                           "{'descr':\n\t'|f4',\r\n'fortran_order':False,\f'shape':(2,)}\n"})
    EXPECT_EQ(read_bytes(npy_bytes(dict, data)), expected) << dict;
  EXPECT_EQ(read_bytes(npy_bytes("{'descr':'>f4','fortran_order':False,'shape':(1,1,)}",
                                 std::string("\x3f\x80\0\0", 4))),
            Array({{1}}));
}

TEST(Npy, has_a_longer_length_from_version_2_on) {
  const std::string dict = "{'descr': '|b1', 'fortran_order': False, 'shape': ()}";
  for (const char version : {'\2', '\3'})
    EXPECT_EQ(read_bytes("\x93NUMPY" + std::string{version, '\0'} +
                         little_endian(static_cast<std::uint32_t>(dict.size())) + dict + "\1"),
              Array(true, boolean));
}

TEST(Npy, that_lies_column_by_column_is_brought_into_rows) {
  std::string data;
  for (std::int64_t i = 0; i < 24; ++i) data += little_endian(i);
  const Array array =
      read_bytes(npy_bytes("{'descr': '<i8', 'fortran_order': True, 'shape': (2, 3, 4)}", data));
  for (std::int64_t i = 0; i < 2; ++i)
    for (std::int64_t j = 0; j < 3; ++j)
      for (std::int64_t k = 0; k < 4; ++k)
        EXPECT_EQ(array.at<std::int64_t>({i, j, k}), i + 2 * j + 6 * k);
}

// What the reader says of these bytes, without "npy: <path>: ".
template <class E = DataError>
std::string refusal_of_bytes(const std::string& bytes) {
  const TestFolder folder;
  const std::string path = folder.write("a.npy", bytes);
  return without_path(error_text<E>([&] { read_npy(path); }), path);
}
template <class E = DataError>
std::string refusal(const std::string& dict, const std::string& data = "") {
  return refusal_of_bytes<E>(npy_bytes(dict, data));
}
std::string shape_refusal(const std::string& shape) {
  return refusal("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}", "1234");
}
std::string descr_refusal(const std::string& descr) {
  return refusal<DTypeError>("{'descr': '" + descr + "', 'fortran_order': False, 'shape': ()}");
}

TEST(NpyErrors, name_path_and_line) {
  const TestFolder folder;
  const std::string path = folder.write("a.npy", "\x93NUMP");
  EXPECT_EQ(error_text_here<DataError>([&] { read_npy(path); }),
            "npy: " + path + ": header is cut: 5 bytes of 6\n  at  here");
  EXPECT_EQ(error_text_here<FileError>([&] { read_npy("no/such/file"); }),
            "npy: no/such/file: No such file or directory\n  at  here");
  EXPECT_EQ(error_text_here<FileError>([&] { write_npy("no/such/file", Array(1)); }),
            "file \"no/such/file\" cannot be written: No such file or directory\n  at  here");
}

TEST(NpyErrors, of_what_precedes_the_dict) {
  EXPECT_EQ(refusal_of_bytes("\x94NUMPY\1\0\0\0"), "it does not begin as .npy does");
  EXPECT_EQ(refusal_of_bytes("\x93NUMPY\1"), "header is cut: 7 bytes of 8");
  EXPECT_EQ(refusal_of_bytes(std::string("\x93NUMPY\0\0", 8)),
            "version 0.0, expected 1.0, 2.0 or 3.0");
  EXPECT_EQ(refusal_of_bytes(std::string("\x93NUMPY\1\1", 8)),
            "version 1.1, expected 1.0, 2.0 or 3.0");
  EXPECT_EQ(refusal_of_bytes(std::string("\x93NUMPY\4\0", 8)),
            "version 4.0, expected 1.0, 2.0 or 3.0");
  EXPECT_EQ(refusal_of_bytes(std::string("\x93NUMPY\1\0\x10\0{}", 12)),
            "header is cut: 12 bytes of 26");
  EXPECT_EQ(refusal_of_bytes(std::string("\x93NUMPY\2\0\xff\xff\xff\xff{}", 14)),
            "header of 4294967295 bytes, at most 65536 are possible");
}

TEST(NpyErrors, of_a_dict) {
  const auto expected = [](const std::string& what, int byte) {
    return "header: expected " + what + " at byte " + std::to_string(byte) + " of its dict";
  };
  EXPECT_EQ(refusal(""), expected("'{'", 1));
  EXPECT_EQ(refusal("[]"), expected("'{'", 1));
  EXPECT_EQ(refusal("{}"), "header: no key \"descr\"");
  EXPECT_EQ(refusal("{'descr': '<f4'}"), "header: no key \"fortran_order\"");
  EXPECT_EQ(refusal("{'descr': '<f4', 'fortran_order': True}"), "header: no key \"shape\"");
  EXPECT_EQ(refusal("{'descr': '<f4', 'descr': '<f4'}"), "header: key \"descr\" is there twice");
  EXPECT_EQ(refusal("{'order': 1}"), "header: unknown key \"order\"");
  EXPECT_EQ(refusal("{'descr'"), expected("':'", 9));
  EXPECT_EQ(refusal("{'descr': '<f4' 'shape': ()}"), expected("'}'", 17));
  EXPECT_EQ(refusal("{,}"), expected("a string", 2));
  EXPECT_EQ(refusal("{1: 2}"), expected("a string", 2));
  EXPECT_EQ(refusal("{'descr: 1}"), expected("a string without escapes", 2));
  EXPECT_EQ(refusal("{'desc\\x72': 1}"), expected("a string without escapes", 2));
  EXPECT_EQ(refusal("{'descr\"': 1}"), "header: unknown key \"descr\"\"");
  EXPECT_EQ(refusal("{'descr': [('a', '<f4')]}"), expected("a string", 11));
  EXPECT_EQ(refusal("{'fortran_order': 0}"), expected("True or False", 19));
  EXPECT_EQ(refusal("{'fortran_order': true}"), expected("True or False", 19));
  EXPECT_EQ(refusal("{'descr': '<f4', 'fortran_order': False, 'shape': ()} x"),
            expected("the end", 55));
  EXPECT_EQ(refusal(std::string("{'descr': '<f4', 'fortran_order': False, 'shape': ()}\0", 54)),
            expected("the end", 54));
}

TEST(NpyErrors, of_shapes) {
  const auto expected = [](const std::string& what, int byte) {
    return "header: expected " + what + " at byte " + std::to_string(50 + byte) + " of its dict";
  };
  EXPECT_EQ(shape_refusal("1"), expected("'('", 1));
  EXPECT_EQ(shape_refusal("[1]"), expected("'('", 1));
  EXPECT_EQ(shape_refusal("(1)"), expected("','", 3));
  EXPECT_EQ(shape_refusal("(,)"), expected("a size", 2));
  EXPECT_EQ(shape_refusal("(-1,)"), expected("a size", 2));
  EXPECT_EQ(shape_refusal("(1.5,)"), expected("','", 3));
  EXPECT_EQ(shape_refusal("(1, 1e3)"), expected("')'", 6));
  EXPECT_EQ(shape_refusal("('1',)"), expected("a size", 2));
  EXPECT_EQ(shape_refusal("(1,,)"), expected("a size", 4));
  EXPECT_EQ(shape_refusal("(18446744073709551616,)"), expected("a size below 2^64", 2));
  EXPECT_EQ(shape_refusal("(18446744073709551615,)"),
            "shape [18446744073709551615] has more than 2^60 elements");
  EXPECT_EQ(shape_refusal("(4294967296, 4294967296)"),
            "shape [4294967296, 4294967296] has more than 2^60 elements");
  EXPECT_EQ(shape_refusal("(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "9 dimensions, at most 8 are possible");
  EXPECT_EQ(shape_refusal("(2,)"), "payload is short: 4 bytes of 8 for [2]");
  EXPECT_EQ(shape_refusal("(0,)"), "payload is long: 4 bytes of 0 for [0]");
  EXPECT_EQ(shape_refusal("(1152921504606846976,)"),
            "payload is short: 4 bytes of 4611686018427387904 for [1152921504606846976]");
}

TEST(NpyErrors, of_elements) {
  for (const std::string& descr : std::vector<std::string>{"|O", "<U3", "|S3", "<M8[s]", "<f16",
                                                           "<c16", "|V2", "", "<", ">>f4"})
    EXPECT_EQ(descr_refusal(descr),
              "\"" + descr + "\" is no dtype of Gradus, and none has all its values");
  for (const std::string& descr : std::vector<std::string>{"<u8", "<c8"})
    EXPECT_EQ(descr_refusal(descr),
              "\"" + descr + "\" is no dtype of Gradus, and none has all its values");
  for (const std::string& descr : std::vector<std::string>{"|i1", "|u1", "<i2", ">u2"})
    EXPECT_EQ(descr_refusal(descr),
              "\"" + descr + "\" is no dtype of Gradus; the option widen reads it as int32");
  EXPECT_EQ(descr_refusal("<u4"),
            "\"<u4\" is no dtype of Gradus; the option widen reads it as int64");
  EXPECT_EQ(descr_refusal("<f2"),
            "\"<f2\" is no dtype of Gradus; the option widen reads it as float32");
  EXPECT_EQ(refusal("{'descr': '|b1', 'fortran_order': True, 'shape': (2, 2)}",
                    std::string("\0\1\1\x80", 4)),
            "element 3 is no bool: its byte is 128");
}

}  // namespace
}  // namespace gradus
