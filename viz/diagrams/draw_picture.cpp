#include "draw_picture.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include <gradus/error.h>

#include "base64.h"
#include "dot_text.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

// Graphviz reads pictures from files: here they lie while it draws.
class ImageFolder {
 public:
  ImageFolder() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "gradus_images_XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr)
      throw FileError("diagram: no temporary folder can be made for the pictures of values");
    folder_ = name;
  }
  ImageFolder(const ImageFolder&) = delete;
  ImageFolder& operator=(const ImageFolder&) = delete;
  ~ImageFolder() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  const std::string& path() const { return folder_; }

 private:
  std::string folder_;
};

std::vector<const Image*> images_of(const Picture& picture) {
  std::vector<const Image*> images;
  for (const PictureFrame& frame : picture.frames)
    for (std::size_t node : frame.nodes)
      for (const PictureValue& value : picture.nodes[node].values)
        for (const Image& image : value.images) images.push_back(&image);
  return images;
}

// An SVG names the files: their bytes take the place of the names.
std::string with_images_inside(std::string svg, const std::string& folder,
                               const std::vector<std::string>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string name = "\"" + image_path(folder, i) + "\"";
    for (std::size_t at = svg.find(name); at != std::string::npos; at = svg.find(name, at))
      svg.replace(at, name.size(), "\"data:image/png;base64," + base64(files[i]) + "\"");
  }
  return svg;
}

}  // namespace

std::string draw_picture(const Picture& picture, const DiagramOptions& options,
                         PictureFormat format) {
  const std::vector<const Image*> images = images_of(picture);
  if (images.empty()) return render(dot_text(picture, options), format);
  const ImageFolder folder;
  std::vector<std::string> files;
  for (const Image* image : images) {
    write_png(image_path(folder.path(), files.size()), *image);
    files.push_back(png_bytes(*image));
  }
  std::string bytes = render(dot_text(picture, options, folder.path()), format);
  if (format == PictureFormat::svg)
    bytes = with_images_inside(std::move(bytes), folder.path(), files);
  return bytes;
}

}  // namespace gradus
