#include <gradus/csv.h>

#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>
#include <gradus/random.h>

#include "core/child_process.h"
#include "data/support.h"
#include "support/error_text.h"

namespace gradus {
namespace {

// What write_csv makes of it.
std::string written(const Array& rows, const std::vector<std::string>& names = {}) {
  const TestFolder folder;
  write_csv(folder / "f.csv", rows, names);
  return contents(folder / "f.csv");
}

// Numbers of every size: bits as they come, but for NaN.
template <class T, class Bits>
Array random_bits(std::int64_t count) {
  Random random(7, "csv");
  Array array = Array::zeros({count, 4}, dtype_of<T>());
  for (T& value : array.mutable_values<T>()) do {
      const auto bits =
          static_cast<Bits>(random.below(std::int64_t{1} << 32)) |
          static_cast<Bits>(static_cast<std::uint64_t>(random.below(std::int64_t{1} << 32))
                            << (sizeof(Bits) * 8 - 32));
      std::memcpy(&value, &bits, sizeof value);
    } while (value != value);
  return array;
}

TEST(WriteCsv, numbers_are_the_shortest_that_read_back) {
  EXPECT_EQ(written(Array({{0.1, 1, -0.0}, {1e-45, 16777216, 1e30}})),
            "0.1,1,-0\n1e-45,16777216,1e+30\n");
  EXPECT_EQ(written(Array({{0.1, 1.0 / 3}}, float64)), "0.1,0.3333333333333333\n");
  EXPECT_EQ(written(Array({{std::numeric_limits<std::int64_t>::min()}}, int64)),
            "-9223372036854775808\n");
  EXPECT_EQ(written(Array({{true, false}}, boolean)), "1,0\n");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(written(Array({{nan, -nan, HUGE_VAL, -HUGE_VAL}}, float64)), "nan,nan,inf,-inf\n");
}

TEST(WriteCsv, names_are_quoted_where_they_must_be) {
  const Array row({{1, 2, 3, 4}});
  EXPECT_EQ(written(row, {"x", "a,b", "say \"a\"", "c\nd"}),
            "x,\"a,b\",\"say \"\"a\"\"\",\"c\nd\"\n1,2,3,4\n");
  EXPECT_EQ(written(row, {"\xEF\xBB\xBFx", "", "a b", "\xC3\xA4"}),
            "\"\xEF\xBB\xBFx\",,a b,\xC3\xA4\n1,2,3,4\n");
  EXPECT_EQ(written(Array({{1}}), {""}), "\"\"\n1\n");
}

TEST(WriteCsv, numbers_of_every_dtype_read_back_to_the_same_bits) {
  const TestFolder folder;
  const std::filesystem::path file = folder / "f.csv";
  for (const Array& rows :
       {random_bits<float, std::uint32_t>(5'000), random_bits<double, std::uint64_t>(5'000),
        random_bits<std::int32_t, std::uint32_t>(1'000),
        random_bits<std::int64_t, std::uint64_t>(1'000)}) {
    write_csv(file, rows, {"a", "b,\"", "c\r\n", "\xEF\xBB\xBF"});
    const CsvTable table = read_csv(file, {.dtype = rows.dtype()});
    EXPECT_EQ(table.values, rows);
    EXPECT_THAT(table.names, testing::ElementsAre("a", "b,\"", "c\r\n", "\xEF\xBB\xBF"));
    write_csv(file, rows);
    EXPECT_EQ(read_csv(file, {.header = false, .dtype = rows.dtype()}).values, rows);
  }
  write_csv(file, Array({{std::numeric_limits<float>::quiet_NaN()}}), {"x"});
  EXPECT_TRUE(std::isnan(read_csv(file, {.missing_is_nan = true}).values.item()));
}

TEST(WriteCsv, no_rows_are_a_header) {
  EXPECT_EQ(written(Array::zeros({0, 2}), {"x", "y"}), "x,y\n");
  EXPECT_EQ(written(Array::zeros({0, 2})), "");
}

TEST(WriteCsv, refuses_what_is_no_table) {
  const TestFolder folder;
  const auto text = [&]<class E>(E, const Array& rows, const std::vector<std::string>& names) {
    const std::string whole = error_text<E>([&] { write_csv(folder / "f.csv", rows, names); });
    EXPECT_FALSE(std::filesystem::exists(folder / "f.csv"));
    return whole.substr(0, whole.find("\n  at  write_csv_test.cpp:"));
  };
  const ShapeError shape("");
  EXPECT_EQ(text(shape, Array(1), {}),
            "csv: shape [], expected [rows, columns] with a column or more");
  EXPECT_EQ(text(shape, Array::zeros({3}), {}),
            "csv: shape [3], expected [rows, columns] with a column or more");
  EXPECT_EQ(text(shape, Array::zeros({3, 0}), {}),
            "csv: shape [3, 0], expected [rows, columns] with a column or more");
  EXPECT_EQ(text(shape, Array::zeros({3, 2}), {"x"}), "csv: 1 names for 2 columns");
  EXPECT_EQ(text(DataError(""), Array({{1}}), {std::string("a\0b", 3)}),
            "csv: a name has a NUL or is no UTF-8: \"a b\"");
  EXPECT_EQ(text(DataError(""), Array({{1}}), {"\xC0"}),
            "csv: a name has a NUL or is no UTF-8: \"\xEF\xBF\xBD\"");
  const std::string whole = error_text<FileError>([] { write_csv("no/such/f.csv", Array({{1}})); });
  EXPECT_THAT(whole, testing::StartsWith(
                         "file \"no/such/f.csv\" cannot be written: No such file or directory\n"
                         "  at  write_csv_test.cpp:"));
}

// Debian's Python, with its csv module and NumPy where that is installed.
std::string python(const std::string& script, const std::filesystem::path& folder) {
  const ChildResult result = run_child(
      {.program = "/usr/bin/python3", .arguments = {"-B", "-c", script}, .folder = folder});
  return result.end == ChildEnd::not_found ? "no python3" : result.failure + result.output;
}

TEST(WriteCsv, pythons_csv_module_reads_what_was_written) {
  const TestFolder folder;
  write_csv(folder / "f.csv", Array({{1.5, -2}, {1e-45, 3}}), {"a,\"b\"\nc", "\xC3\xA4"});
  const std::string said = python(
      "import csv\n"
      "rows = list(csv.reader(open('f.csv', newline='', encoding='utf-8'), strict=True))\n"
      "assert rows == [['a,\"b\"\\nc', '\\u00e4'], ['1.5', '-2'], ['1e-45', '3']], rows\n",
      folder);
  if (said == "no python3") GTEST_SKIP() << said;
  EXPECT_EQ(said, "");
}

TEST(WriteCsv, what_pythons_csv_module_wrote_is_read) {
  const TestFolder folder;
  const std::string said = python(
      "import csv\n"
      "for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC):\n"
      "    with open(f'{quoting}.csv', 'w', newline='', encoding='utf-8') as file:\n"
      "        writer = csv.writer(file, quoting=quoting)\n"
      "        writer.writerow(['x', 'a,\"b\"\\r\\nc', 'l'])\n"
      "        writer.writerow([0.1, 1e300, 'say \"a\"'])\n"
      "        writer.writerow([-3, 5e-324, 'a\\nb'])\n",
      folder);
  if (said == "no python3") GTEST_SKIP() << said;
  ASSERT_EQ(said, "");
  for (const char* file : {"0.csv", "1.csv", "2.csv"}) {
    const CsvTable table = read_csv(folder / file, {.label = "l", .dtype = float64});
    EXPECT_THAT(table.names, testing::ElementsAre("x", "a,\"b\"\r\nc"));
    EXPECT_EQ(table.values, Array({{0.1, 1e300}, {-3, 5e-324}}, float64));
    EXPECT_THAT(table.class_names, testing::ElementsAre("a\nb", "say \"a\""));
  }
}

// Sums of bits, so that each side reads the other's numbers exactly.
TEST(WriteCsv, numpy_reads_the_same_bits_and_what_it_wrote_is_read) {
  const TestFolder folder;
  const Array floats = random_bits<float, std::uint32_t>(500);
  const Array doubles = random_bits<double, std::uint64_t>(500);
  write_csv(folder / "f.csv", floats, {"a", "b", "c", "d"});
  write_csv(folder / "d.csv", doubles);
  const std::string said = python(
      "try: import numpy as np\n"
      "except ImportError: raise SystemExit(print('no numpy'))\n"
      "f = np.loadtxt('f.csv', delimiter=',', skiprows=1, dtype=np.float64).astype(np.float32)\n"
      "d = np.loadtxt('d.csv', delimiter=',')\n"
      "f.tofile('f.bin'); d.tofile('d.bin')\n"
      "np.savetxt('f2.csv', f, delimiter=',', fmt='%.9g', header='a,b,c,d', comments='')\n"
      "np.savetxt('d2.csv', d, delimiter=',')\n",
      folder);
  if (said == "no python3" || said == "no numpy\n") GTEST_SKIP() << said;
  ASSERT_EQ(said, "");
  const auto bytes_of = [](const Array& array) {
    return std::string(static_cast<const char*>(array.data()), array.byte_count());
  };
  EXPECT_EQ(contents(folder / "f.bin"), bytes_of(floats));
  EXPECT_EQ(contents(folder / "d.bin"), bytes_of(doubles));
  EXPECT_EQ(read_csv(folder / "f2.csv").values, floats);
  EXPECT_EQ(read_csv(folder / "d2.csv", {.header = false, .dtype = float64}).values, doubles);
}

}  // namespace
}  // namespace gradus
