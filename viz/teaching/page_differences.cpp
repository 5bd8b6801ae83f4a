// Central differences of the loss by single elements, which the page shows beside the gradients.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/session.h>

#include "page_moment.h"

namespace gradus {
namespace {

// Work is bounded: nodes that are computed again, over all nodes that are moved.
constexpr std::size_t max_copied_nodes = 4'000;
constexpr std::int64_t max_measured = 36, chosen_measured = 12;

Array in_float64(const Array& array) {
  return is_float(array.dtype()) ? array.cast(float64) : array;
}

// The loss as a function of one node's value, everything that does not depend on it being given.
class LossOf {
 public:
  LossOf(const PageGraph& page, const Explanation& explanation, std::size_t place,
         const std::vector<bool>& moves)
      : page_(page), explanation_(explanation), tensors_(page.nodes.size()) {
    tensors_[place] = placeholder(place);
    for (std::size_t i = place + 1; i < page.nodes.size(); ++i)
      if (moves[i]) tensors_[i] = copy(i);
  }

  // The loss after element i moved by `step`.
  double operator()(std::size_t i, double step) {
    Array moved = feeds_[0].value();
    moved.mutable_values<double>()[i] += step;
    std::vector<Feed> feeds = feeds_;
    feeds[0] = Feed(feeds_[0].placeholder(), std::move(moved));
    return session().run(tensors_.back(), feeds).item<double>();
  }
  double element(std::size_t i) const { return feeds_[0].value().values<double>()[i]; }

 private:
  Session& session() {
    if (!session_) session_.emplace(graph_, SessionOptions{.threads = 1});
    return *session_;
  }

  Tensor placeholder(std::size_t place) {
    Array value = in_float64(explanation_.forward[place].value);
    Tensor tensor = graph_.placeholder(fmt::format("v{}", place), value.shape(), value.dtype());
    feeds_.emplace_back(tensor, std::move(value));
    return tensor;
  }

  Tensor copy(std::size_t place) {
    std::vector<NodeId> operands;
    std::vector<DType> dtypes;
    for (std::size_t operand : page_.operands[place]) {
      if (!tensors_[operand]) tensors_[operand] = placeholder(operand);
      operands.push_back(tensors_[operand].id());
      dtypes.push_back(tensors_[operand].dtype());
    }
    const Op& op = *page_.node(place).op;
    const auto attributes = page_.graph->attributes(page_.nodes[place]);
    const Call call(op, attributes);
    return graph_.state().tensor(graph_.state().append(op, operands, attributes,
                                                       explanation_.forward[place].value.shape(),
                                                       op.dtype(call, dtypes), {}));
  }

  const PageGraph& page_;
  const Explanation& explanation_;
  Graph graph_;
  std::vector<Tensor> tensors_;
  std::vector<Feed> feeds_;
  std::optional<Session> session_;
};

std::vector<std::size_t> elements_to_move(const Array& gradient) {
  const Array converted = gradient.cast(float64);
  const auto values = converted.values<double>();
  std::vector<std::size_t> all(values.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  if (gradient.size() <= max_measured) return all;
  const auto is_larger = [&](std::size_t a, std::size_t b) {
    return std::abs(values[a]) != std::abs(values[b]) ? std::abs(values[a]) > std::abs(values[b])
                                                      : a < b;
  };
  const auto end = all.begin() + chosen_measured;
  std::partial_sort(all.begin(), end, all.end(), is_larger);
  all.erase(end, all.end());
  std::ranges::sort(all);
  return all;
}

// The nodes on a way from a node to the loss along which gradients flow.
std::vector<bool> moved_by(const PageGraph& page, std::size_t place) {
  std::vector<bool> moves(page.nodes.size());
  moves[place] = true;
  for (auto way = page.ways.rbegin(); way != page.ways.rend(); ++way)
    if (moves[way->to]) moves[way->from] = true;
  return moves;
}

// Whether its formula is the same in float64, and its values are not drawn anew.
bool can_be_copied(const PageGraph& page, std::size_t place) {
  const Op& op = *page.node(place).op;
  return !op.is_random && std::ranges::find(op.attributes, "dtype", [](const AnyKey* key) {
                            return key->name;
                          }) == op.attributes.end();
}

std::vector<ElementSlope> slopes_of(const PageGraph& page, const Explanation& explanation,
                                    std::size_t place, const std::vector<bool>& moves) {
  LossOf loss(page, explanation, place, moves);
  std::vector<ElementSlope> slopes;
  for (std::size_t i : elements_to_move(explanation.forward[place].gradient)) {
    const double step = 0x1p-17 * std::max(1.0, std::abs(loss.element(i)));
    slopes.push_back({i, (loss(i, step) - loss(i, -step)) / (2 * step)});
  }
  return slopes;
}

}  // namespace

std::vector<std::vector<ElementSlope>> measure_slopes(const PageGraph& page,
                                                      const Explanation& explanation) {
  std::vector<std::vector<ElementSlope>> slopes(page.nodes.size());
  std::size_t copied = 0;
  for (const bool of_sources : {true, false})
    for (std::size_t i = page.nodes.size() - 1; i-- > 0;) {
      if (explanation.forward[i].contributions == 0 ||
          explanation.forward[i].is_source != of_sources)
        continue;
      const std::vector<bool> moves = moved_by(page, i);
      bool can = true;
      for (std::size_t k = i + 1; k < moves.size(); ++k) {
        copied += moves[k] ? 1U : 0U;
        can = can && (!moves[k] || can_be_copied(page, k));
      }
      if (copied > max_copied_nodes) return slopes;
      if (can) slopes[i] = slopes_of(page, explanation, i, moves);
    }
  return slopes;
}

}  // namespace gradus
