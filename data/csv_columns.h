// Which field of a row is read as what.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gradus/csv.h>

#include "csv_fields.h"

namespace gradus {

struct CsvColumns {
  static constexpr std::int64_t unread = -1, label = -2;

  std::vector<std::string> names;    // of the numbers, in their order
  std::vector<std::int64_t> places;  // of each field of a row: among the numbers, or one of above
};

// Reads the first row of the file; the fields then stand before the first row of data, unless there
// is no header, where they have to be read anew.
CsvColumns read_csv_columns(CsvFields& fields, const CsvOptions& options);

}  // namespace gradus
