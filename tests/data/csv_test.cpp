#include <gradus/csv.h>

#include <sys/resource.h>
#include <unistd.h>

#include <clocale>
#include <cmath>
#include <limits>
#include <locale>

#include <gmock/gmock.h>

#include "data/support.h"
#include "support/error_text.h"

namespace gradus {
namespace {

using namespace testing_data;
using testing::ElementsAre;
using testing::IsEmpty;

CsvTable read(const std::string& bytes, const CsvOptions& options = {}) {
  const TestFolder folder;
  return read_csv(folder.write("f.csv", bytes), options);
}

Array numbers(const std::string& bytes, DType dtype = float32) {
  return read(bytes, {.header = false, .dtype = dtype}).values;
}

TEST(Csv, columns_are_read_by_name_in_the_order_asked_for) {
  const std::string file = "x,y,species,z\n1,2,a,3\n4,5,b,6\n";
  const CsvTable table = read(file, {.columns = {"z", "x"}});
  EXPECT_EQ(table.values, Array({{3, 1}, {6, 4}}));
  EXPECT_THAT(table.names, ElementsAre("z", "x"));
  EXPECT_EQ(table.labels.shape(), (Shape{0}));
  EXPECT_THAT(table.class_names, IsEmpty());
}

TEST(Csv, without_columns_all_but_the_label_are_read) {
  const CsvTable table = read("x,y,species,z\n1,2,a,3\n4,5,b,6\n", {.label = "species"});
  EXPECT_EQ(table.values, Array({{1, 2, 3}, {4, 5, 6}}));
  EXPECT_THAT(table.names, ElementsAre("x", "y", "z"));
}

TEST(Csv, classes_are_numbered_in_the_order_of_their_names) {
  const CsvTable table =
      read("x,species\n1,virginica\n2,setosa\n3,\"Virginica\"\n4,setosa\n", {.label = "species"});
  EXPECT_THAT(table.class_names, ElementsAre("Virginica", "setosa", "virginica"));
  EXPECT_EQ(table.labels, Array({2, 1, 0, 1}, int64));
}

TEST(Csv, given_classes_keep_their_numbers_in_another_file) {
  const CsvTable table =
      read("x,species\n1,b\n2,c\n", {.label = "species", .class_names = {"c", "b", "a"}});
  EXPECT_THAT(table.class_names, ElementsAre("c", "b", "a"));
  EXPECT_EQ(table.labels, Array({1, 0}, int64));
}

TEST(Csv, labels_may_be_integers_kept_as_they_are) {
  const CsvTable table = read("digit,x\n7,1\n-1,2\n9007199254740993,3\n",
                              {.label = "digit", .label_is_integer = true});
  EXPECT_EQ(table.labels, Array({7, -1, 9007199254740993}, int64));
  EXPECT_THAT(table.class_names, IsEmpty());
}

TEST(Csv, without_a_header_columns_have_numbers_for_names) {
  const CsvTable table = read("5.1,3.5,setosa\n", {.label = "2", .header = false});
  EXPECT_EQ(table.values, Array({{5.1, 3.5}}));
  EXPECT_THAT(table.names, ElementsAre("0", "1"));
  EXPECT_THAT(table.class_names, ElementsAre("setosa"));
}

TEST(Csv, a_file_of_nothing_but_labels_has_no_columns) {
  const CsvTable table = read("l\na\nb\n", {.label = "l"});
  EXPECT_EQ(table.values.shape(), (Shape{2, 0}));
  EXPECT_EQ(table.labels, Array({0, 1}, int64));
}

TEST(Csv, a_header_alone_gives_no_rows) {
  EXPECT_EQ(read("x,y\n").values.shape(), (Shape{0, 2}));
  EXPECT_EQ(read("x,y").values.shape(), (Shape{0, 2}));
}

TEST(Csv, quoted_fields_have_separators_doubled_quotes_and_line_breaks) {
  const CsvTable table =
      read("\"a,\"\"b\"\"\",\"c\r\nd\re\nf\"\n\"1\",\"2\"\n", {.columns = {"c\r\nd\re\nf"}});
  EXPECT_THAT(table.names, ElementsAre("c\r\nd\re\nf"));
  EXPECT_EQ(table.values, Array({{2}}));
  EXPECT_THAT(read("\"a,\"\"b\"\"\",\"\"\"\"\n").names, ElementsAre("a,\"b\"", "\""));
  EXPECT_THAT(read("\"\"\n1\n").names, ElementsAre(""));
}

TEST(Csv, rows_end_with_lf_crlf_or_cr_and_the_last_may_end_with_the_file) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    EXPECT_EQ(read("x,y" + end + "1,2" + end + "3,4" + end).values, Array({{1, 2}, {3, 4}}));
    EXPECT_EQ(read("x,y" + end + "1,2" + end + "3,4").values, Array({{1, 2}, {3, 4}}));
    EXPECT_EQ(read("x,y" + end + "1,2" + end + "3,4" + end + end + end).values,
              Array({{1, 2}, {3, 4}}));
  }
}

TEST(Csv, a_byte_order_mark_is_no_part_of_the_first_name) {
  EXPECT_THAT(read("\xEF\xBB\xBFx,y\n1,2\n").names, ElementsAre("x", "y"));
  EXPECT_EQ(numbers("\xEF\xBB\xBF"
                    "1,2\n"),
            Array({{1, 2}}));
}

TEST(Csv, another_separator_is_possible) {
  EXPECT_EQ(read("x;y\n1.5;2\n", {.separator = ';'}).values, Array({{1.5, 2}}));
  EXPECT_EQ(read("x\ty\n1\t2\n", {.separator = '\t'}).values, Array({{1, 2}}));
  EXPECT_EQ(read("x y\n1 2\n", {.separator = ' '}).values, Array({{1, 2}}));
}

TEST(Csv, numbers_are_what_c_writes) {
  EXPECT_EQ(numbers("1,-2,+3, 4 ,\t5e-1,.5,6.,1E2,\"7\",-0\n"),
            Array({{1, -2, 3, 4, 0.5, 0.5, 6, 100, 7, -0.0}}));
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(numbers("inf,-INF,infinity\n"), Array({{infinity, -infinity, infinity}}));
}

TEST(Csv, numbers_are_rounded_to_the_nearest_of_their_dtype) {
  EXPECT_EQ(numbers("0.1,16777217,1e-46,1e-45,-1e-400,3.4028235e38\n").to_vector<float>(),
            (std::vector<float>{0.1F, 16777216.0F, 0.0F, 0x1p-149F, -0.0F, 0x1.fffffep127F}));
  EXPECT_EQ(numbers("0.1,9007199254740993,1e-400\n", float64).to_vector<double>(),
            (std::vector<double>{0.1, 9007199254740992.0, 0.0}));
  // Halfway between two floats but for its last digit: rounding to double first would be wrong.
  EXPECT_EQ(numbers("1.00000005960464477540\n").item(), std::nextafter(1.0F, 2.0F));
}

TEST(Csv, integers_are_exact_in_integer_dtypes) {
  EXPECT_EQ(numbers("9223372036854775807,-9223372036854775808,+5\n", int64),
            Array({{std::numeric_limits<std::int64_t>::max(),
                    std::numeric_limits<std::int64_t>::min(), 5}},
                  int64));
  EXPECT_EQ(numbers("2147483647, -1\n", int32), Array({{2147483647, -1}}, int32));
  EXPECT_EQ(numbers("1,0\n", boolean), Array({{true, false}}, boolean));
}

TEST(Csv, missing_numbers_are_nan_on_request) {
  const Array values = read("x,y\n,1\nnan, \nNaN,\"\"\n-nan,2\n", {.missing_is_nan = true}).values;
  for (std::int64_t row : {0, 1, 2, 3}) EXPECT_TRUE(std::isnan(values.at<float>({row, 0}))) << row;
  EXPECT_EQ(values.at<float>({0, 1}), 1.0F);
  EXPECT_TRUE(std::isnan(values.at<float>({1, 1})));
  EXPECT_TRUE(std::isnan(values.at<float>({2, 1})));
}

TEST(Csv, a_locale_with_a_decimal_comma_changes_nothing) {
  const char* before = std::setlocale(LC_ALL, nullptr);
  const std::string kept = before;
  const char* comma = nullptr;
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"})
    if (comma == nullptr) comma = std::setlocale(LC_ALL, name);

  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const std::locale old = std::locale::global(std::locale(std::locale(), new Comma));
  const TestFolder folder;
  write_csv(folder / "f.csv", Array({{1234.5, 1e-46}}, float64));
  const std::string written = contents(folder / "f.csv");
  const Array value = read("x,y\n1234.5,1e-46\n").values;
  const std::string refused = error_text<DataError>([&] { read("x\n\"1,5\"\n"); });
  std::locale::global(old);
  std::setlocale(LC_ALL, kept.c_str());

  EXPECT_EQ(written, "1234.5,1e-46\n");
  EXPECT_EQ(value, Array({{1234.5, 0}}));
  EXPECT_THAT(refused, testing::HasSubstr("\"1,5\" is no number"));
}

TEST(Csv, gzip_is_told_by_its_first_bytes) {
  EXPECT_EQ(read(gzip("x,y\n1,2\n")).values, Array({{1, 2}}));
}

TEST(Csv, a_pipe_is_read_to_its_end) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  const std::string text = "x,y\n1,2\n";
  ASSERT_EQ(::write(ends[1], text.data(), text.size()), std::ssize(text));
  ::close(ends[1]);
  EXPECT_EQ(read_csv("/dev/fd/" + std::to_string(ends[0])).values, Array({{1, 2}}));
  ::close(ends[0]);
}

TEST(Csv, a_reader_gives_rows_in_parts) {
  const TestFolder folder;
  CsvReader reader(folder.write("f.csv", "x,l\n1,b\n2,a\n3,b\n4,c\n5,a\n"), {.label = "l"});
  EXPECT_THAT(reader.names(), ElementsAre("x"));
  CsvRows rows = reader.read(2);
  EXPECT_EQ(rows.values, Array({{1}, {2}}));
  EXPECT_EQ(rows.labels, Array({0, 1}, int64));
  rows = reader.read(2);
  EXPECT_EQ(rows.values, Array({{3}, {4}}));
  EXPECT_EQ(rows.labels, Array({0, 2}, int64));
  rows = reader.read(std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(rows.values, Array({{5}}));
  EXPECT_EQ(reader.read(2).values.shape(), (Shape{0, 1}));
  EXPECT_EQ(reader.read(2).labels.shape(), (Shape{0}));
  // As they were found.
  EXPECT_THAT(reader.class_names(), ElementsAre("b", "a", "c"));
}

// Longer than any buffer, so that fields lie across the ends of pieces.
std::string long_file(std::int64_t rows, std::vector<float>& values) {
  std::string bytes = "x,\"long\nname\",l\r\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    const float value = static_cast<float>(i) / 7;
    values.insert(values.end(), {value, -value});
    char digits[32];
    std::snprintf(digits, sizeof digits, "%.9g", static_cast<double>(value));
    bytes += std::string(digits) + ",\"-" + digits + "\",\"" +
             std::string(static_cast<std::size_t>(i % 50), 'c') + "\"\"\r\n\"\r\n";
  }
  return bytes;
}

TEST(Csv, fields_may_lie_across_the_pieces_that_are_read) {
  std::vector<float> values;
  const std::string bytes = long_file(20'000, values);
  const CsvTable table = read(bytes, {.label = "l"});
  EXPECT_EQ(table.values, Array(Shape{20'000, 2}, values));
  EXPECT_EQ(table.class_names.size(), 50);
  EXPECT_EQ(table.class_names[1], "c\"\r\n");
  const auto labels = table.labels.values<std::int64_t>();
  for (std::size_t i = 0; i < labels.size(); ++i)
    ASSERT_EQ(table.class_names[static_cast<std::size_t>(labels[i])].size(), i % 50 + 3) << i;
}

TEST(Csv, a_table_larger_than_a_part_is_joined) {
  constexpr std::int64_t rows = 3'000'000;  // 36 MB with their labels, beside parts of 32 MiB
  std::string bytes = "x,l\n";
  for (std::int64_t i = 0; i < rows; ++i)
    bytes += std::to_string(i % 10) + (i % 3 == 0 ? ",b\n" : ",a\n");
  const CsvTable table = read(bytes, {.label = "l"});
  ASSERT_EQ(table.values.shape(), (Shape{rows, 1}));
  const auto values = table.values.values<float>();
  const auto labels = table.labels.values<std::int64_t>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(values[i], static_cast<float>(i % 10)) << i;
    ASSERT_EQ(labels[i], i % 3 == 0 ? 1 : 0) << i;
  }
}

// Alone in its process, as ctest runs it: others would have taken the memory before.
TEST(Csv, slow_a_reader_takes_memory_for_its_part_alone) {
  const TestFolder folder;
  std::string piece;
  for (int i = 0; i < 100'000; ++i) piece += "0.5,-1,\"7\"\r\n";
  std::ofstream out(folder / "f.csv", std::ios::binary);
  for (int i = 0; i < 100; ++i) out << piece;
  out.close();
  ASSERT_GT(std::filesystem::file_size(folder / "f.csv"), 100'000'000);

  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  CsvReader reader(folder / "f.csv", {.header = false});
  std::int64_t count = 0;
  double sum = 0;
  for (CsvRows rows = reader.read(1000); rows.values.shape()[0] > 0; rows = reader.read(1000)) {
    count += rows.values.shape()[0];
    for (float value : rows.values.values<float>()) sum += static_cast<double>(value);
  }
  getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(count, 10'000'000);
  EXPECT_EQ(sum, 10'000'000 * 6.5);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 4 * 1024) << "KiB";
}

TEST(Csv, a_million_columns_are_possible) {
  std::string row = "1";
  for (int i = 1; i < 1'000'000; ++i) row += ",1";
  const CsvTable table = read(row + "\n" + row + "\n", {.header = false});
  EXPECT_EQ(table.values, Array::full({2, 1'000'000}, 1));
}

}  // namespace
}  // namespace gradus
