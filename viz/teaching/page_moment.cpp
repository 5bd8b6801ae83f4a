#include "page_moment.h"

#include <optional>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/session.h>

namespace gradus {
namespace {

using Json = nlohmann::ordered_json;

// The way back. A node's gradient is the sum of what it receives.
struct PageGradients {
  std::vector<std::optional<Array>> of_nodes;
  std::vector<Array> along_ways;
};

// The way back with `gradient = part`, in a graph of its own whose placeholders are the recorded
// values: so a random op is not drawn anew.
class OverwritingWayBack {
 public:
  OverwritingWayBack(const PageGraph& page, const Explanation& explanation) : page_(page) {
    GraphState& state = graph_.state();
    for (std::size_t i = 0; i < page.nodes.size(); ++i) {
      const Array* number = page.graph->literal(page.nodes[i]);
      if (number != nullptr) {
        values_.push_back(literal(*number));
        continue;
      }
      const Array& value = explanation.forward[i].value;
      values_.push_back(graph_.placeholder(fmt::format("v{}", i), value.shape(), value.dtype()));
      feeds_.emplace_back(values_.back(), value);
      keep_rules(i, state);
    }
  }

  PageGradients run(int threads) {
    std::vector<Tensor> of_nodes(page_.nodes.size()), along_ways;
    of_nodes.back() = literal(Array::full({}, 1, page_.node(page_.nodes.size() - 1).dtype));
    for (const PageWay& way : page_.ways) {
      const Tensor part = hand_down(way, of_nodes[way.from]);
      along_ways.push_back(part);
      of_nodes[way.to] = part;
    }
    return evaluate(of_nodes, along_ways, threads);
  }

 private:
  Tensor literal(const Array& number) {
    return visit(number.dtype(), [&]<class T>(T) {
      return Tensor(graph_.shared_state(),
                    graph_.state().literal(number.item<T>(), number.dtype(), {}));
    });
  }

  // The rules of a custom gradient belong to its node.
  void keep_rules(std::size_t place, GraphState& state) {
    if (page_.node(place).op != &custom_gradient_op) return;
    std::vector<GradientFunction> rules;
    for (std::size_t k = 0; k + 1 < page_.operands[place].size(); ++k)
      rules.push_back(page_.graph->custom_rule(page_.nodes[place], k));
    state.keep_rules(values_.back().id(), std::move(rules));
  }

  Tensor hand_down(const PageWay& way, const Tensor& dy) const {
    std::vector<Tensor> dy_and_operands{dy};
    for (std::size_t operand : page_.operands[way.from])
      dy_and_operands.push_back(values_[operand]);
    const Op& op = *page_.node(way.from).op;
    const Call call(op, page_.graph->attributes(page_.nodes[way.from]), &values_[way.from],
                    way.operand);
    return op.gradient_of(way.operand)(call, dy_and_operands);
  }

  PageGradients evaluate(const std::vector<Tensor>& of_nodes, const std::vector<Tensor>& along_ways,
                         int threads) {
    std::vector<Tensor> fetches = along_ways;
    for (const Tensor& t : of_nodes)
      if (t) fetches.push_back(t);
    Session session(graph_, {.threads = threads});
    std::vector<Array> arrays = session.run(fetches, feeds_);
    PageGradients result;
    auto next = arrays.begin();
    for (std::size_t i = 0; i < along_ways.size(); ++i) result.along_ways.push_back(*next++);
    for (const Tensor& t : of_nodes)
      result.of_nodes.push_back(t ? std::optional(*next++) : std::nullopt);
    return result;
  }

  const PageGraph& page_;
  Graph graph_;
  std::vector<Tensor> values_;
  std::vector<Feed> feeds_;
};

bool has_fan_out(const PageGraph& page) {
  std::vector<bool> has_received(page.nodes.size());
  for (const PageWay& way : page.ways) {
    if (has_received[way.to]) return true;
    has_received[way.to] = true;
  }
  return false;
}

PageGradients right_gradients(const Explanation& explanation) {
  PageGradients right;
  for (const ForwardStep& step : explanation.forward)
    right.of_nodes.push_back(step.contributions == 0 ? std::nullopt : std::optional(step.gradient));
  for (const BackwardStep& step : explanation.backward)
    for (const ExplainedContribution& c : step.contributions) right.along_ways.push_back(c.value);
  return right;
}

Json gradients_json(const PageGradients& gradients, PageTensors& tensors) {
  Json of_nodes = Json::array(), along_ways = Json::array();
  for (const std::optional<Array>& array : gradients.of_nodes)
    of_nodes.push_back(array ? Json(tensors.add(*array)) : Json());
  for (const Array& array : gradients.along_ways) along_ways.push_back(tensors.add(array));
  return {{"of_nodes", of_nodes}, {"along_ways", along_ways}};
}

Json slopes_json(const std::vector<std::vector<ElementSlope>>& slopes, const PageGradients& right,
                 const std::optional<PageGradients>& overwritten) {
  const auto element_of = [](const PageGradients& gradients, std::size_t place, std::size_t i) {
    return gradients.of_nodes[place]->cast(float64).values<double>()[i];
  };
  Json json = Json::array();
  for (std::size_t i = 0; i < slopes.size(); ++i) {
    Json& list = json.emplace_back(Json::array());
    for (const auto& [element, slope] : slopes[i]) {
      Json entry{element, slope, element_of(right, i, element)};
      if (overwritten) entry.push_back(element_of(*overwritten, i, element));
      list.push_back(std::move(entry));
    }
  }
  return json;
}

}  // namespace

Json moment_json(const PageGraph& page, const Explanation& explanation, std::int64_t training_step,
                 int threads, PageTensors& tensors) {
  Json values = Json::array();
  for (const ForwardStep& step : explanation.forward) values.push_back(tensors.add(step.value));
  const PageGradients right = right_gradients(explanation);
  std::optional<PageGradients> overwritten;
  if (has_fan_out(page)) overwritten = OverwritingWayBack(page, explanation).run(threads);
  Json json{{"step", training_step},
            {"loss", explanation.forward.back().value.item<double>()},
            {"values", std::move(values)},
            {"right", gradients_json(right, tensors)}};
  if (overwritten) json["overwritten"] = gradients_json(*overwritten, tensors);
  json["slopes"] = slopes_json(measure_slopes(page, explanation), right, overwritten);
  return json;
}

}  // namespace gradus
