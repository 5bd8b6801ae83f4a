// rooms: data png core
// A table that was read and written is read again, to the bit.
#include <gradus/csv.h>

#include <cstring>

#include "fuzz_file.h"
#include "scratch_file.h"

namespace {

void require(bool is_right) {
  if (!is_right) std::abort();
}

// Chosen by the first byte of the input.
gradus::CsvOptions options_of(std::uint8_t choice) {
  gradus::CsvOptions options;
  options.dtype = gradus::all_dtypes[choice % gradus::all_dtypes.size()];
  options.header = (choice & 8) != 0;
  options.missing_is_nan = (choice & 16) != 0 && gradus::is_float(options.dtype);
  if ((choice & 32) != 0) options.label = options.header ? "l" : "0";
  options.label_is_integer = (choice & 96) == 96;
  if ((choice & 128) != 0) options.separator = ';';
  return options;
}

void read_again(const gradus::CsvTable& table, const gradus::CsvOptions& options) {
  const gradus::ScratchFile file;
  gradus::write_csv(file.path(), table.values);
  const gradus::CsvOptions plain{
      .header = false, .dtype = options.dtype, .missing_is_nan = options.missing_is_nan};
  const gradus::Array again = gradus::read_csv(file.path(), plain).values;
  require(again.shape() == table.values.shape());
  gradus::visit(again.dtype(), [&](auto zero) {
    using T = decltype(zero);
    const auto a = again.values<T>(), b = table.values.values<T>();
    // NaN of any sign is written as "nan".
    for (std::size_t i = 0; i < a.size(); ++i)
      require((a[i] != a[i] && b[i] != b[i]) || std::memcmp(&a[i], &b[i], sizeof(T)) == 0);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const gradus::CsvOptions options = options_of(data[0]);
  return gradus::fuzz_file(data + 1, size - 1, [&](const std::string& path) {
    const gradus::CsvTable table = gradus::read_csv(path, options);
    require(table.values.shape()[1] == std::ssize(table.names));
    require(options.label.empty() || table.labels.shape()[0] == table.values.shape()[0]);
    if (table.values.size() > 0) read_again(table, options);
  });
}
