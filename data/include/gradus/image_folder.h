// Labelled PNG files: a folder with one subfolder for each class.
//
//   ImageFolder pets = read_image_folder("pets");      // pets/cat/1.png, pets/dog/1.png, ...
//   pets.set.images;      // float32 [n, height * width * 3], 0 to 1
//   pets.set.labels;      // int64 [n], places in
//   pets.class_names;     // {"cat", "dog"}
//   pets.set.images.reshaped({any_size, pets.height, pets.width, 3});      // for conv2d
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/batches.h>

namespace gradus {

struct ImageFolderOptions {
  std::int64_t height = 0, width = 0;  // that all images have; 0: that of the first
  std::int64_t channels = 3;           // red, green, blue; 1: gray, as to_array has it
};

// A row of images has its pixels row by row, and the channels of each side by side.
struct ImageFolder {
  ImageSet set;
  std::vector<std::string> class_names;
  std::int64_t height = 0, width = 0, channels = 0;
};

// Classes, and the files in each, come in the order of the bytes of their names. What begins with a
// point, and files beside the folders of classes, are passed over.
// FileError if something cannot be read; DataError if there is no class, if one has no image or has
// something other than files that end in .png, if a file is no PNG, or if its size is not that of
// the first or the expected one: no image is scaled.
ImageFolder read_image_folder(const std::filesystem::path& folder,
                              const ImageFolderOptions& options = {},
                              SourceLocation where = SourceLocation::current());

}  // namespace gradus
