// Graphviz's layout of a DOT text, for those who read or draw it.
#pragma once

#include <gvc.h>

#include <functional>
#include <string>
#include <string_view>

namespace gradus {

// A graph that is laid out; it lives as long as the call that hands it over.
class LaidOut {
 public:
  LaidOut(GVC_t* context, Agraph_t* graph) : context_(context), graph_(graph) {}

  GVC_t* context() const { return context_; }
  Agraph_t* graph() const { return graph_; }
  // Refuses a further step, with Graphviz's own words: InternalError.
  [[noreturn]] static void fail(std::string_view step);

 private:
  GVC_t* context_;
  Agraph_t* graph_;
};

// Lays the text out and hands the result to `use`. Graphviz keeps its state in globals of its own,
// so that a lock lets one thread at a time in; its messages go into the Error, never to stderr.
// Version 2.42 loses some memory for each frame that it draws, in proportion to the arrows across
// it.
void with_layout(const std::string& dot, const std::function<void(const LaidOut&)>& use);

}  // namespace gradus
