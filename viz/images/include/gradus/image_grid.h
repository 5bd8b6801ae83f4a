// Gray images beside each other, and rows of them to compare: before, after.
//
//   write_image_grid("out/reconstructions.png",
//                    {{"original", x}, {"reconstruction", x_tilde}, {"PCA", by_pca}});
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/array.h>
#include <gradus/png.h>

namespace gradus {

// Float images of shape [n, height, width], or [n, side * side].
struct ImageRow {
  std::string label;  // written to the left; may be empty
  Array images;
};

struct ImageGridOptions {
  std::int64_t columns = 10;  // images beside each other; the others follow in blocks below
  std::int64_t scale = 3;     // pixels per element, each way
  std::int64_t gap = 2;       // pixels between two images
  double low = 0, high = 1;   // drawn black and white; what is beyond is cut
};

// The k-th images of all rows stand below each other. NaN is red. ShapeError, DTypeError or
// DataError if the images do not fit these words.
Image image_grid(const std::vector<ImageRow>& rows, const ImageGridOptions& options = {});

// Its PNG file; FileError if it cannot be written.
void write_image_grid(const std::filesystem::path& path, const std::vector<ImageRow>& rows,
                      const ImageGridOptions& options = {});

}  // namespace gradus
