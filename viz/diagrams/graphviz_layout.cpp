#include "graphviz_layout.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/one_line.h"
#include "graphviz_reader.h"
#include "graphviz_stack.h"

namespace gradus {
namespace {

// These belong to Graphviz's globals. Its error function gets no argument that could say whose
// messages it hears; its text plugin remembers a font name that lies in the context, which
// therefore lives as long as the process.
std::mutex one_at_a_time;
std::string* heard = nullptr;
GVC_t* the_context = nullptr;

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

 private:
  std::string text_;
  agusererrf before_;
};

struct CloseGraph {
  void operator()(Agraph_t* graph) const { agclose(graph); }
};

class GraphvizLayout {
 public:
  GraphvizLayout(GVC_t* context, Agraph_t* graph) : context_(context), graph_(graph) {
    is_done_ = gvLayout(context, graph, "dot") == 0;
  }
  GraphvizLayout(const GraphvizLayout&) = delete;
  GraphvizLayout& operator=(const GraphvizLayout&) = delete;
  ~GraphvizLayout() {
    if (is_done_) gvFreeLayout(context_, graph_);
  }
  bool is_done() const { return is_done_; }

 private:
  GVC_t* context_;
  Agraph_t* graph_;
  bool is_done_;
};

// Graphviz finds its layouts in plugins, which a package brings.
[[noreturn]] void fail_to_lay_out() {
  if (heard->find("Layout type") != std::string::npos)
    throw GraphError(
        "diagram: Graphviz has no layouts here: install its plugins (on Debian: apt-get install "
        "graphviz), or write .dot");
  LaidOut::fail("lay the graph out");
}

void lay_out(const std::string& dot, const std::function<void(const LaidOut&)>& use) {
  const Messages messages;
  if (the_context == nullptr) the_context = gvContext();
  if (the_context == nullptr) LaidOut::fail("start");
  const std::unique_ptr<Agraph_t, CloseGraph> graph(read_graph(dot));
  if (!graph) LaidOut::fail("read the graph");
  const GraphvizLayout layout(the_context, graph.get());
  if (!layout.is_done()) fail_to_lay_out();
  use(LaidOut(the_context, graph.get()));
}

}  // namespace

void LaidOut::fail(std::string_view step) {
  throw InternalError(fmt::format("diagram: Graphviz cannot {}: {}", step,
                                  heard->empty() ? "it says no reason" : one_line(*heard)));
}

void with_layout(const std::string& dot, const std::function<void(const LaidOut&)>& use) {
  const std::scoped_lock lock(one_at_a_time);
  run_on_large_stack([&] { lay_out(dot, use); });
}

}  // namespace gradus
