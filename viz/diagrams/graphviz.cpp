#include "graphviz.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <gradus/error.h>

#include "graphviz_layout.h"

namespace gradus {
namespace {

struct FreeData {
  void operator()(char* data) const { gvFreeRenderData(data); }
};

// Twice the usual resolution, or what fits into cairo's longest side and 256 MB.
void set_resolution(Agraph_t* graph) {
  constexpr double per_inch = 72, fine = 144, legible = 24, longest = 32'000, most = 64e6;
  const boxf box = GD_bb(graph);
  const double width = (box.UR.x - box.LL.x) / per_inch + 1;
  const double height = (box.UR.y - box.LL.y) / per_inch + 1;
  const double dots =
      std::min({fine, longest / width, longest / height, std::sqrt(most / (width * height))});
  if (dots < legible)
    throw GraphError("diagram: the picture is too large for a legible .png: write .svg or .pdf");
  GD_drawing(graph)->dpi = dots;
}

std::string draw(const LaidOut& laid_out, PictureFormat format) {
  if (format == PictureFormat::png) set_resolution(laid_out.graph());
  const char* const names[] = {"svg:svg:core", "pdf:cairo", "png:cairo"};
  char* data = nullptr;
  unsigned length = 0;
  const int status = gvRenderData(laid_out.context(), laid_out.graph(),
                                  names[static_cast<std::size_t>(format)], &data, &length);
  const std::unique_ptr<char, FreeData> owner(data);
  if (status != 0 || data == nullptr) LaidOut::fail("draw the graph");
  return {data, length};
}

}  // namespace

std::string render(const std::string& dot, PictureFormat format) {
  std::string bytes;
  with_layout(dot, [&](const LaidOut& laid_out) { bytes = draw(laid_out, format); });
  return bytes;
}

}  // namespace gradus
