#include <pthread.h>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/ops.h>
#include <gradus/random.h>

#include "support/test_folder.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;
using boost::property_tree::ptree;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

struct DiagramFile : testing::Test {
  std::string svg_of(const Tensor& tensor, const DiagramOptions& options = {}) const {
    write_diagram(folder / "d.svg", tensor, options);
    return contents(folder / "d.svg");
  }
  template <class E>
  std::string error_of(const std::string& name, const Tensor& tensor,
                       const DiagramOptions& options = {}) const {
    try {
      write_diagram(folder / name, tensor, options);
    } catch (const E& e) {
      return e.what();
    }
    return "no such error";
  }

  // The same by Graphviz's own program, as a user calls it.
  std::string svg_of_program(const Tensor& tensor) const {
    write_diagram(folder / "program.dot", tensor, {.collapses_large_graphs = false});
    const std::string command = "dot -Tsvg -o '" + (folder / "program.svg").string() + "' '" +
                                (folder / "program.dot").string() + "'";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return contents(folder / "program.svg");
  }

  const TestFolder folder;
};

// Graphviz writes the second of two spaces as one that does not break.
std::string with_plain_spaces(std::string text) {
  for (std::size_t at; (at = text.find("\xC2\xA0")) != std::string::npos;) text.replace(at, 2, " ");
  return text;
}

void add_texts(const ptree& tree, std::vector<std::string>& texts) {
  for (const auto& [tag, child] : tree) {
    if (tag == "text") texts.push_back(with_plain_spaces(child.data()));
    add_texts(child, texts);
  }
}

// Every text in the picture, as an XML parser reads it.
std::vector<std::string> texts_in(const std::string& svg) {
  std::istringstream in(svg);
  ptree tree;
  boost::property_tree::read_xml(in, tree);
  std::vector<std::string> texts;
  add_texts(tree, texts);
  return texts;
}

Tensor chain(Tensor x, int length) {
  for (int i = 0; i < length; ++i) x = negative(x);
  return x;
}

TEST_F(DiagramFile, extension_decides_the_format) {
  Graph g;
  const Tensor y = exp(g.placeholder("x", {2}));
  for (const char* name : {"d.dot", "d.svg", "d.pdf", "d.png", "D.SVG"})
    write_diagram(folder / name, y);
  EXPECT_EQ(contents(folder / "d.dot"), to_dot(y));
  EXPECT_THAT(contents(folder / "d.svg"), StartsWith("<?xml"));
  EXPECT_EQ(contents(folder / "D.SVG"), contents(folder / "d.svg"));
  EXPECT_THAT(contents(folder / "d.pdf"), StartsWith("%PDF-"));
  EXPECT_THAT(contents(folder / "d.png"), StartsWith("\x89PNG"));
}

TEST_F(DiagramFile, other_extension_is_refused) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  EXPECT_EQ(error_of<FileError>("d.jpg", x), "diagram: file \"" + (folder / "d.jpg").string() +
                                                 "\" must end in .dot, .svg, .pdf or .png");
  EXPECT_EQ(error_of<FileError>("svg", x), "diagram: file \"" + (folder / "svg").string() +
                                               "\" must end in .dot, .svg, .pdf or .png");
}

TEST_F(DiagramFile, picture_shows_names_ops_shapes_scopes_and_title) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const NameScope scope = g.scope("encoder");
  const Tensor code = named(exp(x), "code");
  EXPECT_THAT(texts_in(svg_of(code, {.title = "Codes"})),
              IsSupersetOf({"Codes", "x", "placeholder", "encoder", "code", "exp", " [?, 3]"}));
}

TEST_F(DiagramFile, every_name_is_drawn_as_it_is) {
  Graph g;
  std::vector<std::string> names = {"node",        "graph",
                                    "edge",        "digraph",
                                    "subgraph",    "strict",
                                    "<b>bold</b>", "<",
                                    ">",           "\"",
                                    "a\\",         "\\\"",
                                    "\\N",         "\\G",
                                    "\\L",         "\\E",
                                    "\\n",         "\\l\\r",
                                    "{|}",         "&",
                                    "&amp;",       "&lt;b",
                                    "&nosuch;",    "&#65;",
                                    "%s%n",        "</script>",
                                    "]]>",         "-- >",
                                    "a -> b;",     "a:b",
                                    "'",           "a  b",
                                    "\xC3\xA9",    "\xF0\x9F\x98\x80",
                                    "n0",          "cluster_1",
                                    "#include",    "/* */",
                                    "//",          std::string(1000, 'x')};
  std::vector<Operand> nodes;
  for (const std::string& name : names) {
    nodes.emplace_back(g.placeholder(name, {2}));
    const NameScope scope = g.scope(name);
    nodes.emplace_back(exp(nodes.back()));
  }
  testing::internal::CaptureStderr();
  EXPECT_THAT(texts_in(svg_of(group(nodes), {.collapses_large_graphs = false})),
              IsSupersetOf(names));
  EXPECT_THAT(texts_in(svg_of_program(group(nodes))), IsSupersetOf(names));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(DiagramFile, random_names_are_drawn_as_they_are) {
  const std::vector<std::string> parts = {"&",     "#",     ";",   "\\",  "\"",  "<",  ">",
                                          "&amp;", "&#65;", "&lt", "\\N", "\\n", "{",  "|",
                                          "}",     " ",     "-",   "x",   "'",   "%s", "<b>"};
  Graph g;
  Random random(7, "names");
  std::vector<std::string> names;
  std::vector<Operand> nodes;
  for (int i = 0; i < 200; ++i) {
    std::string name = std::to_string(i) + ":";
    for (int k = 0; k < 8; ++k)
      name += parts[static_cast<std::size_t>(random.uniform(0, static_cast<double>(parts.size())))];
    names.push_back(name);
    nodes.emplace_back(g.placeholder(name, {2}));
  }
  EXPECT_THAT(texts_in(svg_of(group(nodes), {.collapses_large_graphs = false})),
              IsSupersetOf(names));
  EXPECT_THAT(texts_in(svg_of_program(group(nodes))), IsSupersetOf(names));
}

TEST_F(DiagramFile, bytes_that_are_no_text_are_replaced) {
  Graph g;
  const Tensor x = g.placeholder("bad\xFF", {2});
  EXPECT_THAT(texts_in(svg_of(x, {.title = "a\x01"
                                           "b\nc"})),
              IsSupersetOf({std::string("bad\xEF\xBF\xBD"), std::string("a b c")}));
}

TEST_F(DiagramFile, equal_graphs_give_equal_pictures_in_any_thread) {
  std::vector<std::string> names = {"0.svg", "1.svg", "2.svg", "3.svg"};
  std::vector<std::thread> threads;
  for (const std::string& name : names)
    threads.emplace_back([this, name] {
      Graph g;
      for (int i = 0; i < 5; ++i)
        write_diagram(folder / name, exp(g.placeholder("x" + std::to_string(i), {2})));
    });
  for (std::thread& t : threads) t.join();
  for (const std::string& name : names)
    EXPECT_EQ(contents(folder / name), contents(folder / "0.svg"));
  EXPECT_THAT(texts_in(contents(folder / "0.svg")), IsSupersetOf({"x4", "placeholder", "exp"}));
}

TEST_F(DiagramFile, long_chain_is_drawn_from_a_small_stack) {
  struct Call {
    fs::path path;
    Tensor tensor;
  };
  Graph g;
  Call call{folder / "d.svg", chain(g.placeholder("x", {2}), 3000)};
  const auto draw = [](void* argument) -> void* {
    const Call& c = *static_cast<Call*>(argument);
    write_diagram(c.path, c.tensor, {.collapses_large_graphs = false});
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  ASSERT_EQ(pthread_create(&thread, &attributes, draw, &call), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_THAT(contents(folder / "d.svg"), StartsWith("<?xml"));
}

TEST_F(DiagramFile, graph_beyond_the_budget_is_refused_before_layout) {
  Graph g;
  const Tensor y = chain(g.placeholder("x", {2}), 100'000);
  const std::string message =
      "diagram: 100001 nodes, with arrows over 200000 ranks, exceed the layout budget of 12000: "
      "write .dot, leave the shapes out, or draw a tensor with fewer ancestors";
  for (const char* name : {"d.svg", "d.pdf", "d.png"})
    EXPECT_EQ(error_of<GraphError>(name, y, {.collapses_large_graphs = false}), message);
  EXPECT_TRUE(fs::is_empty(folder));
  write_diagram(folder / "d.dot", y, {.collapses_large_graphs = false});
}

TEST_F(DiagramFile, budget_counts_nodes_and_the_ranks_that_arrows_cross) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = chain(x, 3) + x;  // 5 nodes, 4 arrows over one rank, one over four
  EXPECT_EQ(error_of<GraphError>("d.svg", y, {.layout_budget = 20}),
            "diagram: 5 nodes, with arrows over 16 ranks, exceed the layout budget of 20: write "
            ".dot, leave the shapes out, or draw a tensor with fewer ancestors");
  write_diagram(folder / "d.svg", y, {.layout_budget = 21});
  write_diagram(folder / "d.svg", y, {.shows_shapes = false, .layout_budget = 13});
}

TEST_F(DiagramFile, scopes_that_are_too_deep_are_drawn_as_a_box) {
  Graph g;
  std::vector<std::unique_ptr<NameScope>> scopes;
  for (int i = 0; i < 101; ++i)
    scopes.push_back(std::make_unique<NameScope>(g.shared_state(), "s", SourceLocation()));
  const Tensor x = g.placeholder("x", {2});
  while (!scopes.empty()) scopes.pop_back();
  EXPECT_THAT(texts_in(svg_of(x)), IsSupersetOf({"s", "1 node, 0 inputs, 1 output"}));
  EXPECT_THAT(texts_in(svg_of(x, {.shows_scopes = false})), Contains("placeholder"));
}

TEST_F(DiagramFile, graph_beyond_the_budget_is_drawn_collapsed_and_says_so) {
  Graph g;
  Tensor y = g.placeholder("x", {2});
  for (const char* name : {"first", "second"}) {
    const NameScope outer = g.scope(name);
    y = chain(y, 100);
    const NameScope inner = g.scope("inner");
    y = chain(y, 200);
  }
  const std::vector<std::string> texts =
      texts_in(svg_of(y, {.collapses_large_graphs = false, .layout_budget = 700}));
  EXPECT_THAT(texts, IsSupersetOf({"Scopes are boxes: 601 nodes are more than the layout budget of "
                                   "700",
                                   "first", "second", "inner", "200 nodes, 1 input, 1 output"}));
  EXPECT_THAT(texts, Contains("negative").Times(200));
  EXPECT_THAT(texts_in(svg_of(y, {.collapses_large_graphs = false, .layout_budget = 100})),
              Contains("300 nodes, 1 input, 1 output").Times(2));
}

TEST_F(DiagramFile, names_beside_values_are_drawn_as_they_are) {
  const std::vector<std::string> names = {"<b>bold</b>",
                                          "&amp;",
                                          "&lt;b",
                                          "\\N",
                                          "\"",
                                          "a\\",
                                          "<br/>",
                                          "</td>",
                                          "{|}",
                                          "]]>",
                                          "'",
                                          "%s",
                                          "\xF0\x9F\x98\x80",
                                          "<table>"};
  Graph g;
  std::vector<Operand> nodes;
  RunValues values;
  for (const std::string& name : names) {
    nodes.emplace_back(g.placeholder(name, {2}));
    values.set_value(nodes.back().tensor(), Array({1, 2}));
  }
  testing::internal::CaptureStderr();
  EXPECT_THAT(texts_in(svg_of(group(nodes), {.values = values})), IsSupersetOf(names));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(DiagramFile, pictures_of_values_lie_inside_of_the_file) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 784});
  RunValues values;
  values.set_value(x, Array::full({2, 784}, 0.5));
  const std::string svg = svg_of(exp(x), {.values = values});
  std::size_t images = 0;
  for (std::size_t at = 0; (at = svg.find("<image ", at)) != std::string::npos; ++at) ++images;
  EXPECT_EQ(images, 2U);
  EXPECT_THAT(svg, HasSubstr("\"data:image/png;base64,iVBORw0KGgo"));
  EXPECT_THAT(svg, Not(HasSubstr(".png\"")));
  for (const char* name : {"d.png", "d.pdf"}) {
    write_diagram(folder / name, exp(x), {.values = values});
    const std::string with = contents(folder / name);
    write_diagram(folder / name, exp(x));
    EXPECT_GT(with.size(), contents(folder / name).size());
  }
}

TEST_F(DiagramFile, png_that_nobody_could_read_is_refused) {
  Graph g;
  const Tensor y = chain(g.placeholder("x", {2}), 3000);
  EXPECT_EQ(error_of<GraphError>("d.png", y, {.collapses_large_graphs = false}),
            "diagram: the picture is too large for a legible .png: write .svg or .pdf");
}

}  // namespace
}  // namespace gradus
