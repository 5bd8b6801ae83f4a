#include "graphviz.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <locale>
#include <sstream>
#include <system_error>

#include <fmt/format.h>

#include <gradus/error.h>

#include "base64.h"
#include "core/child_process.h"
#include "core/temporary_folder.h"
#include "dot/dot_text.h"
#include "view/view.h"

namespace gradus {
namespace {

// The dots per inch of a PNG: twice the usual number, or what fits into cairo's longest side and
// 256 MB.
double resolution_of(const std::string& text, std::chrono::milliseconds time_limit) {
  constexpr double fine = 144, legible = 24, longest = 32'000, most = 64e6;
  std::istringstream layout(run_dot(text, {"-Tplain"}, time_limit));
  layout.imbue(std::locale::classic());
  std::string graph;
  double scale = 0, width = 0, height = 0;  // inches
  if (!(layout >> graph >> scale >> width >> height))
    throw FileError("diagram: dot made no layout");
  width += 1, height += 1;
  const double dots =
      std::min({fine, longest / width, longest / height, std::sqrt(most / (width * height))});
  if (dots < legible)
    throw GraphError("diagram: the picture is too large for a legible .png: write .svg or .pdf");
  return dots;
}

std::string render(const std::string& text, const std::string& format,
                   std::chrono::milliseconds time_limit) {
  std::vector<std::string> arguments{"-T" + format};
  if (format == "png")
    arguments.push_back(fmt::format("-Gdpi={}", resolution_of(text, time_limit)));
  std::string bytes = run_dot(text, arguments, time_limit);
  if (!bytes.starts_with(format == "svg" ? "<?xml" : format == "pdf" ? "%PDF-" : "\x89PNG"))
    throw FileError(fmt::format("diagram: dot made no {}", format));
  return bytes;
}

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

// The document without the reference to a definition of SVG elsewhere, and with its view: a `<` in
// a text of Graphviz's is an entity, so that the marks are its own.
std::string with_view(std::string svg) {
  if (const std::size_t type = svg.find("<!DOCTYPE"); type != svg.npos)
    svg.erase(type, svg.find('>', type) + 2 - type);
  const std::size_t end = svg.rfind("</svg>");
  if (end != svg.npos) svg.insert(end, svg_view());
  return svg;
}

}  // namespace

std::string run_dot(const std::string& text, const std::vector<std::string>& arguments,
                    std::chrono::milliseconds time_limit) {
  ChildResult dot = run_child(
      {.program = "dot", .arguments = arguments, .input = text, .time_limit = time_limit});
  switch (dot.end) {
    case ChildEnd::success:
      return std::move(dot.output);
    case ChildEnd::not_found:
      throw FileError(
          "diagram: dot was not found: install Graphviz (on Debian: apt-get install graphviz), or "
          "write .dot");
    case ChildEnd::timed_out:
      throw GraphError(fmt::format(
          "diagram: {}: raise the time limit, write .dot, or draw a tensor with fewer ancestors",
          dot.failure));
    case ChildEnd::failed:
      break;
  }
  throw FileError("diagram: " + dot.failure);
}

std::string draw_picture(const Picture& picture, const DiagramOptions& options,
                         const std::string& format) {
  const std::vector<const Image*> images = images_of(picture);
  const bool is_svg = format == "svg";
  DrawingParts parts{.has_legend = options.shows_legend, .has_edge_tooltips = is_svg};
  if (images.empty()) {
    std::string bytes = render(dot_text(picture, options, parts), format, options.time_limit);
    return is_svg ? with_view(std::move(bytes)) : bytes;
  }
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
  parts.image_folder = folder;
  std::string bytes = render(dot_text(picture, options, parts), format, options.time_limit);
  return is_svg ? with_view(with_images_inside(std::move(bytes), folder, files)) : bytes;
}

}  // namespace gradus
