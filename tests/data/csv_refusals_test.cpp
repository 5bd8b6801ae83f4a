// Every refusal of a CSV file, whole.
#include <sys/resource.h>
#include <sys/stat.h>

#include <gmock/gmock.h>

#include <gradus/csv.h>

#include "data/support.h"
#include "support/damaged_files.h"
#include "support/error_text.h"

namespace gradus {
namespace {

using namespace testing_data;

// What follows "csv: <file>" in the error that the bytes give, without the user's line.
std::string refusal(const std::string& bytes, const CsvOptions& options = {}) {
  const TestFolder folder;
  const std::string file = folder.write("f.csv", bytes), start = "csv: " + file;
  const std::string text = error_text<DataError>([&] { read_csv(file, options); });
  const std::string line = "\n  at  csv_refusals_test.cpp:";
  EXPECT_EQ(text.substr(0, start.size()), start);
  EXPECT_THAT(text, testing::HasSubstr(line));
  return text.substr(start.size(), text.find(line) - start.size());
}

TEST(CsvRefusals, name_the_users_line) {
  const TestFolder folder;
  const std::string file = folder.write("f.csv", "x,y\n1,abc\n");
  EXPECT_EQ(error_text_here<DataError>([&] { read_csv(file); }),
            "csv: " + file + ":2:3: \"abc\" is no number\n  at  here");
}

TEST(CsvRefusals, of_an_empty_file) {
  for (const std::string bytes : {"", "\xEF\xBB\xBF", "\n", "\r\n\r\n"}) {
    EXPECT_EQ(refusal(bytes), ": no row of names") << bytes;
    EXPECT_EQ(refusal(bytes, {.header = false}), ": no row") << bytes;
  }
}

TEST(CsvRefusals, of_what_is_no_number) {
  for (const std::string field : {"abc", "1x", "0x10", "1e", "--1", "+-1", "+", "1 2", "nan(1)x",
                                  "1_000", "1'000", "nan", "-NaN", "\xEF\xBC\x91"})
    EXPECT_EQ(refusal("x,y\n1," + field + "\n"), ":2:3: \"" + field + "\" is no number");
  EXPECT_EQ(refusal("x\n\"1,5\"\n"), ":2:1: \"1,5\" is no number");
  EXPECT_EQ(refusal("x;y\n1,5;2\n", {.separator = ';'}), ":2:1: \"1,5\" is no number");
}

TEST(CsvRefusals, of_numbers_beyond_their_dtype) {
  EXPECT_EQ(refusal("x\n1e999\n"), ":2:1: \"1e999\" is out of the range of float32");
  EXPECT_EQ(refusal("x\n1e39\n"), ":2:1: \"1e39\" is out of the range of float32");
  EXPECT_EQ(refusal("x\n-1e309\n", {.dtype = float64}),
            ":2:1: \"-1e309\" is out of the range of float64");
  EXPECT_EQ(refusal("x\n2147483648\n", {.dtype = int32}),
            ":2:1: \"2147483648\" is out of the range of int32");
  EXPECT_EQ(refusal("x\n9223372036854775808\n", {.dtype = int64}),
            ":2:1: \"9223372036854775808\" is out of the range of int64");
  EXPECT_EQ(refusal("x\n2.5\n", {.dtype = int32}), ":2:1: \"2.5\" is no int32");
  EXPECT_EQ(refusal("x\n1e3\n", {.dtype = int64}), ":2:1: \"1e3\" is no int64");
  EXPECT_EQ(refusal("x\n2\n", {.dtype = boolean}), ":2:1: \"2\" is no bool");
}

TEST(CsvRefusals, of_missing_numbers) {
  EXPECT_EQ(refusal("x,y\n1,\n"), ":2:3: a number is missing");
  EXPECT_EQ(refusal("x,y\n , 2\n"), ":2:1: a number is missing");
  EXPECT_EQ(refusal("x,y\n1,\"\"\n", {.dtype = int32}), ":2:3: a number is missing");
}

TEST(CsvRefusals, of_labels) {
  const CsvOptions classes{.label = "l"}, integers{.label = "l", .label_is_integer = true};
  EXPECT_EQ(refusal("x,l\n1,\n", classes), ":2:3: a label is missing");
  EXPECT_EQ(refusal("x,l\n1,\xFF\n", classes), ":2:3: \"\xEF\xBF\xBD\" is no UTF-8");
  EXPECT_EQ(refusal("x,l\n1,c\n", {.label = "l", .class_names = {"a", "b"}}),
            ":2:3: \"c\" is none of the classes");
  EXPECT_EQ(refusal("x,l\n1,a\n", integers), ":2:3: \"a\" is no int64");
  EXPECT_EQ(refusal("x,l\n1,1.0\n", integers), ":2:3: \"1.0\" is no int64");
  EXPECT_EQ(refusal("x,l\n1,\n", integers), ":2:3: a label is missing");
  EXPECT_EQ(refusal("x,l\n1,9223372036854775808\n", integers),
            ":2:3: \"9223372036854775808\" is out of the range of int64");
}

TEST(CsvRefusals, of_rows_of_another_length) {
  EXPECT_EQ(refusal("x,y,z\n1,2,3\n1,2\n"), ":3:3: the row ends after 2 of 3 fields");
  EXPECT_EQ(refusal("x,y,z\n1\n"), ":2:1: the row ends after 1 of 3 fields");
  EXPECT_EQ(refusal("x,y\n1,2,3,4\n"), ":2:5: the row has more than 2 fields");
  EXPECT_EQ(refusal("x,y\n1,2,\n"), ":2:5: the row has more than 2 fields");
  EXPECT_EQ(refusal("1,2\n1\n", {.header = false}), ":2:1: the row ends after 1 of 2 fields");
}

TEST(CsvRefusals, of_empty_lines_before_a_row) {
  EXPECT_EQ(refusal("x\n1\n\n\n2\n"), ":3:1: a line is empty");
  EXPECT_EQ(refusal("\nx\n1\n"), ":1:1: a line is empty");
  EXPECT_EQ(refusal("x\r\r1\r"), ":2:1: a line is empty");
}

TEST(CsvRefusals, of_quotes) {
  EXPECT_EQ(refusal("x,y\n1,\"2\n3,4\n"), ":2:3: a quote is not closed");
  EXPECT_EQ(refusal("x,\"\n"), ":1:3: a quote is not closed");
  EXPECT_EQ(refusal("x,y\n1,\"2\"3\n"), ":2:6: a field goes on after its closing quote");
  EXPECT_EQ(refusal("x,y\n1,\"2\" \n"), ":2:6: a field goes on after its closing quote");
  EXPECT_EQ(refusal("x,5\"\n"), ":1:4: a quote stands in a field that does not begin with one");
}

TEST(CsvRefusals, count_the_lines_of_every_kind_of_end) {
  EXPECT_EQ(refusal("x,y\r\n\"1\",2\r3,\"4\"\n5,\"6\r\n\r7\n\"\n"),
            ":4:3: \"6   7 \" is no number");
  EXPECT_EQ(refusal("\"a\nb\rc\r\nd\",e\n1,z\n"), ":5:3: \"z\" is no number");
  EXPECT_EQ(refusal("\xEF\xBB\xBFz\n", {.header = false, .dtype = int32}),
            ":1:1: \"z\" is no int32");
}

TEST(CsvRefusals, of_a_nul) {
  EXPECT_EQ(refusal(std::string("x\0y\n1\n", 6)), ":1:2: a NUL byte");
  EXPECT_EQ(refusal(std::string("x\n\"1\0\"\n", 7)), ":2:3: a NUL byte");
  EXPECT_EQ(refusal(std::string("\xFF\xFEx\0", 4)), ":1:4: a NUL byte");  // UTF-16
}

TEST(CsvRefusals, of_names) {
  EXPECT_EQ(refusal("x,\xC3\n1,2\n"), ":1:3: \"\xEF\xBF\xBD\" is no UTF-8");
  EXPECT_EQ(refusal("x,y\n1,2\n", {.columns = {"y", "z"}}),
            ": no column is named \"z\"; there are \"x\", \"y\"");
  EXPECT_EQ(refusal("x, y\n1,2\n", {.label = "y"}),
            ": no column is named \"y\"; there are \"x\", \" y\"");
  EXPECT_EQ(
      refusal("a,b,c,d,e,f,g,h,i,j,k\n", {.label = "y"}),
      ": no column is named \"y\"; there are \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", "
      "\"h\", \"i\", \"j\", ...");
  EXPECT_EQ(refusal("x,y,x\n1,2,3\n", {.columns = {"x"}}), ": several columns are named \"x\"");
  EXPECT_EQ(refusal("x,y\n1,2\n", {.columns = {"x", "x"}}),
            ": column \"x\" is asked for twice, or as the label, too");
  EXPECT_EQ(refusal("x,y\n1,2\n", {.columns = {"x"}, .label = "x"}),
            ": column \"x\" is asked for twice, or as the label, too");
}

TEST(CsvRefusals, of_a_first_row_of_numbers_for_names) {
  EXPECT_EQ(refusal("1.5,2\n3,4\n"),
            ": the first row has numbers for names: \"1.5\", ...; a file without names needs "
            ".header = false");
  EXPECT_EQ(
      refusal(",nan,2\n"),
      ": the first row has numbers for names: \"\", ...; a file without names needs .header = "
      "false");
  EXPECT_EQ(refusal("7\n"),
            ": the first row has numbers for names: \"7\"; a file without names needs .header = "
            "false");
  const TestFolder folder;
  EXPECT_EQ(read_csv(folder.write("f.csv", "1990,1991\n3,4\n"), {.columns = {"1991"}}).values,
            Array({{4}}));
}

TEST(CsvRefusals, of_long_texts_show_their_beginning_on_one_line) {
  EXPECT_EQ(refusal("x\n" + std::string(100, 'a') + "\n"),
            ":2:1: \"" + std::string(40, 'a') + "...\" is no number");
  EXPECT_EQ(refusal("x\n" + std::string(39, 'a') + "\xC3\xA4z\n"),
            ":2:1: \"" + std::string(39, 'a') + "\xC3\xA4...\" is no number");
  EXPECT_EQ(refusal("x\n\"a\tb\nc\"\n"), ":2:1: \"a b c\" is no number");
}

TEST(CsvRefusals, of_files_that_cannot_be_read) {
  const TestFolder folder;
  const std::string at = "\n  at  csv_refusals_test.cpp:";
  const auto text = [&](const std::filesystem::path& path) {
    const std::string whole = error_text<FileError>([&] { read_csv(path); });
    return whole.substr(0, whole.find(at));
  };
  EXPECT_EQ(text("no/such.csv"), "csv: no/such.csv: No such file or directory");
  EXPECT_EQ(text(folder.path()), "csv: " + folder.path().string() + ": Is a directory");
  EXPECT_EQ(text("/dev/zero"), "csv: /dev/zero: neither a regular file nor a pipe");
}

TEST(CsvRefusals, of_options) {
  const TestFolder folder;
  const std::string file = folder.write("f.csv", "x\n1\n");
  const auto text = [&]<class E>(E, const CsvOptions& options) {
    const std::string whole = error_text<E>([&] { read_csv(file, options); });
    return whole.substr(0, whole.find("\n  at  csv_refusals_test.cpp:"));
  };
  const DataError data("");
  const DTypeError dtype("");
  for (char separator : {'"', '\n', '\r', '\0'})
    EXPECT_EQ(text(data, {.separator = separator}),
              "csv: a quote, an end of line or a NUL is no separator");
  EXPECT_EQ(text(data, {.label_is_integer = true}),
            "csv: label_is_integer, but no column is the label");
  EXPECT_EQ(text(data, {.label = "x", .class_names = {"a"}, .label_is_integer = true}),
            "csv: label_is_integer, but classes have names");
  EXPECT_EQ(text(data, {.label = "x", .class_names = {"a", "b", "a"}}),
            "csv: class \"a\" is given twice");
  EXPECT_EQ(text(dtype, {.dtype = int32, .missing_is_nan = true}),
            "csv: missing_is_nan, but int32 has no NaN");
  EXPECT_EQ(text(dtype, {.dtype = static_cast<DType>(9)}), "csv: no dtype");
}

TEST(CsvRefusals, of_a_reader_last) {
  const TestFolder folder;
  const std::string file = folder.write("f.csv", "x\n1\nabc\n3\n");
  CsvReader reader(file);
  EXPECT_THAT(error_text<DataError>([&] { reader.read(0); }),
              testing::StartsWith("csv: 0 rows at a time, expected 1 or more\n  at  "));
  EXPECT_EQ(reader.read(1).values, Array({{1}}));
  EXPECT_THAT(error_text<DataError>([&] { reader.read(1); }),
              testing::StartsWith("csv: " + file + ":3:1: \"abc\" is no number\n  at  "));
  EXPECT_THAT(error_text<DataError>([&] { reader.read(1); }),
              testing::StartsWith("csv: " + file + ": a row before was refused\n  at  "));
}

// What is no CSV at all takes neither time nor memory.
TEST(CsvRefusals, slow_of_one_line_that_never_ends) {
  const TestFolder folder;
  const std::filesystem::path file = folder.write("f.csv", "x\n");
  std::string piece(std::size_t{1} << 20, 'a');
  rusage before{}, after{};
  for (const char byte : {'a', '"', ','}) {
    std::ranges::fill(piece, byte);
    std::string bytes = byte == '"' ? "" : "x\n";
    for (int i = 0; i < 16; ++i) bytes += piece;
    folder.write("f.csv", gzip(bytes));
    getrusage(RUSAGE_SELF, &before);
    const std::string text = error_text<DataError>([&] { read_csv(file); });
    getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 8 * 1024) << "KiB";
    const std::string place = byte == '"' ? ":1:1" : ":2:1";
    EXPECT_THAT(text,
                testing::StartsWith("csv: " + file.string() + place +
                                    (byte == ',' ? ": a number is missing"
                                                 : ": a field is longer than 1048576 bytes")));
  }
  std::string row(1'000'000, ',');
  EXPECT_EQ(refusal(row), ":1:1000001: a row has more than 1000000 fields");
}

TEST(CsvRefusals, slow_of_names_that_are_too_long_together) {
  std::string name(1'000'000, 'a'), header = name;
  for (int i = 1; i < 68; ++i) header += "," + name;
  EXPECT_EQ(refusal(header), ":1:67000068: the names of columns are longer than 67108864 bytes");
}

// Data or a typed error, and never anything else.
TEST(CsvRefusals, are_typed_for_every_cut_and_flipped_bit) {
  const std::string whole = "\xEF\xBB\xBFx,\"y\"\"\",l\r\n1.5,\"-2\",a\r\n,nan,\"b\nc\"\n";
  for (const std::string& bytes : {whole, gzip(whole)})
    for (bool header : {true, false}) {
      const auto read = [&](const std::filesystem::path& path) {
        read_csv(path, {.label = header ? "l" : "2", .header = header, .missing_is_nan = true});
      };
      EXPECT_GT(read_cut(bytes, read).refused, 0);
      EXPECT_GT(read_flipped(bytes, read).refused, 0);
    }
}

}  // namespace
}  // namespace gradus
