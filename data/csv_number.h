// Numbers as they stand in a CSV file.
#pragma once

#include <cstddef>
#include <string_view>

#include <gradus/dtype.h>

namespace gradus {

enum class CsvNumber { read, missing, wrong, out_of_range };

// Reads one number of a dtype into `out`, where it takes size_of(dtype) bytes, rounded to the
// nearest of a float dtype; no locale matters. Spaces and tabs around it and a plus before it mean
// nothing. What is empty or NaN is missing, and is NaN in `out` if the dtype has it.
using ReadCsvNumber = CsvNumber (*)(std::string_view text, std::byte* out);
ReadCsvNumber csv_number_reader(DType dtype);

// The same of a class that is a number.
CsvNumber read_csv_integer(std::string_view text, std::int64_t& out);

}  // namespace gradus
