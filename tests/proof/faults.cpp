#include "proof/faults.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/op/records.h>
#include <gradus/op/table.h>

#include "graph/graph_state.h"
#include "proof/check_derivatives.h"
#include "proof/jacobian.h"
#include "proof/samples.h"

namespace gradus::proof {
namespace {

enum class Fault {
  sign,
  factor,
  lost_term,
  swapped_axes,
  lost_broadcast_sum,
  wrong_element,
};
constexpr std::array faults{
    std::pair{Fault::sign, "sign"},
    std::pair{Fault::factor, "factor 1.001"},
    std::pair{Fault::lost_term, "lost term"},
    std::pair{Fault::swapped_axes, "swapped axes"},
    std::pair{Fault::lost_broadcast_sum, "lost broadcast sum"},
    std::pair{Fault::wrong_element, "one wrong element"},
};

// 1 at the first of each group of elements that f maps to one, 0 elsewhere.
Tensor mask(const Tensor& like, const std::function<bool(const Indices&)>& f) {
  const Value ones = Value::from(like.shape().to_vector(),
                                 [&](const Indices& i) { return f(i) ? Real{1} : Real{0}; });
  return Graph(like.shared_state()).constant(array_of(ones, like.dtype()));
}

// The right rule of operand k with a fault in it.
template <Fault fault, std::size_t k>
Tensor wrong(const gradus::Call& f, std::span<const Tensor> dy_and_operands) {
  const Op& right =
      **std::ranges::find(all_ops(), f.op().name, [](const Op* op) { return op->name; });
  if constexpr (fault == Fault::lost_broadcast_sum) {
    // Only the first of the elements that must be summed arrives.
    const Tensor& dy = dy_and_operands[0];
    const Indices narrow = dy_and_operands[k + 1].shape().to_vector();
    std::vector<Tensor> values(dy_and_operands.begin(), dy_and_operands.end());
    values[0] = dy * mask(dy, [&](const Indices& index) {
                  for (std::size_t i = 0; i < index.size(); ++i) {
                    const std::size_t missing = index.size() - narrow.size();
                    if ((i < missing || narrow[i - missing] == 1) && index[i] != 0) return false;
                  }
                  return true;
                });
    return right.gradient_of(k)(f, values);
  } else {
    const Tensor dx = right.gradient_of(k)(f, dy_and_operands);
    switch (fault) {
      case Fault::sign:
        return -dx;
      case Fault::factor:
        return 1.001 * dx;
      case Fault::lost_term:
        return zeros_like(dx);
      case Fault::swapped_axes:
        return reshape(transpose(dx), dx.shape());
      default:
        return dx + 0.01 * mask(dx, [](const Indices& index) {
                      return std::ranges::all_of(index, [](std::int64_t i) { return i == 0; });
                    });
    }
  }
}

using GradientRule = Rule<Tensor, Tensor>;

template <std::size_t k>
GradientRule wrong_rule(Fault fault) {
  GradientRule rule;
  const auto choose = [&]<std::size_t... f>(std::index_sequence<f...>) {
    ((faults[f].first == fault
          ? void(rule = [](const gradus::Call& call, std::span<const Tensor> v) -> Tensor {
              return wrong<faults[f].first, k>(call, v);
            })
          : void()),
     ...);
  };
  choose(std::make_index_sequence<faults.size()>{});
  return rule;
}

Op with_fault(const Op& right, std::size_t operand, Fault fault) {
  const GradientRule made[] = {wrong_rule<0>(fault), wrong_rule<1>(fault), wrong_rule<2>(fault),
                               wrong_rule<3>(fault)};
  const auto rule = [&](std::size_t k) { return k == operand ? made[k] : right.gradient[k]; };
  Op op = right;
  switch (right.gradient.size()) {
    case 1:
      op.gradient = {rule(0)};
      break;
    case 2:
      op.gradient = {rule(0), rule(1)};
      break;
    case 3:
      op.gradient = {rule(0), rule(1), rule(2)};
      break;
    default:
      op.gradient = {rule(0), rule(1), rule(2), rule(3)};
  }
  return op;
}

// The same nodes, in which one op is another.
Graph copy_with(const GraphState& from, const Op& right, const Op& other) {
  Graph to;
  for (std::int32_t i = 0; i < from.node_count(); ++i) {
    const NodeId id{i};
    const Node& node = from.node(id);
    to.state().append(node.op == &right ? other : *node.op, from.operands(id), from.attributes(id),
                      from.shape(id), node.dtype, from.where(id));
  }
  return to;
}

class Planting {
 public:
  Planting(const Proof& proof, const std::vector<Array>& operands)
      : proof_(proof), operands_(operands) {
    for (const Array& x : operands)
      xs_.push_back(graph_.placeholder(fmt::format("x{}", xs_.size()), x.shape(), x.dtype()));
    y_ = proof.call(xs_);
    dy_ = graph_.placeholder("dy", y_.shape(), float64);
    Point point(graph_, xs_, operands);
    numeric_ = point.numeric(y_);
    right_ = symbolic(*proof.op);
  }

  void plant(std::size_t operand, Fault fault, std::string_view name, Report& report) {
    const Op op = with_fault(*proof_.op, operand, fault);
    const std::string what = fmt::format("{} of {}: {} in the rule of operand {}", proof_.title(),
                                         types_text(operands_), name, operand);
    try {
      const Matrix found = symbolic(op);
      if (found == right_) return;
      ++report.checked;
      if (!difference(found, numeric_)) report.fail(what);
    } catch (const Error&) {
      ++report.checked;  // noticed before a number was computed
    }
  }

 private:
  Matrix symbolic(const Op& op) {
    const Graph g = copy_with(graph_.state(), *proof_.op, op);
    const auto here = [&](const Tensor& t) { return g.state().tensor(t.id()); };
    Tensors xs, floats;
    for (const Tensor& x : xs_) {
      xs.push_back(here(x));
      if (x.dtype() == float64) floats.push_back(xs.back());
    }
    const Tensors dxs =
        gradients(here(y_), floats, {.grad_ys = {here(dy_)}, .unconnected = Unconnected::zero});
    return Point(g, xs, operands_).symbolic(here(y_), here(dy_), dxs);
  }

  const Proof& proof_;
  const std::vector<Array>& operands_;
  Graph graph_;
  Tensors xs_;
  Tensor y_, dy_;
  Differences numeric_;
  Matrix right_;
};

}  // namespace

Report plant_faults(const Proof& proof) {
  Report report;
  if (proof.op == nullptr || !proof.has_gradient) return report;
  for (const std::vector<Shape>& shapes : derivative_cases(proof)) {
    const std::vector<Array> operands = samples(proof, shapes, float64);
    if (std::ranges::any_of(operands, [](const Array& x) { return x.size() < 2; })) continue;
    Planting planting(proof, operands);
    for (std::size_t k = 0; k < proof.op->gradient.size(); ++k)
      for (const auto& [fault, name] : faults)
        if (proof.op->gradient[k] &&
            (fault != Fault::lost_broadcast_sum || proof.op == &broadcast_like_op))
          planting.plant(k, fault, name, report);
    if (report.checked > 0) return report;  // one point is enough
  }
  return report;
}

}  // namespace gradus::proof
