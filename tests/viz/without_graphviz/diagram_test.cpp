// Linked with the room's stand-in for Graphviz, as in a build without it.
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/ops.h>
#include <gradus/page.h>

namespace gradus {
namespace {

TEST(DiagramWithoutGraphviz, dot_is_written_all_the_same) {
  Graph g;
  const Tensor y = exp(g.placeholder("x", {2}));
  EXPECT_NE(to_dot(y).find("\"n0\" -> \"n1\""), std::string::npos);
}

// What is refused where a picture would have to be laid out.
void expect_refused(const std::function<void()>& write) {
  try {
    write();
    ADD_FAILURE() << "no error";
  } catch (const GraphError& error) {
    EXPECT_STREQ(error.what(),
                 "this build of Gradus has no Graphviz, which lays diagrams and pages out: install "
                 "it (on Debian: apt-get install graphviz libgraphviz-dev) and configure with "
                 "-DGRADUS_GRAPHVIZ=ON, or write .dot");
  }
}

TEST(DiagramWithoutGraphviz, pictures_are_refused_and_the_package_is_named) {
  Graph g;
  const Tensor y = exp(g.placeholder("x", {2}));
  for (const char* name : {"d.svg", "d.pdf", "d.png"})
    expect_refused([&] { write_diagram(std::filesystem::temp_directory_path() / name, y); });
}

TEST(DiagramWithoutGraphviz, pages_are_refused_and_the_package_is_named) {
  Graph g;
  const Tensor loss = square(g.variable("w", array(1.0)));
  Session session(g);
  expect_refused(
      [&] { write_page(std::filesystem::temp_directory_path() / "p.html", session, loss, {}); });
}

}  // namespace
}  // namespace gradus
