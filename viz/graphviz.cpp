#include "graphviz.h"

#include <gvc.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include <gradus/error.h>

#include "graphviz_stack.h"
#include "text.h"

namespace gradus {
namespace {

// These belong to Graphviz's globals. Its error function gets no argument that could say whose
// messages it hears; its text plugin remembers a font name that lies in the context, which
// therefore lives as long as the process.
std::mutex one_at_a_time;
std::string* heard = nullptr;
GVC_t* context = nullptr;

int hear(char* text) noexcept {
  constexpr std::size_t enough = 1'000;
  if (heard->size() < enough)
    heard->append(text, std::min(std::char_traits<char>::length(text), enough));
  return 0;
}

// Collects Graphviz's messages while it lives.
class Messages {
 public:
  Messages() : before_(agseterrf(hear)) {
    text_.reserve(4'000);  // hear() allocates nothing
    heard = &text_;
  }
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  ~Messages() {
    agseterrf(before_);
    heard = nullptr;
  }
  [[noreturn]] void fail(std::string_view step) const {
    throw InternalError(fmt::format("diagram: Graphviz cannot {}: {}", step,
                                    text_.empty() ? "it says no reason" : one_line(text_)));
  }

 private:
  std::string text_;
  agusererrf before_;
};

struct CloseGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};
struct FreeData {
  void operator()(char* data) const { gvFreeRenderData(data); }
};

class Layout {
 public:
  explicit Layout(Agraph_t* graph) : graph_(graph) {
    is_done_ = gvLayout(context, graph, "dot") == 0;
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;
  ~Layout() {
    if (is_done_) gvFreeLayout(context, graph_);
  }
  bool is_done() const { return is_done_; }

 private:
  Agraph_t* graph_;
  bool is_done_;
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

std::string draw(const std::string& dot, PictureFormat format) {
  const Messages messages;
  if (context == nullptr) context = gvContext();
  if (context == nullptr) messages.fail("start");
  const std::unique_ptr<Agraph_t, CloseGraph> graph(agmemread(dot.c_str()));
  if (!graph) messages.fail("read the graph");
  const Layout layout(graph.get());
  if (!layout.is_done()) messages.fail("lay the graph out");
  if (format == PictureFormat::png) set_resolution(graph.get());

  const char* const names[] = {"svg:svg:core", "pdf:cairo", "png:cairo"};
  char* data = nullptr;
  unsigned length = 0;
  const int status =
      gvRenderData(context, graph.get(), names[static_cast<std::size_t>(format)], &data, &length);
  const std::unique_ptr<char, FreeData> owner(data);
  if (status != 0 || data == nullptr) messages.fail("draw the graph");
  return {data, length};
}

}  // namespace

std::string render(const std::string& dot, PictureFormat format) {
  const std::scoped_lock lock(one_at_a_time);
  std::string bytes;
  run_on_large_stack([&] { bytes = draw(dot, format); });
  return bytes;
}

}  // namespace gradus
