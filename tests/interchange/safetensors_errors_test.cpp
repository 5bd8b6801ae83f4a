#include <gradus/safetensors.h>

#include <sys/stat.h>

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support.h"
#include "support/error_text.h"
#include "support/test_folder.h"

namespace gradus {
namespace {

// What the reader says of a file with these bytes, without "safetensors: <path>: ".
template <class E = DataError>
std::string refusal_of_bytes(const std::string& bytes) {
  const TestFolder folder;
  const std::string path = folder.write("f", bytes);
  return without_path(error_text<E>([&] { read_safetensors(path); }), path);
}
template <class E = DataError>
std::string refusal(std::string_view header, std::string_view data = "") {
  return refusal_of_bytes<E>(safetensors_bytes(header, data));
}
// Of one tensor with this description.
std::string tensor_refusal(const std::string& description, std::string_view data = "") {
  return refusal("{\"x\":" + description + "}", data);
}
std::string shape_refusal(const std::string& shape, std::string_view data = "") {
  return tensor_refusal(R"({"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,4]})", data);
}
std::string offsets_refusal(const std::string& offsets) {
  return tensor_refusal(R"({"dtype":"F32","shape":[],"data_offsets":)" + offsets + "}", "1234");
}
std::string entry(const std::string& name, int begin, int end) {
  return "\"" + name + R"(":{"dtype":"U8","shape":[)" + std::to_string(end - begin) +
         R"(],"data_offsets":[)" + std::to_string(begin) + "," + std::to_string(end) + "]}";
}

TEST(SafetensorsErrors, name_path_and_line) {
  const TestFolder folder;
  const std::string path = folder.write("f", "");
  EXPECT_EQ(error_text_here<DataError>([&] { SafetensorsFile file(path); }),
            "safetensors: " + path + ": 0 bytes, where the header's length takes 8\n  at  here");
}

TEST(SafetensorsErrors, are_file_errors_where_there_is_no_file_to_read) {
  const TestFolder folder;
  const auto refused = [](const std::string& path) {
    const std::string text = error_text<FileError>([&] { read_safetensors(path); });
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(refused("no/such/file"), "safetensors: no/such/file: No such file or directory");
  EXPECT_EQ(refused(folder.path().string()),
            "safetensors: " + folder.path().string() + ": Is a directory");
  const std::string pipe = (folder / "pipe").string();
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(without_path(error_text<DataError>([&] { read_safetensors(pipe); }), pipe),
            "0 bytes, where the header's length takes 8");
}

TEST(SafetensorsErrors, of_the_headers_length) {
  EXPECT_EQ(refusal_of_bytes("1234567"), "7 bytes, where the header's length takes 8");
  EXPECT_EQ(refusal_of_bytes(little_endian(std::uint64_t{0})),
            "header does not begin with an object");
  EXPECT_EQ(refusal_of_bytes(little_endian(std::uint64_t{3}) + "{}"),
            "header of 3 bytes, of which there are 2");
  EXPECT_EQ(refusal_of_bytes(little_endian(std::uint64_t{100'000'000}) + "{}"),
            "header of 100000000 bytes, of which there are 2");
  EXPECT_EQ(refusal_of_bytes(little_endian(std::uint64_t{100'000'001}) + "{}"),
            "header of 100000001 bytes, at most 100000000 are possible");
  EXPECT_EQ(refusal_of_bytes(little_endian(std::uint64_t{1} << 63) + "{}"),
            "header of 9223372036854775808 bytes, at most 100000000 are possible");
  EXPECT_EQ(refusal_of_bytes(little_endian(~std::uint64_t{0}) + "{}"),
            "header of 18446744073709551615 bytes, at most 100000000 are possible");
}

TEST(SafetensorsErrors, of_a_header_that_is_no_json_object) {
  for (const std::string& header :
       std::vector<std::string>{"[]", " {}", "\xEF\xBB\xBF{}", "7", "\"a\"", "null"})
    EXPECT_EQ(refusal(header), "header does not begin with an object") << header;
  EXPECT_EQ(refusal("{"), "header is no JSON in UTF-8 at its byte 2");
  EXPECT_EQ(refusal("{}}"), "header is no JSON in UTF-8 at its byte 3");
  EXPECT_EQ(refusal("{} x"), "header is no JSON in UTF-8 at its byte 4");
  EXPECT_EQ(refusal(std::string("{}\0\0", 4)), "header is no JSON in UTF-8 at its byte 3");
  EXPECT_EQ(refusal("{'a':1}"), "header is no JSON in UTF-8 at its byte 2");
  EXPECT_EQ(refusal("{\"a\":1,}"), "tensor \"a\": value: 1 where an object is expected");
  EXPECT_EQ(refusal("{\"\xff\":{}}"), "header is no JSON in UTF-8 at its byte 3");
  EXPECT_EQ(refusal("{\"\\ud800\":{}}"), "header is no JSON in UTF-8 at its byte 9");
  EXPECT_EQ(refusal("{\"a\":/**/{}}"), "header is no JSON in UTF-8 at its byte 6");
  EXPECT_EQ(refusal("{\"a\":1e999}"), "header is no JSON in UTF-8 at its byte 10");
}

TEST(SafetensorsErrors, of_a_header_that_nests) {
  const std::string brackets(100'000, '[');
  EXPECT_EQ(refusal("{\"a\":" + brackets),
            "tensor \"a\": value: a list where an object is expected");
  EXPECT_EQ(tensor_refusal("{\"shape\":" + brackets),
            "tensor \"x\": \"shape\": a list where a size, 0 or more, is expected");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"dtype\":";
  EXPECT_EQ(tensor_refusal(objects),
            "tensor \"x\": \"dtype\": an object where a string is expected");
}

TEST(SafetensorsErrors, of_a_name_that_is_there_twice) {
  EXPECT_EQ(refusal("{" + entry("a", 0, 0) + "," + entry("b", 0, 0) + "," + entry("a", 0, 0) + "}"),
            "tensor \"a\": it is there twice");
  EXPECT_EQ(refusal("{" + entry("a", 0, 0) + "," + entry("\\u0061", 0, 0) + "}"),
            "tensor \"a\": it is there twice");
  EXPECT_EQ(refusal(R"({"__metadata__":{},"__metadata__":{}})"), "__metadata__ is there twice");
  EXPECT_EQ(refusal(R"({"__metadata__":{},"__meta\u0064ata__":{}})"),
            "__metadata__ is there twice");
  EXPECT_EQ(refusal(R"({"__metadata__":{"k":"","\u006b":""}})"),
            "__metadata__: \"k\" is there twice");
  EXPECT_EQ(tensor_refusal(R"({"dtype":"F32","dtype":"F32"})"),
            "tensor \"x\": \"dtype\" is there twice");
  EXPECT_EQ(tensor_refusal(R"({"shape":[],"shape":[]})"), "tensor \"x\": \"shape\" is there twice");
  EXPECT_EQ(tensor_refusal(R"({"data_offsets":[],"data_offsets":[]})"),
            "tensor \"x\": \"data_offsets\" is there twice");
}

TEST(SafetensorsErrors, of_metadata) {
  EXPECT_EQ(refusal(R"({"__metadata__":7})"),
            "__metadata__: value: 7 where an object of strings is expected");
  EXPECT_EQ(refusal(R"({"__metadata__":null})"),
            "__metadata__: value: null where an object of strings is expected");
  EXPECT_EQ(refusal(R"({"__metadata__":{"k":7}})"),
            "__metadata__: \"k\": 7 where a string is expected");
  EXPECT_EQ(refusal(R"({"__metadata__":{"k":{}}})"),
            "__metadata__: \"k\": an object where a string is expected");
  EXPECT_EQ(refusal(R"({"__metadata__":{"k":["v"]}})"),
            "__metadata__: \"k\": a list where a string is expected");
}

TEST(SafetensorsErrors, of_fields) {
  EXPECT_EQ(tensor_refusal("{}"), "tensor \"x\": no \"dtype\"");
  EXPECT_EQ(tensor_refusal(R"({"dtype":"F32"})"), "tensor \"x\": no \"shape\"");
  EXPECT_EQ(tensor_refusal(R"({"dtype":"F32","shape":[]})"), "tensor \"x\": no \"data_offsets\"");
  EXPECT_EQ(tensor_refusal(R"({"Dtype":"F32"})"), "tensor \"x\": unknown field \"Dtype\"");
  EXPECT_EQ(tensor_refusal(R"({"dtype":"F31"})"), "tensor \"x\": unknown dtype \"F31\"");
  EXPECT_EQ(tensor_refusal(R"({"dtype":"f32"})"), "tensor \"x\": unknown dtype \"f32\"");
  EXPECT_EQ(tensor_refusal(R"({"dtype":32})"),
            "tensor \"x\": \"dtype\": 32 where a string is expected");
  EXPECT_EQ(tensor_refusal(R"({"dtype":true})"),
            "tensor \"x\": \"dtype\": true where a string is expected");
  EXPECT_EQ(tensor_refusal("{\"" + std::string(200, 'n') + "\":0}"),
            "tensor \"x\": unknown field \"" + std::string(80, 'n') + "...\"");
}

TEST(SafetensorsErrors, of_shapes) {
  const auto unexpected = [](const std::string& found) {
    return "tensor \"x\": \"shape\": " + found + " where a size, 0 or more, is expected";
  };
  EXPECT_EQ(shape_refusal("[-1]"), unexpected("-1"));
  EXPECT_EQ(shape_refusal("[1.5]"), unexpected("1.5"));
  EXPECT_EQ(shape_refusal("[1e3]"), unexpected("1e3"));
  EXPECT_EQ(shape_refusal("[\"3\"]"), unexpected("\"3\""));
  EXPECT_EQ(shape_refusal("[null]"), unexpected("null"));
  EXPECT_EQ(shape_refusal("[{}]"), unexpected("an object"));
  EXPECT_EQ(shape_refusal("[18446744073709551616]"), unexpected("18446744073709551616"));
  EXPECT_EQ(shape_refusal("3"), "tensor \"x\": \"shape\": 3 where a list of sizes is expected");
  EXPECT_EQ(shape_refusal("[18446744073709551615]", "1234"),
            "tensor \"x\": shape [18446744073709551615] has more than 2^60 elements");
  EXPECT_EQ(shape_refusal("[4294967296,4294967296]", "1234"),
            "tensor \"x\": shape [4294967296, 4294967296] has more than 2^60 elements");
  EXPECT_EQ(shape_refusal("[0,1099511627776,1099511627776]", "1234"),
            "tensor \"x\": shape [0, 1099511627776, 1099511627776] has more than 2^60 elements");
  EXPECT_EQ(shape_refusal("[1,1,1,1,1,1,1,1,1]", "1234"),
            "tensor \"x\": 9 dimensions, at most 8 are possible");
  // 2^60 elements are a shape, whose bytes do not wrap.
  EXPECT_EQ(shape_refusal("[1152921504606846976]", "1234"),
            "tensor \"x\": offsets [0, 4] have 4 bytes, F32 [1152921504606846976] has "
            "4611686018427387904");
}

TEST(SafetensorsErrors, of_offsets) {
  EXPECT_EQ(offsets_refusal("[4,0]"), "tensor \"x\": offsets [4, 0] are reversed");
  EXPECT_EQ(offsets_refusal("[]"), "tensor \"x\": 0 offsets where two are expected");
  EXPECT_EQ(offsets_refusal("[0]"), "tensor \"x\": 1 offsets where two are expected");
  EXPECT_EQ(offsets_refusal("[0,4,8]"), "tensor \"x\": 3 offsets where two are expected");
  EXPECT_EQ(offsets_refusal("[-1,3]"),
            "tensor \"x\": \"data_offsets\": -1 where an offset, 0 or more, is expected");
  EXPECT_EQ(offsets_refusal("[0,4.0]"),
            "tensor \"x\": \"data_offsets\": 4.0 where an offset, 0 or more, is expected");
  EXPECT_EQ(offsets_refusal("{}"),
            "tensor \"x\": \"data_offsets\": an object where a list of two offsets is expected");
  EXPECT_EQ(offsets_refusal("[1,5]"),
            "tensor \"x\": offsets [1, 5] are beyond the 4 bytes of data");
  EXPECT_EQ(offsets_refusal("[0,18446744073709551615]"),
            "tensor \"x\": offsets [0, 18446744073709551615] are beyond the 4 bytes of data");
  EXPECT_EQ(tensor_refusal(R"({"dtype":"F32","shape":[0],"data_offsets":[0,4]})", "1234"),
            "tensor \"x\": offsets [0, 4] have 4 bytes, F32 [0] has 0");
  EXPECT_EQ(offsets_refusal("[0,3]"), "tensor \"x\": offsets [0, 3] have 3 bytes, F32 [] has 4");
}

TEST(SafetensorsErrors, of_bytes_that_several_tensors_have_or_none) {
  EXPECT_EQ(refusal("{" + entry("a", 0, 2) + "," + entry("b", 1, 3) + "}", "123"),
            "tensor \"b\": it begins at byte 1 of the data, before the last one's end at 2");
  EXPECT_EQ(refusal("{" + entry("a", 0, 2) + "," + entry("b", 0, 2) + "}", "12"),
            "tensor \"b\": it begins at byte 0 of the data, before the last one's end at 2");
  EXPECT_EQ(refusal("{" + entry("a", 0, 2) + "," + entry("b", 1, 1) + "}", "12"),
            "tensor \"b\": it begins at byte 1 of the data, before the last one's end at 2");
  EXPECT_EQ(refusal("{" + entry("b", 2, 3) + "," + entry("a", 0, 1) + "}", "123"),
            "tensor \"b\": it begins at byte 2 of the data, behind the last one's end at 1");
  EXPECT_EQ(refusal("{" + entry("a", 1, 2) + "}", "12"),
            "tensor \"a\": it begins at byte 1 of the data, behind the last one's end at 0");
  EXPECT_EQ(refusal("{" + entry("a", 0, 2) + "}", "123"),
            "3 bytes of data, of which tensors have 2");
  EXPECT_EQ(refusal("{}", "1"), "1 bytes of data, of which tensors have 0");
  EXPECT_EQ(refusal("{" + entry("a", 0, 2) + "}", "1"),
            "tensor \"a\": offsets [0, 2] are beyond the 1 bytes of data");
}

TEST(SafetensorsErrors, of_elements) {
  EXPECT_EQ(refusal(R"({"x":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}})",
                    std::string("\0\1\2", 3)),
            "tensor \"x\": element 2 is no bool: its byte is 2");
  const auto of_dtype = [](const std::string& dtype, int size) {
    return refusal<DTypeError>(R"({"x":{"dtype":")" + dtype +
                                   R"(","shape":[1],"data_offsets":[0,)" + std::to_string(size) +
                                   "]}}",
                               std::string(static_cast<std::size_t>(size), '\0'));
  };
  const auto widened = [](const std::string& dtype, const std::string& wider) {
    return "tensor \"x\": " + dtype + " is no dtype of Gradus; the option widen reads it as " +
           wider;
  };
  EXPECT_EQ(of_dtype("F16", 2), widened("F16", "float32"));
  EXPECT_EQ(of_dtype("BF16", 2), widened("BF16", "float32"));
  EXPECT_EQ(of_dtype("F8_E4M3", 1), widened("F8_E4M3", "float32"));
  EXPECT_EQ(of_dtype("F8_E5M2", 1), widened("F8_E5M2", "float32"));
  EXPECT_EQ(of_dtype("I8", 1), widened("I8", "int32"));
  EXPECT_EQ(of_dtype("U8", 1), widened("U8", "int32"));
  EXPECT_EQ(of_dtype("I16", 2), widened("I16", "int32"));
  EXPECT_EQ(of_dtype("U16", 2), widened("U16", "int32"));
  EXPECT_EQ(of_dtype("U32", 4), widened("U32", "int64"));
  EXPECT_EQ(of_dtype("U64", 8),
            "tensor \"x\": U64 is no dtype of Gradus, and none has all its values");
  EXPECT_EQ(of_dtype("C64", 8),
            "tensor \"x\": C64 is no dtype of Gradus, and none has all its values");
}

TEST(SafetensorsErrors, of_a_name_that_is_not_there) {
  const TestFolder folder;
  write_safetensors(folder / "f", {});
  const SafetensorsFile file(folder / "f");
  EXPECT_EQ(error_text_here<DataError>([&] { file.read("no\nname"); }),
            "safetensors: " + (folder / "f").string() +
                ": tensor \"no name\": there is none\n  at  here");
}

TEST(SafetensorsErrors, of_a_file_that_shrinks_while_it_is_open) {
  const TestFolder folder;
  const std::vector<NamedArray> arrays{{"a", Array::zeros({1000})}, {"b", Array::zeros({1000})}};
  write_safetensors(folder / "f", arrays);
  const SafetensorsFile file(folder / "f");
  const auto size = std::filesystem::file_size(folder / "f");
  std::filesystem::resize_file(folder / "f", size - 1);
  EXPECT_EQ(file.read("a"), arrays[0].value);
  EXPECT_EQ(without_path(error_text<FileError>([&] { file.read("b"); }), (folder / "f").string()),
            "it became shorter while it was open: " + std::to_string(size - 1) + " bytes of " +
                std::to_string(size));
}

TEST(SafetensorsErrors, slow_of_what_cannot_be_written) {
  const TestFolder folder;
  const std::string path = (folder / "f").string();
  const auto refused = [&](const std::vector<NamedArray>& arrays,
                           const std::map<std::string, std::string>& metadata = {}) {
    return without_path(error_text<DataError>([&] { write_safetensors(path, arrays, metadata); }),
                        path);
  };
  EXPECT_EQ(refused({{"a", Array(1)}, {"b", Array(1)}, {"a", Array(1)}}),
            "tensor \"a\": it is there twice");
  EXPECT_EQ(refused({{"__metadata__", Array(1)}}),
            "tensor \"__metadata__\": the format has other use for the name");
  EXPECT_EQ(refused({{"a\xff", Array(1)}}), "tensor \"a\uFFFD\": its name is no UTF-8");
  EXPECT_EQ(refused({}, {{"k\xff", "v"}}), "__metadata__: \"k\uFFFD\" is no UTF-8");
  EXPECT_EQ(refused({}, {{"k", "\xff"}}), "__metadata__: \"k\" is no UTF-8");
  EXPECT_EQ(refused({}, {{"k", std::string(100'000'000, 'v')}}),
            "header of 100000032 bytes, at most 100000000 are possible");
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(error_text_here<FileError>([] { write_safetensors("no/such/folder/f", {}); }),
            "file \"no/such/folder/f\" cannot be written: No such file or directory\n  at  here");
}

}  // namespace
}  // namespace gradus
