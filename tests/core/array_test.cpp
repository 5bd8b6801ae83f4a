#include <gradus/array.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "core/refusal.h"

namespace gradus {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr auto most32 = std::numeric_limits<std::int32_t>::max();
constexpr auto least32 = std::numeric_limits<std::int32_t>::min();
constexpr auto most64 = std::numeric_limits<std::int64_t>::max();
constexpr auto least64 = std::numeric_limits<std::int64_t>::min();

TEST(Array, by_default_is_the_scalar_0) {
  const Array x;
  EXPECT_EQ(x.dtype(), float32);
  EXPECT_EQ(x.shape(), Shape{});
  EXPECT_EQ(x.item(), 0);
}

TEST(Array, of_a_shape_is_all_zero_and_aligned_to_64_bytes) {
  for (DType dtype : all_dtypes) {
    Array::full({3, 5}, 1, dtype);  // leaves memory that is not zero behind
    const Array x = Array::zeros({3, 5}, dtype);
    EXPECT_EQ(x.byte_count(), 15 * size_of(dtype));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.data()) % 64, 0);
    EXPECT_EQ(x, Array::full({3, 5}, 0, dtype));
  }
}

// Where a large one starts in its page differs from one to the next.
TEST(Array, that_is_large_is_aligned_and_whole_too) {
  for (const std::int64_t bytes : {(1 << 16) - 1, 1 << 16, (1 << 16) + 4097, 1 << 22}) {
    std::vector<Array> arrays;
    for (int i = 0; i < 5; ++i) arrays.push_back(Array::full({bytes}, true, boolean));
    for (const Array& x : arrays) {
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(x.data()) % 64, 0);
      EXPECT_TRUE(std::ranges::all_of(x.values<bool>(), [](bool value) { return value; }));
    }
  }
}

TEST(Array, of_no_element_can_be_made_copied_written_and_read) {
  Array x = Array::zeros({3, 0, 2}, float64);
  Array y = x;
  EXPECT_TRUE(y.mutable_values<double>().empty());
  EXPECT_EQ(x, y);
  EXPECT_EQ(x.cast(int32), Array::zeros({3, 0, 2}, int32));
  EXPECT_EQ(x.reshaped({0}), Array::zeros({0}, float64));
  EXPECT_EQ(x.rows(1, 3), Array::zeros({2, 0, 2}, float64));
}

TEST(Array, copies_share_bytes_until_one_is_written) {
  Array x({1, 2, 3});
  Array y = x;
  EXPECT_EQ(x.data(), y.data());
  y.mutable_values<float>()[0] = 7;
  EXPECT_NE(x.data(), y.data());
  EXPECT_EQ(x, Array({1, 2, 3}));
  EXPECT_EQ(y, Array({7, 2, 3}));
  const void* before = y.data();
  EXPECT_EQ(y.mutable_data(), before);
}

TEST(Array, writing_a_reshaped_copy_leaves_the_first_alone) {
  const Array x({{1, 2}, {3, 4}});
  Array y = x.reshaped({4});
  EXPECT_EQ(x.data(), y.data());
  y.mutable_values<float>()[3] = 0;
  EXPECT_EQ(x, Array({{1, 2}, {3, 4}}));
}

TEST(Array, moved_from_is_empty_and_still_safe) {
  Array x({1, 2, 3});
  const Array y = std::move(x);
  EXPECT_EQ(x.shape(), Shape{0});
  EXPECT_TRUE(x.values<float>().empty());
  EXPECT_TRUE(x.mutable_values<float>().empty());
  EXPECT_EQ(x, Array::zeros({0}));
  EXPECT_EQ(Array(x).cast(int64).size(), 0);
  x = y;
  EXPECT_EQ(x, Array({1, 2, 3}));
  Array& same = x;
  x = std::move(same);
  EXPECT_EQ(x, Array({1, 2, 3}));
}

TEST(Array, of_elements_has_them_in_row_major_order) {
  const Array x({2, 2}, std::vector<std::int32_t>{1, 2, 3, 4});
  EXPECT_EQ(x, Array({{1, 2}, {3, 4}}, int32));
  EXPECT_EQ(x.to_vector<std::int32_t>(), (std::vector<std::int32_t>{1, 2, 3, 4}));
  EXPECT_EQ(Array({1, 0}, boolean).to_vector<bool>(), (std::vector<bool>{true, false}));
  EXPECT_EQ(refusal<ShapeError>([] {
              Array({2, 2}, std::vector<float>(3));
            }),
            "array: 3 elements for shape [2, 2]\n  at  here");
}

TEST(Array, refuses_an_unknown_dimension) {
  EXPECT_EQ(refusal<ShapeError>([] {
              Array::zeros({any_size, 2});
            }),
            "array: a dimension is unknown: [?, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([] { Array::full({any_size}, 1); }),
            "array: a dimension is unknown: [?]\n  at  here");
}

TEST(Array, larger_than_the_machine_is_a_memory_error) {
  constexpr std::int64_t n = std::int64_t{1} << 50;
  EXPECT_EQ(refusal<MemoryError>([] { Array::zeros({n}); }),
            "array: no memory for float32 [1125899906842624] (4.0 PiB)");
  EXPECT_EQ(refusal<MemoryError>([] {
              Array::zeros({n, 1 << 10}, float64);
            }),
            "array: no memory for float64 [1125899906842624, 1024] (8.0 EiB)");
}

TEST(Array, gives_elements_in_its_own_type_alone) {
  Array x({1, 2});
  EXPECT_EQ(refusal<DTypeError>([&] { x.values<double>(); }),
            "array: elements are float32, asked for as float64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { x.mutable_values<bool>(); }),
            "array: elements are float32, asked for as bool\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { x.at<std::int32_t>({0}); }),
            "array: elements are float32, asked for as int32\n  at  here");
}

TEST(Array, at_counts_from_the_end_if_negative) {
  const Array x({{1, 2, 3}, {4, 5, 6}});
  EXPECT_EQ(x.at<float>({1, 0}), 4);
  EXPECT_EQ(x.at<float>({-1, -3}), 4);
  EXPECT_EQ(x.at<float>({0, -1}), 3);
  EXPECT_EQ(Array(5).at<float>({}), 5);
}

TEST(Array, at_refuses_an_index_out_of_range_or_of_another_rank) {
  const Array x({{1, 2, 3}, {4, 5, 6}});
  EXPECT_EQ(refusal<ShapeError>([&] {
              x.at<float>({2, 0});
            }),
            "array: no element [2, 0] in shape [2, 3]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              x.at<float>({0, -4});
            }),
            "array: no element [0, -4] in shape [2, 3]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { x.at<float>({1}); }),
            "array: no element [1] in shape [2, 3]\n  at  here");
  EXPECT_EQ(
      refusal<ShapeError>([&] {
        x.at<float>({least64, most64});
      }),
      "array: no element [-9223372036854775808, 9223372036854775807] in shape [2, 3]\n  at  here");
}

TEST(Array, item_converts_its_one_element) {
  EXPECT_EQ(Array(2.75).item<std::int32_t>(), 2);
  EXPECT_EQ(Array({{2}}, int64).item(), 2.0F);
  EXPECT_TRUE(Array(0.5).item<bool>());
  EXPECT_EQ(refusal<ShapeError>([] {
              Array({1, 2}).item();
            }),
            "array: item() of shape [2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([] { Array::zeros({0}).item(); }),
            "array: item() of shape [0]\n  at  here");
}

TEST(Array, reshaped_fills_in_one_open_dimension) {
  const Array x({1, 2, 3, 4, 5, 6});
  EXPECT_EQ(x.reshaped({2, any_size}), Array({{1, 2, 3}, {4, 5, 6}}));
  EXPECT_EQ(x.reshaped({any_size}), x);
  EXPECT_EQ(Array({7}).reshaped({}), Array(7));
}

TEST(Array, reshaped_refuses_another_number_of_elements) {
  const Array x = Array::zeros({2, 3});
  EXPECT_EQ(refusal<ShapeError>([&] { x.reshaped({5}); }),
            "array: [2, 3] cannot be reshaped to [5]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              x.reshaped({any_size, 4});
            }),
            "array: [2, 3] cannot be reshaped to [?, 4]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              x.reshaped({any_size, any_size});
            }),
            "array: [2, 3] cannot be reshaped to [?, ?]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              Array::zeros({0}).reshaped({any_size, 0});
            }),
            "array: [0] cannot be reshaped to [?, 0]\n  at  here");
}

TEST(Array, cast_to_an_integer_cuts_the_fraction_and_stops_at_the_ends) {
  for (DType from : {float32, float64}) {
    const Array x({2.9, -2.9, nan, inf, -inf, 1e30, -1e30, -0.0}, from);
    EXPECT_EQ(x.cast(int32), Array({2, -2, 0, most32, least32, most32, least32, 0}, int32));
    EXPECT_EQ(x.cast(int64), Array({2, -2, 0, most64, least64, most64, least64, 0}, int64));
  }
}

TEST(Array, cast_is_exact_beside_the_ends_of_the_integers) {
  EXPECT_EQ(Array({2147483647.0, 2147483648.0, -2147483648.0, -2147483649.0}, float64).cast(int32),
            Array({most32, most32, least32, least32}, int32));
  const double below = std::nextafter(0x1p63, 0);
  EXPECT_EQ(Array({below, 0x1p63, -0x1p63}, float64).cast(int64),
            Array({most64 - 1023, most64, least64}, int64));
}

TEST(Array, cast_of_int64_to_int32_keeps_the_low_32_bits) {
  EXPECT_EQ(Array({std::int64_t{1} << 32, most64, least64}, int64).cast(int32),
            Array({0, -1, 0}, int32));
}

TEST(Array, cast_to_bool_tells_what_is_not_0) {
  EXPECT_EQ(Array({0.0, -0.0, 0.25, nan}).cast(boolean), Array({0, 0, 1, 1}, boolean));
  EXPECT_EQ(Array({1, 0}, boolean).cast(float64), Array({1, 0}, float64));
}

TEST(Array, cast_of_int64_to_floats_rounds_to_the_nearest) {
  constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;
  EXPECT_EQ(Array({odd}, int64).cast(float64), Array({0x1p53}, float64));
  EXPECT_EQ(Array({most64}, int64).cast(float32), Array({0x1p63}));
}

TEST(Array, equals_by_dtype_shape_and_bits) {
  EXPECT_EQ(Array({nan}), Array({nan}));
  EXPECT_NE(Array({0.0}), Array({-0.0}));
  EXPECT_NE(Array({1}), Array({1}, float64));
  EXPECT_NE(Array({1}), Array({{1}}));
  EXPECT_NE(Array::zeros({0, 2}), Array::zeros({2, 0}));
}

TEST(Values, nest_as_deep_as_the_rank) {
  EXPECT_EQ(Array(5).shape(), Shape{});
  EXPECT_EQ(Array({5}).shape(), (Shape{1}));
  EXPECT_EQ(Array({{{1, 2}}, {{3, 4}}, {{5, 6}}}).shape(), (Shape{3, 1, 2}));
  EXPECT_EQ(Array({{{{{{{{1}}}}}}}}).rank(), 8);
  EXPECT_EQ(Array(Values(std::initializer_list<Values>{})).shape(), (Shape{0}));
}

TEST(Values, keep_integers_that_no_double_holds) {
  constexpr std::int64_t odd = (std::int64_t{1} << 53) + 1;
  EXPECT_EQ(Array({odd, least64, most64}, int64).to_vector<std::int64_t>(),
            (std::vector<std::int64_t>{odd, least64, most64}));
  EXPECT_EQ(Array::full({1}, odd, int64).item<std::int64_t>(), odd);
}

TEST(Values, that_the_dtype_does_not_have_are_refused_at_their_line) {
  const auto text = [](const Values& value, DType dtype) {
    return refusal<DTypeError>([&] {
      Array({0, value}, dtype, SourceLocation::current("model.cpp", 41));
    });
  };
  constexpr std::int64_t large = std::int64_t{1} << 40;
  const std::string at_user_line = "\n  at  model.cpp:41";
  EXPECT_EQ(text(large, int32), "array: 1099511627776 is no int32" + at_user_line);
  EXPECT_EQ(text(std::int64_t{1} << 31, int32), "array: 2147483648 is no int32" + at_user_line);
  EXPECT_EQ(text(2.7, int64), "array: 2.7 is no int64" + at_user_line);
  EXPECT_EQ(text(0x1p63, int64), "array: 9.223372036854776e+18 is no int64" + at_user_line);
  EXPECT_EQ(text(nan, int32), "array: nan is no int32" + at_user_line);
  EXPECT_EQ(text(2, boolean), "array: 2 is no bool" + at_user_line);
  EXPECT_EQ(text(1, DType{77}), "array: 77 is no dtype" + at_user_line);
  EXPECT_EQ(refusal<DTypeError>([] { Array::full({2}, nan, int32); }),
            "full: nan is no int32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { Array::full({}, 0.5, boolean); }),
            "full: 0.5 is no bool\n  at  here");
  EXPECT_EQ(Array({2.0, -0x1p31}, int32), Array({2, -2147483648}, int32));
  EXPECT_EQ(Array({true, false, 1.0}, boolean), Array({1, 0, 1}, boolean));
}

TEST(Array, of_no_dtype_is_refused) {
  const DType none{77};
  EXPECT_EQ(refusal<DTypeError>([&] { Array({2}, none); }), "array: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { Array::full({}, 1, none); }),
            "full: 77 is no dtype\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { Array().cast(none); }), "cast: 77 is no dtype\n  at  here");
  EXPECT_EQ(to_text(none), "no dtype");
}

TEST(Values, of_different_lengths_or_depths_are_refused_at_their_line) {
  EXPECT_EQ(refusal<ShapeError>([] {
              Array({{1, 2}, {3}});
            }),
            "array: the lists differ in length or depth; the first ones have shape [2, 2]\n"
            "  at  here");
  EXPECT_EQ(
      refusal<ShapeError>([] {
        Array({1, {2, 3}});
      }),
      "array: the lists differ in length or depth; the first ones have shape [2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([] {
              Array({{{1}}, {2}});
            }),
            "array: the lists differ in length or depth; the first ones have shape [2, 1, 1]\n"
            "  at  here");
}

TEST(Values, nested_deeper_than_8_are_refused_at_their_line) {
  Values deep = 1;
  for (int depth = 0; depth < 9; ++depth) deep = Values({deep, deep});
  EXPECT_EQ(refusal<ShapeError>([&] { return Array(deep); }),
            "shape: 9 dimensions, at most 8 are possible\n  at  here");
}

}  // namespace
}  // namespace gradus
