#include <cstring>
#include <map>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checksums.h"
#include "kernels/samples.h"
#include "kernels/sheet/sheet.h"

namespace gradus {
namespace {

// One formula for one type of lanes, with inputs to run it on.
struct FormulaRun {
  const SheetFormula& formula;
  DType dtype;
  InstructionSet set;
  Tile tile = formula.kernel.tile(dtype, set);
  DType output_dtype = formula.has_bool_output ? boolean : dtype;
  std::vector<Array> inputs{};

  FormulaRun(const SheetFormula& f, DType d, InstructionSet s) : formula(f), dtype(d), set(s) {
    for (std::size_t k = 0; k < f.kernel.arity(); ++k)
      inputs.push_back(
          samples(f.has_bool_first_input && k == 0 ? boolean : d, fmt::format("input {}", k)));
  }
  std::vector<const void*> pointers(std::int64_t first) const {
    std::vector<const void*> result;
    for (const Array& input : inputs)
      result.push_back(static_cast<const std::byte*>(input.data()) +
                       static_cast<std::size_t>(first) * size_of(input.dtype()));
    return result;
  }
  std::vector<std::uint64_t> bits(std::int64_t first, std::int64_t count) const {
    std::vector<std::uint64_t> memory(static_cast<std::size_t>(count) + 1);
    // Written at the same distance from an alignment as the inputs.
    std::byte* output = reinterpret_cast<std::byte*>(memory.data()) +
                        static_cast<std::size_t>(first % 2) * size_of(output_dtype) % 8;
    tile(pointers(first).data(), output, count);
    return bits_of(output, output_dtype, count);
  }
  std::string name() const {
    return fmt::format("{} {} {}", formula.name, to_text(dtype), to_text(set));
  }
};

void for_each_run(auto&& f) {
  const std::vector<SheetFormula> formulas = sheet_formulas();
  for (const InstructionSet set : available_instruction_sets())
    for (const SheetFormula& formula : formulas)
      for (const DType dtype : all_dtypes)
        if (formula.kernel.tile(dtype, set) != nullptr) f(FormulaRun(formula, dtype, set));
}

// How many elements of first .. first + count - 1 differ from those of the whole.
std::int64_t moved(const FormulaRun& run, const std::vector<std::uint64_t>& whole,
                   std::int64_t first, std::int64_t count) {
  const auto part = run.bits(first, count);
  std::int64_t differ = 0;
  for (std::size_t i = 0; i < part.size(); ++i)
    differ += part[i] != whole[static_cast<std::size_t>(first) + i];
  return differ;
}

TEST(ElementwiseBits, an_element_alone_has_the_bits_it_has_among_others) {
  for_each_run([](const FormulaRun& run) {
    const auto whole = run.bits(0, sample_count);
    std::int64_t differ = 0;
    for (std::int64_t i = 0; i < sample_count; ++i) differ += moved(run, whole, i, 1);
    EXPECT_EQ(differ, 0) << run.name();
  });
}

TEST(ElementwiseBits, no_bits_depend_on_where_a_tile_starts_or_how_long_it_is) {
  for_each_run([](const FormulaRun& run) {
    const auto whole = run.bits(0, sample_count);
    std::int64_t differ = 0;
    for (std::int64_t first = 0; first < 51; ++first)
      for (std::int64_t count = 1; count <= 40; ++count)
        differ += moved(run, whole, 50 * first, count) + moved(run, whole, first, count);
    EXPECT_EQ(differ, 0) << run.name();
  });
}

TEST(ElementwiseBits, an_output_in_the_place_of_an_input_has_the_same_bits) {
  for_each_run([](const FormulaRun& run) {
    const auto whole = run.bits(0, sample_count);
    for (std::size_t k = 0; k < run.inputs.size(); ++k) {
      Array both = run.inputs[k];
      if (size_of(both.dtype()) != size_of(run.output_dtype)) continue;
      void* output = both.mutable_data();
      std::vector<const void*> pointers = run.pointers(0);
      pointers[k] = output;
      run.tile(pointers.data(), output, sample_count);
      EXPECT_EQ(bits_of(output, run.output_dtype, sample_count), whole) << run.name();
    }
  });
}

TEST(ElementwiseBits, are_the_same_in_every_build) {
  std::map<std::string, Checksum> expected;
  for (const Checksum& line : elementwise_checksums)
    expected[fmt::format("{} {}", line.name, to_text(line.dtype))] = line;
  std::map<std::string, Checksum> found;
  for_each_run([&](const FormulaRun& run) {
    const std::string name = fmt::format("{} {}", run.formula.name, to_text(run.dtype));
    Checksum& line = found.try_emplace(name, expected[name]).first->second;
    std::uint64_t& sum = has_fma(run.set) ? line.fused : line.baseline;
    const std::uint64_t now = checksum(run.bits(0, sample_count));
    EXPECT_EQ(sum, now) << run.name();
    sum = now;
  });
  std::string lines;  // to stand in checksums.h if a formula was changed on purpose
  for (const auto& [name, line] : found) {
    const std::string dtype = name.substr(name.find(' ') + 1);
    lines +=
        fmt::format("    {{\"{}\", {}, 0x{:016x}, 0x{:016x}}},\n", name.substr(0, name.find(' ')),
                    dtype == "bool" ? "boolean" : dtype, line.baseline, line.fused);
  }
  if (HasFailure()) ADD_FAILURE() << lines;
}

}  // namespace
}  // namespace gradus
