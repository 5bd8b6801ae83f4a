#include <gradus/mnist.h>

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>

#include "data/support.h"

namespace gradus {
namespace {

using namespace testing_data;

// Image i is all i, but for its last pixel 255; its label is i modulo 10.
std::string images_file(std::uint32_t count, std::uint32_t side = 28) {
  std::string bytes = idx_header(0x08, {count, side, side});
  for (std::uint32_t i = 0; i < count; ++i)
    bytes += std::string(side * side - 1, static_cast<char>(i)) + '\xff';
  return bytes;
}
std::string labels_file(std::uint32_t count) {
  std::string bytes = idx_header(0x08, {count});
  for (std::uint32_t i = 0; i < count; ++i) bytes += static_cast<char>(i % 10);
  return bytes;
}

// A folder with 12 training images and 3 test images.
class MnistFolder : public TestFolder {
 public:
  MnistFolder() {
    write("train-images-idx3-ubyte.gz", gzip(images_file(12)));
    write("train-labels-idx1-ubyte.gz", gzip(labels_file(12)));
    write("t10k-images-idx3-ubyte", images_file(3));
    write("t10k-labels-idx1-ubyte", labels_file(3));
  }
  std::string refusal(std::int64_t validation_count = 2) const {
    return message_of<DataError>([&] { read_mnist(path(), validation_count); });
  }
};

TEST(Mnist, sets_have_their_shapes_and_types) {
  const MnistFolder folder;
  const Mnist mnist = read_mnist(folder.path(), 2);
  EXPECT_EQ(mnist.train.images.shape(), (Shape{10, 784}));
  EXPECT_EQ(mnist.validation.images.shape(), (Shape{2, 784}));
  EXPECT_EQ(mnist.test.images.shape(), (Shape{3, 784}));
  EXPECT_EQ(mnist.train.images.dtype(), float32);
  EXPECT_EQ(mnist.train.labels.dtype(), int64);
}

TEST(Mnist, the_validation_set_is_the_end_of_the_training_file) {
  const MnistFolder folder;
  const Mnist mnist = read_mnist(folder.path(), 2);
  EXPECT_EQ(mnist.train.images.at<float>({9, 0}), 9.0f / 255);
  EXPECT_EQ(mnist.validation.images.at<float>({0, 0}), 10.0f / 255);
  EXPECT_EQ(mnist.validation.labels, Array({0, 1}, int64));
  EXPECT_EQ(mnist.test.labels, Array({0, 1, 2}, int64));
}

TEST(Mnist, full_ink_is_1_and_background_is_0) {
  const MnistFolder folder;
  const Mnist mnist = read_mnist(folder.path(), 2);
  EXPECT_EQ(mnist.test.images.at<float>({0, 0}), 0.0f);
  EXPECT_EQ(mnist.test.images.at<float>({2, 783}), 1.0f);
}

TEST(Mnist, an_unpacked_file_goes_before_a_packed_one) {
  const MnistFolder folder;
  folder.write("t10k-labels-idx1-ubyte.gz", "never read");
  EXPECT_EQ(read_mnist(folder.path(), 2).test.labels, Array({0, 1, 2}, int64));
}

TEST(Mnist, a_missing_file_is_named) {
  const TestFolder folder;
  EXPECT_EQ(message_of<FileError>([&] { read_mnist(folder.path()); }),
            "mnist: " + folder.path().string() +
                ": neither train-images-idx3-ubyte nor train-images-idx3-ubyte.gz is there");
}

TEST(Mnist, images_and_labels_of_different_number_are_refused) {
  const MnistFolder folder;
  folder.write("train-labels-idx1-ubyte.gz", gzip(labels_file(11)));
  EXPECT_EQ(folder.refusal(), "mnist: " + folder.path().string() +
                                  ": train images and labels differ in number: 12 and 11");
}

TEST(Mnist, images_of_another_size_or_type_are_refused) {
  const MnistFolder folder;
  const std::string file = folder.write("t10k-images-idx3-ubyte", images_file(3, 32));
  EXPECT_EQ(folder.refusal(), "idx: " + file +
                                  ": not bytes of shape [?, 28, 28]: type 0x08, shape "
                                  "[3, 32, 32]");
  folder.write("t10k-images-idx3-ubyte", idx_header(0x0B, {0, 28, 28}));
  EXPECT_EQ(folder.refusal(), "idx: " + file +
                                  ": not bytes of shape [?, 28, 28]: type 0x0b, shape "
                                  "[0, 28, 28]");
}

TEST(Mnist, a_label_above_9_is_refused) {
  const MnistFolder folder;
  const std::string file =
      folder.write("t10k-labels-idx1-ubyte", idx_header(0x08, {3}) + "\x01\x0b\x02");
  EXPECT_EQ(folder.refusal(), "idx: " + file + ": label is not from 0 to 9: 11");
}

TEST(Mnist, bytes_behind_the_last_image_are_refused) {
  const MnistFolder folder;
  const std::string file = folder.write("t10k-images-idx3-ubyte", images_file(3) + "x");
  EXPECT_EQ(folder.refusal(),
            "idx: " + file + ": payload is long: more than 2352 bytes for [3, 28, 28]");
}

TEST(Mnist, more_validation_images_than_there_are_is_refused) {
  const MnistFolder folder;
  EXPECT_EQ(folder.refusal(13), "mnist: " + folder.path().string() +
                                    ": validation count is not from 0 to the 12 images: 13");
  EXPECT_EQ(folder.refusal(-1), "mnist: " + folder.path().string() +
                                    ": validation count is not from 0 to the 12 images: -1");
}

TEST(Mnist, the_real_files_are_read) {
  const char* folder = std::getenv("GRADUS_MNIST_DIR");
  if (folder == nullptr || *folder == '\0') GTEST_SKIP() << "GRADUS_MNIST_DIR names no folder with MNIST";
  const Mnist mnist = read_mnist(folder);
  EXPECT_EQ(mnist.train.images.shape(), (Shape{55000, 784}));
  EXPECT_EQ(mnist.validation.images.shape(), (Shape{5000, 784}));
  EXPECT_EQ(mnist.test.images.shape(), (Shape{10000, 784}));
  const auto first = mnist.train.labels.values<std::int64_t>().first(5);
  EXPECT_THAT(first, ::testing::ElementsAre(5, 0, 4, 1, 9));
  const auto test = mnist.test.labels.values<std::int64_t>().first(5);
  EXPECT_THAT(test, ::testing::ElementsAre(7, 2, 1, 0, 4));
  double ink = 0;
  for (float pixel : mnist.test.images.values<float>()) ink += static_cast<double>(pixel);
  EXPECT_NEAR(ink / 7'840'000, 0.1325, 0.0001);
}

}  // namespace
}  // namespace gradus
