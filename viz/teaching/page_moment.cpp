#include "page_moment.h"

#include <fmt/format.h>

#include <gradus/custom_gradient.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/session.h>

#include "page_differences.h"

namespace gradus {
namespace {

// The way back with `gradient = part`, in a graph of its own whose placeholders are the recorded
// values: so a random op is not drawn anew.
class OverwritingWayBack {
 public:
  OverwritingWayBack(const PageGraph& page, const std::vector<Array>& values) : page_(page) {
    GraphState& state = graph_.state();
    for (std::size_t i = 0; i < page.nodes.size(); ++i) {
      const Array* number = page.graph->literal(page.nodes[i]);
      if (number != nullptr) {
        values_.push_back(literal(*number));
        continue;
      }
      values_.push_back(
          graph_.placeholder(fmt::format("v{}", i), values[i].shape(), values[i].dtype()));
      feeds_.emplace_back(values_.back(), values[i]);
      keep_rules(i, state);
    }
  }

  PageGradients run(int threads) {
    std::vector<Tensor> of_nodes(page_.nodes.size()), along_ways;
    of_nodes.back() = literal(full({}, 1, page_.node(page_.nodes.size() - 1).dtype));
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

}  // namespace

PageMoment record_moment(const PageGraph& page, const Explanation& explanation,
                         std::int64_t training_step, int threads) {
  PageMoment moment;
  moment.training_step = training_step;
  for (const ForwardStep& step : explanation.forward) {
    moment.values.push_back(step.value);
    moment.gradients.of_nodes.push_back(step.contributions == 0 ? std::nullopt
                                                                : std::optional(step.gradient));
  }
  for (const BackwardStep& step : explanation.backward)
    for (const ExplainedContribution& c : step.contributions)
      moment.gradients.along_ways.push_back(c.value);
  moment.loss = moment.values.back().item<double>();
  if (has_fan_out(page)) moment.overwritten = OverwritingWayBack(page, moment.values).run(threads);
  moment.slopes = measure_slopes(page, moment);
  return moment;
}

}  // namespace gradus
