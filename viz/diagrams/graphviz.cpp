#include "graphviz.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <locale>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/child_process.h"

namespace gradus {
namespace {

struct FormatFacts {
  std::string_view name, first_bytes;
};
constexpr std::array<FormatFacts, 3> facts{
    {{"svg", "<?xml"}, {"pdf", "%PDF-"}, {"png", "\x89PNG"}}};

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

std::string render(const std::string& text, PictureFormat format,
                   std::chrono::milliseconds time_limit) {
  const FormatFacts& wanted = facts[static_cast<std::size_t>(format)];
  std::vector<std::string> arguments{fmt::format("-T{}", wanted.name)};
  if (format == PictureFormat::png)
    arguments.push_back(fmt::format("-Gdpi={}", resolution_of(text, time_limit)));
  std::string bytes = run_dot(text, arguments, time_limit);
  if (!bytes.starts_with(wanted.first_bytes))
    throw FileError(fmt::format("diagram: dot made no {}", wanted.name));
  return bytes;
}

}  // namespace gradus
