#include "page_json.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <gradus/op/op.h>

#include "core/one_line.h"

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

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

}  // namespace

Json nodes_json(const PageGraph& page, const Explanation& explanation) {
  const std::vector<bool> is_regularizer = regularizer_nodes(page, explanation);
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
              {"kind", step.is_number   ? "number"
                       : step.is_source ? step.op
                                        : "op"},
              {"operands", page.operands[i]},
              {"gradient", step.contributions != 0},
              {"regularizer", bool(is_regularizer[i])}};
    if (step.whole != step.id)
      json["whole"] = explanation.find(step.whole) - explanation.forward.data();
    if (step.own_text != step.text) {
      json["own_formula"] = one_line(step.own_text);
      json["own_latex"] = one_line(step.own_latex);
    }
    if (!step.is_source) {
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
      Json json{{"from", way.from},
                {"operand", way.operand},
                {"to", way.to},
                {"number", c.number},
                {"count", c.count},
                {"rule", one_line(c.rule)},
                {"remark", one_line(c.remark)},
                {"text", one_line(c.text)},
                {"latex", one_line(c.latex)}};
      if (c.own_text != c.text) {
        json["own_text"] = one_line(c.own_text);
        json["own_latex"] = one_line(c.own_latex);
      }
      list.push_back(std::move(json));
    }
  return list;
}

double rounded(double points) { return std::round(points * 10) / 10; }

Json box_json(const LayoutBox& box) {
  return {rounded(box.center.x), rounded(box.center.y), rounded(box.width), rounded(box.height)};
}

Json curve_json(const LayoutEdge& edge, bool is_turned) {
  std::vector<LayoutPoint> points = edge.curve;
  points.push_back(edge.tip);
  if (is_turned) std::ranges::reverse(points);
  Json json = Json::array();
  for (const LayoutPoint& p : points) {
    json.push_back(rounded(p.x));
    json.push_back(rounded(p.y));
  }
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
