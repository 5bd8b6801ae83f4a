#include <gradus/noisy_sheet.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "data/support.h"

namespace gradus {
namespace {

using testing_data::message_of;

TEST(NoisySheet, points_are_in_space_with_one_parameter_each) {
  const Sheet sheet = noisy_sheet(50, 1);
  EXPECT_EQ(sheet.points.shape(), (Shape{50, 3}));
  EXPECT_EQ(sheet.parameter.shape(), (Shape{50}));
  EXPECT_EQ(sheet.points.dtype(), float32);
  EXPECT_EQ(sheet.parameter.dtype(), float32);
}

TEST(NoisySheet, same_seed_same_bits_other_seed_other_bits) {
  EXPECT_EQ(noisy_sheet(50, 1).points, noisy_sheet(50, 1).points);
  EXPECT_NE(noisy_sheet(50, 1).points, noisy_sheet(50, 2).points);
}

TEST(NoisySheet, defaults_are_those_of_the_header) {
  EXPECT_EQ(noisy_sheet(20, 1).points,
            noisy_sheet(20, 1, {.bend = 2.4, .width = 1.2, .noise = 0.04}).points);
}

TEST(NoisySheet, fewer_points_are_the_beginning_of_more) {
  EXPECT_EQ(noisy_sheet(20, 1).points, noisy_sheet(50, 1).points.rows(0, 20));
}

TEST(NoisySheet, the_mean_is_zero) {
  const Sheet sheet = noisy_sheet(100'000, 1);
  double sums[3] = {};
  for (std::int64_t i = 0; i < 100'000; ++i)
    for (std::int64_t axis = 0; axis < 3; ++axis)
      sums[axis] += static_cast<double>(sheet.points.at<float>({i, axis}));
  for (double sum : sums) EXPECT_NEAR(sum / 100'000, 0, 0.01);
}

// Without noise and width all points lie on an arc: their distance from the point at parameter 0
// is the chord 2 r sin(t bend / 4).
TEST(NoisySheet, without_noise_points_lie_on_the_arc) {
  const double bend = 2;
  const Sheet sheet = noisy_sheet(200, 1, {.bend = bend, .width = 0, .noise = 0});
  const double radius = 2 / bend, angle = bend / 2;
  const double height = -(1 - std::sin(angle) / angle) / angle;
  const double top[3] = {2.0 / 3 * height, -1.0 / 3 * height, 2.0 / 3 * height};
  for (std::int64_t i = 0; i < 200; ++i) {
    double squares = 0;
    for (std::int64_t axis = 0; axis < 3; ++axis)
      squares += std::pow(static_cast<double>(sheet.points.at<float>({i, axis})) - top[axis], 2);
    const double t = std::abs(static_cast<double>(sheet.parameter.at<float>({i})));
    EXPECT_NEAR(std::sqrt(squares), 2 * radius * std::sin(t * bend / 4), 1e-6);
  }
}

TEST(NoisySheet, numbers_out_of_range_are_refused) {
  const auto refusal = [](std::int64_t count, const SheetOptions& options) {
    return message_of<DataError>([&] { noisy_sheet(count, 1, options); });
  };
  EXPECT_EQ(refusal(-1, {}), "noisy_sheet: number of points is negative: -1");
  EXPECT_EQ(refusal(9, {.bend = 0}), "noisy_sheet: bend is not above 0 and at most 2 pi: 0");
  EXPECT_EQ(refusal(9, {.bend = 7}), "noisy_sheet: bend is not above 0 and at most 2 pi: 7");
  EXPECT_EQ(refusal(9, {.width = -1}), "noisy_sheet: width is not 0 or more: -1");
  EXPECT_EQ(refusal(9, {.noise = std::numeric_limits<double>::quiet_NaN()}),
            "noisy_sheet: noise is not 0 or more: nan");
}

}  // namespace
}  // namespace gradus
