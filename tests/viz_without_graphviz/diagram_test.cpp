// Linked with the room's stand-in for Graphviz, as in a build without it.
#include <gradus/diagram.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <gradus/error.h>
#include <gradus/ops.h>

namespace gradus {
namespace {

TEST(DiagramWithoutGraphviz, dot_is_written_all_the_same) {
  Graph g;
  const Tensor y = exp(g.placeholder("x", {2}));
  EXPECT_NE(to_dot(y).find("\"n0\" -> \"n1\""), std::string::npos);
}

TEST(DiagramWithoutGraphviz, pictures_are_refused_and_the_package_is_named) {
  Graph g;
  const Tensor y = exp(g.placeholder("x", {2}));
  for (const char* name : {"d.svg", "d.pdf", "d.png"}) {
    try {
      write_diagram(std::filesystem::temp_directory_path() / name, y);
      ADD_FAILURE() << "no error";
    } catch (const GraphError& error) {
      EXPECT_STREQ(
          error.what(),
          "diagram: this build of Gradus has no Graphviz, which lays pictures out: install it (on "
          "Debian: apt-get install graphviz libgraphviz-dev) and configure with "
          "-DGRADUS_GRAPHVIZ=ON, or write .dot");
    }
  }
}

}  // namespace
}  // namespace gradus
