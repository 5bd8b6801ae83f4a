// The code of docs/data_files.md.
#include <gradus/csv.h>
#include <gradus/idx.h>
#include <gradus/image_folder.h>
#include <gradus/png.h>

#include <cmath>

#include <gmock/gmock.h>

#include "support/test_folder.h"

namespace gradus {
namespace {

// What the documents call files is in the folder of the test.
class KeepingData : public testing::Test {
 protected:
  KeepingData() : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(folder_.path());
  }
  ~KeepingData() override { std::filesystem::current_path(before_); }

  TestFolder folder_;

 private:
  std::filesystem::path before_;
};

TEST_F(KeepingData, tables) {
  folder_.write("iris.csv", "length,width,species\n5.1,3.5,setosa\n7.0,,versicolor\n");
  folder_.write("iris_test.csv", "length,width,species\n6.4,3.2,versicolor\n");
  // [csv]
  const CsvOptions options{
      .columns = {"length", "width"}, .label = "species", .missing_is_nan = true};
  CsvTable iris = read_csv("iris.csv", options);
  // iris.values: float32 [2, 2]; iris.labels: int64 [2]; iris.class_names: {"setosa", "versicolor"}

  CsvOptions same_classes = options;
  same_classes.class_names = iris.class_names;
  CsvTable test = read_csv("iris_test.csv", same_classes);  // a class that is new is refused
  // [csv]
  EXPECT_EQ(iris.labels, Array({0, 1}, int64));
  EXPECT_TRUE(std::isnan(iris.values.at<float>({1, 1})));
  EXPECT_EQ(test.labels, Array({1}, int64));

  // [write_csv]
  write_csv("copy.csv", iris.values, iris.names);
  Array again = read_csv("copy.csv", {.missing_is_nan = true}).values;  // the same bits
  // [write_csv]
  EXPECT_EQ(contents("copy.csv"), "length,width\n5.1,3.5\n7,nan\n");
  EXPECT_EQ(again.rows(0, 1), iris.values.rows(0, 1));

  std::int64_t count = 0;
  const auto train = [&](const CsvRows& rows) { count += rows.values.shape()[0]; };
  // [reader]
  CsvReader reader("iris.csv", options);
  for (CsvRows rows = reader.read(1000); rows.values.shape()[0] > 0; rows = reader.read(1000))
    train(rows);
  // [reader]
  EXPECT_EQ(count, 2);
}

TEST_F(KeepingData, images) {
  for (const char* name : {"cat", "dog"}) {
    std::filesystem::create_directories(folder_ / "pets" / name);
    write_png(folder_ / "pets" / name / "1.png", Image(32, 32));
  }
  // [images]
  ImageFolder pets = read_image_folder("pets", {.height = 32, .width = 32, .channels = 3});
  Array images = pets.set.images.reshaped({any_size, 32, 32, 3});  // for conv2d
  for (const auto& [x, labels] : pets.set.labelled_batches(2, 0)) EXPECT_EQ(x.shape()[0], 2);

  Array cat = to_array(read_png("pets/cat/1.png"));  // float32 [32, 32, 3], 0 to 1
  // [images]
  EXPECT_EQ(images.shape(), (Shape{2, 32, 32, 3}));
  EXPECT_EQ(cat.shape(), (Shape{32, 32, 3}));
}

TEST_F(KeepingData, idx_files) {
  const Array images = Array::full({5, 28, 28}, 255), labels({3, 1, 4, 1, 5}, int64);
  // [idx]
  write_idx("train-images-idx3-ubyte.gz", images, {.as_bytes = true});  // 0, 1, ..., 255
  write_idx("train-labels-idx1-ubyte", labels, {.as_bytes = true});
  Array read = read_idx("train-images-idx3-ubyte.gz");  // int32 [5, 28, 28]
  // [idx]
  EXPECT_EQ(read, images.cast(int32));
}

}  // namespace
}  // namespace gradus
