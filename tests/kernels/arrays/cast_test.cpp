#include "kernels/arrays/cast.h"

#include <gtest/gtest.h>

#include "kernels/samples.h"

namespace gradus {
namespace {

Array cast_by_tile(const Array& x, DType to, InstructionSet set) {
  Array y = Array::uninitialized(x.shape(), to);
  const void* inputs[] = {x.data()};
  cast_tile(x.dtype(), to, set)(inputs, y.mutable_data(), x.size());
  return y;
}

TEST(Cast, gives_what_the_cast_of_an_array_gives) {
  for (const DType from : all_dtypes)
    for (const DType to : all_dtypes)
      for (const InstructionSet set : available_instruction_sets()) {
        const Array x = samples(from, "cast"), want = x.cast(to);
        EXPECT_EQ(bits_of(cast_by_tile(x, to, set).data(), to, sample_count),
                  bits_of(want.data(), to, sample_count))
            << to_text(from) << " to " << to_text(to) << ", " << to_text(set);
      }
}

TEST(Cast, a_float_out_of_range_is_the_nearest_end_and_nan_is_0) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = 1 / 0.0;
  const Array x({8}, std::vector<double>{2147483647.5, -2147483648.5, 2147483648.0, 1e30, -inf, inf,
                                         nan, -1.9});
  const std::int32_t most = 2147483647, least = -most - 1;
  for (const InstructionSet set : available_instruction_sets())
    EXPECT_EQ(cast_by_tile(x, int32, set).to_vector<std::int32_t>(),
              (std::vector<std::int32_t>{most, least, most, most, least, most, 0, -1}))
        << to_text(set);
}

TEST(Cast, an_element_has_the_same_bits_at_every_place) {
  for (const DType from : all_dtypes)
    for (const DType to : all_dtypes)
      for (const InstructionSet set : available_instruction_sets()) {
        const Array x = samples(from, "cast"), whole = cast_by_tile(x, to, set);
        std::int64_t differ = 0;
        for (std::int64_t first = 0; first < 40; ++first)
          for (std::int64_t last = first; last < 80; ++last)
            differ +=
                bits_of(cast_by_tile(x.rows(first, last), to, set).data(), to, last - first) !=
                bits_of(whole.rows(first, last).data(), to, last - first);
        EXPECT_EQ(differ, 0) << to_text(from) << " to " << to_text(to) << ", " << to_text(set);
      }
}

}  // namespace
}  // namespace gradus
