#include "draw_picture.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include <gradus/error.h>

#include "base64.h"
#include "core/temporary_folder.h"
#include "dot_text.h"

namespace gradus {
namespace {

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
  if (images.empty()) return render(dot_text(picture, options), format, options.time_limit);
  // dot reads pictures from files.
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(error);
  if (error) throw FileError("diagram: there is no temporary folder for the pictures of values");
  const TemporaryFolder temporary(parent);
  const std::string folder = temporary.path().string();
  std::vector<std::string> files;
  for (const Image* image : images) {
    write_png(image_path(folder, files.size()), *image);
    files.push_back(png_bytes(*image));
  }
  std::string bytes = render(dot_text(picture, options, folder), format, options.time_limit);
  if (format == PictureFormat::svg) bytes = with_images_inside(std::move(bytes), folder, files);
  return bytes;
}

}  // namespace gradus
