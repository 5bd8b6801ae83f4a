#include "page_json.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include <gradus/op/op.h>

#include "core/one_line.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

std::string kind_of(const PageGraph& page, std::size_t place) {
  if (page.graph->literal(page.nodes[place]) != nullptr) return "number";
  return page.is_source(place) ? std::string(page.node(place).op->name) : "op";
}

// How an entry of the result comes from entries of the operands, where that is said by more ops
// than one.
std::string family_of(const Op& op) {
  if (std::holds_alternative<ElementwiseKernel>(op.kernel)) return "elementwise";
  if (std::holds_alternative<IsView>(op.kernel)) return "view";
  return std::string(op.name);
}

// Real numbers are rounded as the page shall write them.
Json attribute_json(const AttributeValue& value, DType dtype) {
  return std::visit(
      [&]<class T>(const T& v) -> Json {
        if constexpr (std::is_same_v<T, double>)
          return std::isfinite(v) ? Json::parse(to_text(value, dtype)) : Json(v);
        else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string> ||
                           std::is_same_v<T, std::vector<std::int64_t>>)
          return v;
        else if constexpr (std::is_same_v<T, Axes>)
          return v.is_all() ? Json("all") : Json(v.list());
        else
          return one_line(to_text(v));
      },
      value);
}

// Points to a tenth: less cannot be seen.
double rounded(double v) { return std::round(v * 10) / 10; }

Json box_json(const LayoutBox& box) {
  return {rounded(box.center.x), rounded(box.center.y), rounded(box.width), rounded(box.height)};
}

Json gradients_json(const PageGradients& gradients, PageTensors& tensors) {
  Json of_nodes = Json::array(), along_ways = Json::array();
  for (const std::optional<Array>& array : gradients.of_nodes)
    of_nodes.push_back(array ? Json(tensors.add(*array)) : Json());
  for (const Array& array : gradients.along_ways) along_ways.push_back(tensors.add(array));
  return {{"of_nodes", of_nodes}, {"along_ways", along_ways}};
}

}  // namespace

Json nodes_json(const PageGraph& page, const Explanation& explanation) {
  const std::vector<bool> is_regularizer = regularizer_nodes(page);
  Json list = Json::array();
  for (std::size_t i = 0; i < page.nodes.size(); ++i) {
    const NodeId id = page.nodes[i];
    const Op& op = *page.node(i).op;
    const ForwardStep& step = explanation.forward[i];
    Json json{{"name", one_line(step.name)},
              {"symbol", one_line(step.symbol)},
              {"formula", one_line(step.text)},
              {"latex", one_line(step.latex)},
              {"op", op.name},
              {"kind", kind_of(page, i)},
              {"operands", page.operands[i]},
              {"gradient", bool(page.has_gradient[i])},
              {"regularizer", bool(is_regularizer[i])}};
    if (!page.is_source(i)) {
      json["family"] = family_of(op);
      json["text"] = text_of(op);
      json["doc"] = op.doc;
      json["where"] = one_line(to_text(page.graph->where(id)));
      Json names = Json::array(), shapes_alone = Json::array(), attributes = Json::object();
      for (std::string_view name : op.operands) names.push_back(name);
      for (std::size_t k = 0; k < page.operands[i].size(); ++k)
        shapes_alone.push_back(op.reads_shape_alone(k));
      for (const Attribute& attribute : page.graph->attributes(id))
        attributes[std::string(attribute.key->name)] =
            attribute_json(attribute.value, page.node(i).dtype);
      json["operand_names"] = std::move(names);
      json["shapes_alone"] = std::move(shapes_alone);
      json["attributes"] = std::move(attributes);
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json ways_json(const PageGraph& page, const Explanation& explanation) {
  Json list = Json::array();
  for (const BackwardStep& step : explanation.backward)
    for (const ExplainedContribution& c : step.contributions) {
      const PageWay& way = page.ways[list.size()];
      list.push_back({{"from", way.from},
                      {"operand", way.operand},
                      {"to", way.to},
                      {"number", c.number},
                      {"count", c.count},
                      {"rule", one_line(c.rule)},
                      {"text", one_line(c.text)},
                      {"latex", one_line(c.latex)},
                      {"shapes", one_line(c.shapes)}});
    }
  return list;
}

Json views_json(const PageViews& views) {
  Json groups = Json::array(), list = Json::array();
  const auto number = [](std::size_t group) { return group == no_group ? Json() : Json(group); };
  for (const PageGroup& group : views.groups)
    groups.push_back({{"label", group.label}, {"parent", number(group.parent)}});
  for (const PageView& view : views.views) {
    Json boxes = Json::array(), arrows = Json::array(), frames = Json::array();
    for (const PageBox& box : view.boxes)
      boxes.push_back({{box.is_group ? "group" : "node", box.number}, {"box", box_json(box.box)}});
    for (const PageArrow& arrow : view.arrows) {
      Json curve = Json::array();
      for (const LayoutPoint& p : arrow.curve) {
        curve.push_back(rounded(p.x));
        curve.push_back(rounded(p.y));
      }
      arrows.push_back({{"from", arrow.from}, {"to", arrow.to}, {"curve", std::move(curve)}});
    }
    for (const PageFrame& frame : view.frames)
      frames.push_back({{"group", frame.group}, {"box", box_json(frame.box)}});
    list.push_back({{"group", number(view.group)},
                    {"width", rounded(view.width)},
                    {"height", rounded(view.height)},
                    {"boxes", std::move(boxes)},
                    {"arrows", std::move(arrows)},
                    {"frames", std::move(frames)}});
  }
  Json group_of = Json::array();
  for (std::size_t group : views.group_of) group_of.push_back(number(group));
  return {
      {"groups", std::move(groups)}, {"group_of", std::move(group_of)}, {"list", std::move(list)}};
}

Json moment_json(const PageMoment& moment, PageTensors& tensors) {
  Json values = Json::array(), slopes = Json::array();
  for (const Array& value : moment.values) values.push_back(tensors.add(value));
  const auto element_of = [](const PageGradients& gradients, std::size_t place, std::size_t i) {
    return gradients.of_nodes[place]->cast(float64).values<double>()[i];
  };
  for (std::size_t i = 0; i < moment.slopes.size(); ++i) {
    Json list = Json::array();
    for (const ElementSlope& slope : moment.slopes[i]) {
      Json entry{slope.element, slope.slope, element_of(moment.gradients, i, slope.element)};
      if (moment.overwritten) entry.push_back(element_of(*moment.overwritten, i, slope.element));
      list.push_back(std::move(entry));
    }
    slopes.push_back(std::move(list));
  }
  Json json{{"step", moment.training_step},
            {"loss", moment.loss},
            {"values", std::move(values)},
            {"right", gradients_json(moment.gradients, tensors)}};
  if (moment.overwritten) json["overwritten"] = gradients_json(*moment.overwritten, tensors);
  json["slopes"] = std::move(slopes);
  return json;
}

std::string script_text(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace), safe;
  safe.reserve(text.size());
  for (char c : text)
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  return safe;
}

}  // namespace gradus
