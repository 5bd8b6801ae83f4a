// Handwritten digits that are drawn by a program: they look and behave like MNIST, without a file.
//
//   Mnist digits = generated_digits(42);
//   digits.train.images;      // float32 [55000, 784], 0 is background, 1 is ink
#pragma once

#include <cstdint>

#include <gradus/mnist.h>

namespace gradus {

struct DigitCounts {
  std::int64_t train = 55000;
  std::int64_t validation = 5000;
  std::int64_t test = 10000;
};

// Image i of a set depends on the seed, the set and i alone: a smaller set is the beginning of a
// larger one. Each ten images in a row are the ten digits in random order.
// DataError if a count is negative.
Mnist generated_digits(std::uint64_t seed, const DigitCounts& counts = {});

}  // namespace gradus
