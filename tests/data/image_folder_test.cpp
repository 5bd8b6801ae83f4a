#include <gradus/image_folder.h>

#include <gmock/gmock.h>
#include <gradus/png.h>

#include "data/support.h"
#include "support/error_text.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// Three classes of images that are all of one color.
class Pets : public TestFolder {
 public:
  Pets() {
    add("dog/10.png", {0, 255, 0});
    add("dog/9.PNG", {0, 0, 255});
    add("cat/a.png", {255, 0, 0});
    add("Bird/a b.png", {255, 255, 255});
  }
  std::string add(const std::string& name, Color color, std::int64_t width = 3,
                  std::int64_t height = 2) const {
    const fs::path file = path() / name;
    fs::create_directories(file.parent_path());
    Image image(width, height);
    image.fill(0, 0, width, height, color);
    write_png(file, image);
    return file.string();
  }
  std::string refusal(const ImageFolderOptions& options = {}) const {
    const std::string text = error_text<DataError>([&] { read_image_folder(path(), options); });
    const std::string line = "\n  at  image_folder_test.cpp:";
    EXPECT_THAT(text, testing::HasSubstr(line));
    return text.substr(0, text.find(line));
  }
};

TEST(ImageFolder, classes_and_files_come_by_name) {
  const Pets pets;
  const ImageFolder read = read_image_folder(pets);
  EXPECT_THAT(read.class_names, ElementsAre("Bird", "cat", "dog"));
  EXPECT_EQ(read.set.labels, Array({0, 1, 2, 2}, int64));
  EXPECT_EQ(read.height, 2);
  EXPECT_EQ(read.width, 3);
  EXPECT_EQ(read.channels, 3);
  ASSERT_EQ(read.set.images.shape(), (Shape{4, 18}));
  EXPECT_EQ(read.set.images.reshaped({4, 6, 3}).rows(1, 2),
            Array({{{1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}}}));
  EXPECT_EQ(read.set.images.at<float>({2, 1}), 1.0F);  // 10.png before 9.PNG
  EXPECT_EQ(read.set.images.at<float>({3, 2}), 1.0F);
}

TEST(ImageFolder, images_may_be_gray) {
  const Pets pets;
  const ImageFolder read = read_image_folder(pets, {.height = 2, .width = 3, .channels = 1});
  ASSERT_EQ(read.set.images.shape(), (Shape{4, 6}));
  EXPECT_EQ(read.set.images.rows(0, 1), Array::full({1, 6}, 1));
  EXPECT_EQ(read.set.images.at<float>({1, 5}), 76.0F / 255);  // 0.299 * 255 = 76.245
}

TEST(ImageFolder, pixels_and_channels_lie_row_by_row) {
  const TestFolder folder;
  fs::create_directories(folder / "c");
  Image image(2, 2);
  image.fill(0, 0, 1, 1, {0, 51, 102});
  image.fill(1, 0, 1, 1, {153, 204, 255});
  image.fill(0, 1, 1, 1, {0, 0, 0});
  image.fill(1, 1, 1, 1, {255, 0, 0});
  write_png(folder / "c" / "i.png", image);
  const ImageFolder read = read_image_folder(folder);
  EXPECT_EQ(read.set.images, Array({{0, 0.2, 0.4, 0.6, 0.8, 1, 0, 0, 0, 1, 0, 0}}));
}

TEST(ImageFolder, hidden_names_and_files_beside_the_classes_are_passed_over) {
  const Pets pets;
  pets.write("README.md", "pets");
  pets.write("cat/.DS_Store", "x");
  fs::create_directories(pets / ".cache");
  EXPECT_THAT(read_image_folder(pets).class_names, ElementsAre("Bird", "cat", "dog"));
}

TEST(ImageFolder, an_image_of_another_size_is_named) {
  const Pets pets;
  const std::string first = (pets / "Bird/a b.png").string();
  const std::string other = pets.add("cat/b.png", {}, 3, 5);
  EXPECT_EQ(pets.refusal(),
            "image_folder: " + other + ": 3 x 5 pixels, expected 3 x 2 as " + first + " has");
  EXPECT_EQ(pets.refusal({.height = 5}),
            "image_folder: " + first + ": 3 x 2 pixels, expected 3 x 5");
  EXPECT_EQ(pets.refusal({.width = 7}),
            "image_folder: " + first + ": 3 x 2 pixels, expected 7 x 2");
}

TEST(ImageFolder, what_is_no_png_is_named) {
  const Pets pets;
  std::string file = pets.write("cat/b.png", "GIF89a");
  EXPECT_EQ(pets.refusal(), "png: " + file + ": no PNG file: its first bytes are others");
  fs::remove(file);
  file = pets.write("cat/b.jpg", "");
  EXPECT_EQ(pets.refusal(), "image_folder: " + file + ": no .png file");
  fs::remove(file);
  fs::create_directories(pets / "cat/c.png");
  EXPECT_EQ(pets.refusal(), "image_folder: " + (pets / "cat/c.png").string() +
                                ": a folder in the folder of a class");
}

TEST(ImageFolder, no_class_or_an_empty_one_is_refused) {
  const Pets pets;
  fs::create_directories(pets / "empty");
  EXPECT_EQ(pets.refusal(),
            "image_folder: " + (pets / "empty").string() + ": a class without images");
  EXPECT_THAT(error_text<DataError>([&] { read_image_folder(pets / "cat"); }),
              testing::StartsWith("image_folder: " + (pets / "cat").string() +
                                  ": no folder of a class\n  at  image_folder_test.cpp:"));
}

TEST(ImageFolder, what_cannot_be_read_is_a_file_error) {
  const Pets pets;
  EXPECT_THAT(
      error_text<FileError>([] { read_image_folder("no/such"); }),
      testing::StartsWith(
          "image_folder: no/such: No such file or directory\n  at  image_folder_test.cpp:"));
  fs::create_symlink("nowhere", pets / "cat/z.png");
  EXPECT_THAT(error_text<FileError>([&] { read_image_folder(pets); }),
              testing::StartsWith("png: " + (pets / "cat/z.png").string() +
                                  ": No such file or directory\n  at  image_folder_test.cpp:"));
}

TEST(ImageFolder, wrong_options_are_refused) {
  const Pets pets;
  EXPECT_EQ(pets.refusal({.height = -1}), "image_folder: images of 0 x -1 pixels expected");
  EXPECT_EQ(pets.refusal({.channels = 4}), "image_folder: 4 channels, expected 1 or 3");
}

}  // namespace
}  // namespace gradus
