#include <gradus/mnist.h>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <gradus/error.h>

#include "idx_reader.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t image_side = 28;

IdxReader open_idx(const fs::path& folder, const std::string& name) {
  const fs::path plain = folder / name, packed = folder / (name + ".gz");
  std::error_code ignored;
  if (!fs::exists(plain, ignored) && !fs::exists(packed, ignored))
    throw FileError(
        fmt::format("mnist: {}: neither {} nor {}.gz is there", folder.string(), name, name));
  return IdxReader(fs::exists(plain, ignored) ? plain : packed);
}

void expect(const IdxReader& reader, const Shape& shape) {
  if (reader.type() != IdxType::unsigned_byte || !accepts(shape, reader.shape()))
    throw DataError(
        reader.message(fmt::format("not bytes of shape {}: type 0x{:02x}, shape {}", to_text(shape),
                                   static_cast<int>(reader.type()), to_text(reader.shape()))));
}

Array read_images(IdxReader& reader, std::int64_t count) {
  Array images = Array::uninitialized({count, image_side * image_side}, float32);
  reader.read<1>(images.mutable_values<float>(),
                 [](const unsigned char* p) { return static_cast<float>(*p) / 255; });
  return images;
}

Array read_labels(IdxReader& reader, std::int64_t count) {
  Array labels = Array::uninitialized({count}, int64);
  reader.read<1>(labels.mutable_values<std::int64_t>(),
                 [](const unsigned char* p) { return std::int64_t{*p}; });
  const auto values = labels.values<std::int64_t>();
  if (const auto wrong = std::ranges::find_if(values, [](auto label) { return label > 9; });
      wrong != values.end())
    throw DataError(reader.message(fmt::format("label is not from 0 to 9: {}", *wrong)));
  return labels;
}

// The images and labels of one pair of files: all but the last `last_count`, and these.
std::pair<ImageSet, ImageSet> read_pair(const fs::path& folder, const std::string& name,
                                        std::int64_t last_count) {
  IdxReader images = open_idx(folder, name + "-images-idx3-ubyte");
  IdxReader labels = open_idx(folder, name + "-labels-idx1-ubyte");
  expect(images, {any_size, image_side, image_side});
  expect(labels, {any_size});
  const std::int64_t count = images.shape()[0];
  if (labels.shape()[0] != count)
    throw DataError(fmt::format("mnist: {}: {} images and labels differ in number: {} and {}",
                                folder.string(), name, count, labels.shape()[0]));
  if (last_count < 0 || last_count > count)
    throw DataError(fmt::format("mnist: {}: validation count is not from 0 to the {} images: {}",
                                folder.string(), count, last_count));
  std::pair<ImageSet, ImageSet> sets;
  for (auto [set, part] :
       {std::pair(&sets.first, count - last_count), std::pair(&sets.second, last_count)}) {
    set->images = read_images(images, part);
    set->labels = read_labels(labels, part);
  }
  images.expect_end();
  labels.expect_end();
  return sets;
}

}  // namespace

Mnist read_mnist(const fs::path& folder, std::int64_t validation_count) {
  Mnist mnist;
  std::tie(mnist.train, mnist.validation) = read_pair(folder, "train", validation_count);
  mnist.test = read_pair(folder, "t10k", 0).first;
  return mnist;
}

}  // namespace gradus
