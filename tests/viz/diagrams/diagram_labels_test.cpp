// No text of the gallery's figures lies over another one or over a node, where Graphviz puts them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "paths.h"
#include "viz/diagrams/graphviz.h"

namespace gradus {
namespace {

using Json = nlohmann::json;

struct TextBox {
  std::string owner, text;
  double left, right, bottom, top;
};

bool overlap(const TextBox& a, const TextBox& b) {
  constexpr double slight = 1;  // of a point: letters do not fill their boxes
  return a.left < b.right - slight && b.left < a.right - slight && a.bottom < b.top - slight &&
         b.bottom < a.top - slight;
}

// Of each line of text that an object has.
void add_text_boxes(const Json& object, const std::string& owner, std::vector<TextBox>& boxes) {
  for (const char* part : {"_ldraw_", "_hldraw_", "_tldraw_"}) {
    double size = 11;
    for (const Json& step : object.value(part, Json::array())) {
      if (step.at("op") == "F") size = step.at("size");
      if (step.at("op") != "T") continue;
      const double x = step.at("pt").at(0), y = step.at("pt").at(1), width = step.at("width");
      const std::string align = step.at("align");
      const double left = align == "l" ? x : align == "r" ? x - width : x - width / 2;
      boxes.push_back({owner, step.at("text"), left, left + width, y - 0.2 * size, y + 0.7 * size});
    }
  }
}

// The outline of a node: text beside it may not lie over it, either.
TextBox box_of(const Json& node) {
  std::istringstream pos(node.at("pos").get<std::string>());
  double x = 0, y = 0;
  char comma = 0;
  pos >> x >> comma >> y;
  const double width = 72 * std::stod(node.at("width").get<std::string>());
  const double height = 72 * std::stod(node.at("height").get<std::string>());
  return {node.at("name"), "(outline)",    x - width / 2,
          x + width / 2,   y - height / 2, y + height / 2};
}

std::vector<TextBox> texts_of(const std::string& dot) {
  const Json json = Json::parse(run_dot(dot, {"-Tjson"}, std::chrono::minutes(2)));
  std::vector<TextBox> boxes;
  add_text_boxes(json, "title", boxes);
  for (const Json& object : json.value("objects", Json::array())) {
    add_text_boxes(object, object.at("name"), boxes);
    if (object.contains("pos")) boxes.push_back(box_of(object));
  }
  for (const Json& edge : json.value("edges", Json::array()))
    add_text_boxes(edge, "edge " + std::to_string(edge.at("_gvid").get<int>()), boxes);
  return boxes;
}

std::vector<std::string> overlaps_in(const std::string& dot) {
  std::vector<TextBox> boxes = texts_of(dot);
  std::ranges::sort(boxes, {}, &TextBox::left);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < boxes.size(); ++i)
    for (std::size_t k = i + 1; k < boxes.size() && boxes[k].left < boxes[i].right; ++k)
      if (boxes[i].owner != boxes[k].owner && overlap(boxes[i], boxes[k]))
        found.push_back("\"" + boxes[i].text + "\" of " + boxes[i].owner + " and \"" +
                        boxes[k].text + "\" of " + boxes[k].owner);
  return found;
}

TEST(DiagramLabels, of_the_gallery_lie_beside_each_other) {
  std::size_t figures = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(GRADUS_SOURCE_DIR "/tests/reference/gallery")) {
    std::ifstream in(file.path());
    const std::string dot{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(overlaps_in(dot), std::vector<std::string>{}) << file.path();
    ++figures;
  }
  EXPECT_GE(figures, 19U);
}

TEST(DiagramLabels, that_lie_over_each_other_are_noticed) {
  const std::string two =
      "digraph { a [label=\"aaaaaaaa\", width=0, fixedsize=true, shape=none]; "
      "b [label=\"bbbbbbbb\", width=0, fixedsize=true, shape=none]; ";
  EXPECT_FALSE(overlaps_in(two + "nodesep=0 }").empty());
  EXPECT_TRUE(overlaps_in(two + "nodesep=2 }").empty());
}

}  // namespace
}  // namespace gradus
