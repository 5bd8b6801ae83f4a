#include <gradus/generated_digits.h>

#include <algorithm>
#include <array>

#include "data/support.h"

namespace gradus {
namespace {

using testing_data::message_of;

const DigitCounts few{.train = 200, .validation = 50, .test = 50};

// Sums over the images of each digit, one row of 784 for each.
std::vector<double> sum_of_each_digit(const ImageSet& set) {
  std::vector<double> sums(std::size_t{10} * 784);
  const auto pixels = set.images.values<float>();
  const auto labels = set.labels.values<std::int64_t>();
  for (std::size_t i = 0; i < pixels.size(); ++i)
    sums[static_cast<std::size_t>(labels[i / 784]) * 784 + i % 784] +=
        static_cast<double>(pixels[i]);
  return sums;
}

TEST(GeneratedDigits, sets_have_the_shapes_and_types_of_mnist) {
  const Mnist digits = generated_digits(1, few);
  EXPECT_EQ(digits.train.images.shape(), (Shape{200, 784}));
  EXPECT_EQ(digits.train.labels.shape(), (Shape{200}));
  EXPECT_EQ(digits.validation.images.shape(), (Shape{50, 784}));
  EXPECT_EQ(digits.test.labels.shape(), (Shape{50}));
  EXPECT_EQ(digits.train.images.dtype(), float32);
  EXPECT_EQ(digits.train.labels.dtype(), int64);
}

TEST(GeneratedDigits, the_sizes_are_those_of_mnist_if_none_are_given) {
  const DigitCounts counts;
  EXPECT_EQ(counts.train, 55000);
  EXPECT_EQ(counts.validation, 5000);
  EXPECT_EQ(counts.test, 10000);
}

TEST(GeneratedDigits, same_seed_same_bits_other_seed_other_bits) {
  const Mnist digits = generated_digits(1, few);
  EXPECT_EQ(digits.train.images, generated_digits(1, few).train.images);
  EXPECT_NE(digits.train.images, generated_digits(2, few).train.images);
  EXPECT_NE(digits.validation.images, digits.test.images);
}

TEST(GeneratedDigits, a_smaller_set_is_the_beginning_of_a_larger_one) {
  const Mnist large = generated_digits(1, few), small = generated_digits(1, {.train = 33});
  EXPECT_EQ(small.train.images, large.train.images.rows(0, 33));
  EXPECT_EQ(small.train.labels, large.train.labels.rows(0, 33));
}

TEST(GeneratedDigits, each_ten_images_are_the_ten_digits_in_random_order) {
  const auto labels = generated_digits(1, few).train.labels.to_vector<std::int64_t>();
  const std::vector<std::int64_t> first(labels.begin(), labels.begin() + 10);
  bool is_mixed = false;
  for (auto ten = labels.begin(); ten != labels.end(); ten += 10) {
    std::vector<std::int64_t> digits(ten, ten + 10);
    is_mixed |= digits != first;
    std::ranges::sort(digits);
    EXPECT_EQ(digits, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  }
  EXPECT_TRUE(is_mixed);
}

TEST(GeneratedDigits, pixels_are_from_0_to_1_and_each_image_has_full_ink_and_background) {
  const Mnist digits = generated_digits(3, {.train = 2000, .validation = 0, .test = 0});
  const auto pixels = digits.train.images.values<float>();
  for (std::size_t i = 0; i < pixels.size(); i += 784) {
    const auto [low, high] = std::ranges::minmax(pixels.subspan(i, 784));
    ASSERT_EQ(low, 0.0f) << "image " << i / 784;
    ASSERT_GT(high, 0.7f) << "image " << i / 784;
    ASSERT_LE(high, 1.0f) << "image " << i / 784;
  }
}

TEST(GeneratedDigits, ink_lies_inside_the_image_and_about_its_centre) {
  const Mnist digits = generated_digits(3, {.train = 2000, .validation = 0, .test = 0});
  const auto pixels = digits.train.images.values<float>();
  for (std::size_t i = 0; i < pixels.size(); i += 784) {
    double ink = 0, x = 0, y = 0, rim = 0;
    for (std::size_t j = 0; j < 784; ++j) {
      const double pixel = static_cast<double>(pixels[i + j]);
      const std::size_t column = j % 28, row = j / 28;
      ink += pixel;
      x += pixel * static_cast<double>(column);
      y += pixel * static_cast<double>(row);
      if (column == 0 || column == 27 || row == 0 || row == 27) rim += pixel;
    }
    ASSERT_NEAR(x / ink, 14, 2) << "image " << i / 784;
    ASSERT_NEAR(y / ink, 14, 2) << "image " << i / 784;
    ASSERT_LT(rim, 6) << "image " << i / 784;
  }
}

TEST(GeneratedDigits, there_is_as_much_ink_as_in_mnist) {
  const Mnist digits = generated_digits(4, {.train = 5000, .validation = 0, .test = 0});
  double ink = 0;
  for (float pixel : digits.train.images.values<float>()) ink += static_cast<double>(pixel);
  EXPECT_NEAR(ink / (5000 * 784), 0.131, 0.004);
}

// What the strokes look like: if a coordinate of one point of one way to write a digit moves by a
// hundredth of the height, one of these changes by 0.001 at least.
TEST(GeneratedDigits, the_ink_of_each_digit_lies_where_it_lay) {
  const std::vector<double> sums =
      sum_of_each_digit(generated_digits(6, {.train = 1000, .validation = 0, .test = 0}).train);
  // The ink of an image, where its mean is, its variances along x and y, and its covariance.
  using Moments = std::array<double, 6>;
  constexpr std::array<Moments, 10> expected{
      {{118.2107, 13.8697, 14.1653, 25.1148, 31.4302, -5.3382},
       {59.1299, 13.8585, 14.1011, 5.2154, 31.8897, -5.1049},
       {115.7390, 14.2144, 13.6062, 17.6758, 35.4250, -5.0039},
       {113.2233, 13.5278, 14.1687, 15.5653, 35.9659, -5.1574},
       {97.6700, 14.0416, 13.8780, 18.0503, 19.3397, -1.4954},
       {101.2863, 13.9294, 13.9933, 15.7497, 32.3855, -8.7350},
       {114.1290, 14.2913, 13.7249, 15.7009, 26.9023, -6.6456},
       {89.1605, 13.5510, 14.3246, 14.1359, 28.4015, -5.8820},
       {132.7274, 13.9741, 14.0024, 16.2021, 29.5530, -7.4163},
       {111.1790, 13.5914, 14.3754, 14.5034, 24.8823, -1.3207}}};
  for (std::size_t digit = 0; digit < 10; ++digit) {
    Moments found{};
    for (std::size_t i = 0; i < 784; ++i) {
      const double x = static_cast<double>(i % 28), y = static_cast<double>(i / 28);
      const Moments powers{1, x, y, x * x, y * y, x * y};
      for (std::size_t k = 0; k < 6; ++k) found[k] += sums[digit * 784 + i] * powers[k];
    }
    for (std::size_t k = 1; k < 6; ++k) found[k] /= found[0];
    found[0] /= 100;  // images
    found[3] -= found[1] * found[1];
    found[4] -= found[2] * found[2];
    found[5] -= found[1] * found[2];
    for (std::size_t k = 0; k < 6; ++k)
      EXPECT_NEAR(found[k], expected[digit][k], 5e-4) << digit << ", " << k;
  }
}

// The mean image of each digit tells most other images; guessing would tell one in ten.
TEST(GeneratedDigits, digits_are_told_apart_by_their_mean_images) {
  const Mnist digits = generated_digits(5, {.train = 3000, .validation = 0, .test = 1000});
  const std::vector<double> sums = sum_of_each_digit(digits.train);
  const auto pixels = digits.test.images.values<float>();
  int right = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    std::array<double, 10> distance{};
    for (std::size_t digit = 0; digit < 10; ++digit)
      for (std::size_t j = 0; j < 784; ++j) {
        const double gap = static_cast<double>(pixels[i * 784 + j]) - sums[digit * 784 + j] / 300;
        distance[digit] += gap * gap;
      }
    right += std::ranges::min_element(distance) - distance.begin() ==
             digits.test.labels.values<std::int64_t>()[i];
  }
  EXPECT_GT(right, 750);
  EXPECT_LT(right, 990);  // nor are they all alike
}

TEST(GeneratedDigits, empty_sets_are_possible) {
  const Mnist digits = generated_digits(1, {.train = 0, .validation = 0, .test = 0});
  EXPECT_EQ(digits.train.images.shape(), (Shape{0, 784}));
}

TEST(GeneratedDigits, a_negative_number_of_images_is_refused) {
  EXPECT_EQ(message_of<DataError>([] { generated_digits(1, {.train = 0, .validation = -1}); }),
            "generated_digits: number of validation images is negative: -1");
}

}  // namespace
}  // namespace gradus
