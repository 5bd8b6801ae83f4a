// Lesson 2: an expression is a graph of nodes; a session computes it; gradients are more nodes.
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "lesson.h"

using namespace gradus;

namespace {

std::string indented(const std::string& lines) {
  std::string text;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) text += "  " + line + "\n";
  return text;
}

void lesson(const std::filesystem::path& page) {
  // [graph]
  Graph g;
  const Tensor a = g.placeholder("a", {});
  const Tensor b = g.placeholder("b", {});
  const Tensor p = named(square(a), "p");
  const Tensor q = named(a * b, "q");
  const Tensor f = named(p + q, "f");
  // [graph]
  const std::string written = to_text(g);
  fmt::print("1. To write an expression computes nothing. It appends nodes to a graph:\n\n{}",
             indented(written));

  // [run]
  Session session(g);
  const Array first = session.run(f, {{a, 3}, {b, 4}});
  const Array second = session.run(f, {{a, 5}, {b, 1}});
  const Array part = session.run(p, {{a, 3}});  // needs no b
  // [run]
  fmt::print(
      "\n2. A session runs what is asked for, with what it is fed:\n\n"
      "  a = 3, b = 4    f = {}\n"
      "  a = 5, b = 1    f = {}\n"
      "  a = 3           p = {}; b is not needed\n",
      to_text(first), to_text(second), to_text(part));

  // [gradient]
  const std::vector<Tensor> d = gradients(f, {a, b});
  const std::vector<Array> slopes = session.run(d, {{a, 3}, {b, 4}});
  // [gradient]
  fmt::print(
      "\n3. gradients(f, {{a, b}}) computes nothing either. It appends more nodes:\n\n{}"
      "\n   As formulas:       df/da = {}, df/db = {}\n"
      "   At a = 3, b = 4:   df/da = {}, df/db = {}\n",
      indented(to_text(g).substr(written.size())), to_text(d[0]), to_text(d[1]), to_text(slopes[0]),
      to_text(slopes[1]));

  write_page(page, session, f, {a, b}, {{a, 3}, {b, 4}},
             {.title = "Lesson 2: the graph",
              .introduction = "Click a node to jump to its step. The key b jumps to the first "
                              "backward step: from there on the same nodes are visited in the "
                              "reverse order."});
}

}  // namespace

int main(int argc, char** argv) {
  example::Program program("2_graph", "Lesson 2: the graph.");
  return example::teach(program, argc, argv, lesson);
}
