// MNIST: 28 x 28 images of handwritten digits (LeCun, Cortes, Burges).
//
//   Mnist mnist = read_mnist("data/mnist");
//   mnist.train.images;      // float32 [55000, 784], 0 is background, 1 is ink
//   mnist.train.labels;      // int64 [55000]
#pragma once

#include <cstdint>
#include <filesystem>

#include <gradus/batches.h>

namespace gradus {

struct Mnist {
  ImageSet train, validation, test;
};

// Reads train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
// t10k-labels-idx1-ubyte, or these names with .gz after. The last validation_count images of the
// training file are the validation set. FileError or DataError if a file is missing or wrong.
Mnist read_mnist(const std::filesystem::path& folder, std::int64_t validation_count = 5000);

}  // namespace gradus
