// Numbers, and the classes beside them, in CSV files (RFC 4180).
//
//   CsvTable iris = read_csv("iris.csv", {.label = "species"});
//   iris.values;          // float32 [150, 4]
//   iris.names;           // {"sepal_length", "sepal_width", "petal_length", "petal_width"}
//   iris.labels;          // int64 [150], places in
//   iris.class_names;     // {"setosa", "versicolor", "virginica"}
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gradus/array.h>

namespace gradus {

struct CsvOptions {
  // The columns to read as numbers, in this order; empty: all but the label's.
  std::vector<std::string> columns = {};
  std::string label = {};  // the column of classes; empty: there is none
  // The classes that there are, as in another file's CsvTable; empty: those found.
  std::vector<std::string> class_names = {};
  bool label_is_integer = false;  // the labels are the integers that stand there
  bool header = true;             // the first row has names; without it they are "0", "1", ...
  char separator = ',';
  DType dtype = float32;        // of the numbers
  bool missing_is_nan = false;  // or else a missing number is refused
};

struct CsvTable {
  Array values;                          // options.dtype [rows, columns]
  std::vector<std::string> names;        // of the columns
  Array labels;                          // int64 [rows]; [0] without a label
  std::vector<std::string> class_names;  // of labels 0, 1, ...; empty if they are integers
};

// Fields may stand in quotes, with doubled quotes and line breaks inside. Rows end with LF, CRLF or
// CR; empty lines after the last, and a byte order mark before the first, are no data. The file may
// be gzip, whatever its name: its first bytes tell. A pipe is held whole before it is read.
//
// A number is what C has for one, with a point in every locale, decimal or "inf", or an integer (0
// or 1 for bool); spaces around it and a plus before it mean nothing. It is rounded to the dtype's
// nearest; what is too large for it is refused. A number is missing where its field is empty or
// "nan". Classes and names are exactly the text of their fields. Classes are numbered in the order
// of their bytes.
//
// FileError if the file cannot be read or is no regular file. DataError, with file, line and column
// (in bytes, both from 1), for what is no such number or class; for rows of another length than the
// first; for a column that is not there or there twice; for a NUL, or text that is no UTF-8; for
// fields beyond 1 MiB, more than a million columns, or names of more than 64 MiB. Where `header` is
// true and `columns` is empty, a first row of nothing but numbers is refused: it has no names.
// DTypeError for missing_is_nan with a dtype that has no NaN.
CsvTable read_csv(const std::filesystem::path& file, const CsvOptions& options = {},
                  SourceLocation where = SourceLocation::current());

struct CsvRows {
  Array values;  // as in CsvTable
  Array labels;
};

// A file too large for memory, some rows at a time: no more than these are held.
//
//   CsvReader reader("clicks.csv.gz");
//   for (CsvRows rows = reader.read(1000); rows.values.shape()[0] > 0; rows = reader.read(1000))
//     session.run(step, {{x, rows.values}});
class CsvReader {
 public:
  // Reads the header.
  explicit CsvReader(const std::filesystem::path& file, const CsvOptions& options = {},
                     SourceLocation where = SourceLocation::current());
  ~CsvReader();
  CsvReader(const CsvReader&) = delete;
  CsvReader& operator=(const CsvReader&) = delete;

  const std::vector<std::string>& names() const;
  // In the order in which they were found, unless the options name them.
  const std::vector<std::string>& class_names() const;
  // The next rows, max_rows (1 or more) or what is left; no row after the last. When a row was
  // refused, so are the following.
  CsvRows read(std::int64_t max_rows, SourceLocation where = SourceLocation::current());

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// One line for each row of numbers [rows, columns], after a line of names if there are any. Each
// number is the shortest decimal that reads back to the same bits; NaN is "nan", true is 1.
// ShapeError for an array of another rank, without columns, or of other than names.size() columns;
// DataError for a name with a NUL or no UTF-8; FileError if the file cannot be written.
void write_csv(const std::filesystem::path& file, const Array& rows,
               const std::vector<std::string>& names = {},
               SourceLocation where = SourceLocation::current());

}  // namespace gradus
