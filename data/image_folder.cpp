#include <gradus/image_folder.h>

#include <algorithm>

#include <fmt/format.h>
#include <gradus/png.h>

#include "core/at_users_line.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

// What is in a folder and is not hidden, by name.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder))
    if (!entry.path().filename().native().starts_with('.')) entries.push_back(entry.path());
  std::ranges::sort(entries, {}, [](const fs::path& path) { return path.filename().native(); });
  return entries;
}

bool is_png_name(const fs::path& file) {
  std::string ending = file.extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return ending == ".png";
}

[[noreturn]] void refuse(const fs::path& path, std::string_view what) {
  throw DataError(fmt::format("image_folder: {}: {}", path.c_str(), what));
}

struct Files {
  std::vector<fs::path> paths;
  std::vector<std::int64_t> labels;
  std::vector<std::string> class_names;
};

Files find_files(const fs::path& folder) {
  Files files;
  for (const fs::path& class_folder : entries_of(folder)) {
    if (!fs::is_directory(class_folder)) continue;
    const std::vector<fs::path> entries = entries_of(class_folder);
    if (entries.empty()) refuse(class_folder, "a class without images");
    for (const fs::path& file : entries) {
      if (fs::is_directory(file)) refuse(file, "a folder in the folder of a class");
      if (!is_png_name(file)) refuse(file, "no .png file");
      files.paths.push_back(file);
      files.labels.push_back(std::ssize(files.class_names));
    }
    files.class_names.push_back(class_folder.filename().string());
  }
  if (files.class_names.empty()) refuse(folder, "no folder of a class");
  return files;
}

void check(const ImageFolderOptions& options, SourceLocation where) {
  if (options.height < 0 || options.width < 0)
    throw_at<DataError>(where, "image_folder: images of {} x {} pixels expected", options.width,
                        options.height);
  if (options.channels != 1 && options.channels != 3)
    throw_at<DataError>(where, "image_folder: {} channels, expected 1 or 3", options.channels);
}

// The size of all images: expected, or that of the first.
void set_size(ImageFolder& result, const Image& first, const ImageFolderOptions& options) {
  result.height = options.height == 0 ? first.height() : options.height;
  result.width = options.width == 0 ? first.width() : options.width;
  result.channels = options.channels;
}

ImageFolder read(const fs::path& folder, const ImageFolderOptions& options) {
  const Files files = find_files(folder);
  const std::int64_t count = std::ssize(files.paths);
  ImageFolder result;
  result.class_names = files.class_names;
  result.set.labels = Array(Shape{count}, files.labels);

  float* out = nullptr;
  for (const fs::path& path : files.paths) {
    const Image image = read_png(path, {});
    const bool is_first = out == nullptr;
    if (is_first) set_size(result, image, options);
    if (image.height() != result.height || image.width() != result.width)
      refuse(path, fmt::format("{} x {} pixels, expected {} x {}{}", image.width(), image.height(),
                               result.width, result.height,
                               is_first ? "" : fmt::format(" as {} has", files.paths[0].c_str())));
    const Array pixels = to_array(image, options.channels);
    if (is_first) {
      if (pixels.size() > max_element_count / count)
        refuse(folder, fmt::format("{} images of {} numbers", count, pixels.size()));
      result.set.images = Array::uninitialized({count, pixels.size()}, float32);
      out = result.set.images.mutable_values<float>().data();
    }
    out = std::ranges::copy(pixels.values<float>(), out).out;
  }
  return result;
}

}  // namespace

ImageFolder read_image_folder(const fs::path& folder, const ImageFolderOptions& options,
                              SourceLocation where) {
  check(options, where);
  return at_users_line(where, "image_folder", [&] { return read(folder, options); });
}

}  // namespace gradus
