#include "non_finite.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/failed_call.h>
#include <gradus/op/records.h>

#include "core/throw_at.h"
#include "graph/operand_lines.h"
#include "index_of.h"

namespace gradus {
namespace {

struct Contents {
  std::int64_t nans = 0, infinities = 0;
  std::int64_t first = -1;  // that is not finite
  // Of the finite ones.
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
};

Contents contents_of(const ArrayView& x) {
  Contents found;
  visit(x.dtype, [&]<class T>(T) {
    const T* elements = x.as<T>();
    for (std::int64_t i = 0; i < x.shape.element_count(); ++i) {
      const auto element = static_cast<double>(elements[i]);
      if (std::isfinite(element)) {
        found.lowest = std::min(found.lowest, element);
        found.highest = std::max(found.highest, element);
      } else {
        ++(std::isnan(element) ? found.nans : found.infinities);
        if (found.first < 0) found.first = i;
      }
    }
  });
  return found;
}

// "2 NaN and 1 infinite"
std::string count_text(const Contents& found) {
  std::string text;
  if (found.nans > 0) text = fmt::format("{} NaN", found.nans);
  if (found.infinities > 0)
    text += fmt::format("{}{} infinite", text.empty() ? "" : " and ", found.infinities);
  return text;
}

// "from -1 to 3, and 2 NaN"; of a single element "3" or "1 NaN"
std::string range_text(const ArrayView& x) {
  if (x.shape.element_count() == 0) return "no elements";
  const Contents found = contents_of(x);
  std::string others = count_text(found);
  if (found.lowest > found.highest) return others;
  if (x.shape.element_count() == 1) return fmt::format("{:.7g}", found.lowest);
  return fmt::format("from {:.7g} to {:.7g}{}{}", found.lowest, found.highest,
                     others.empty() ? "" : ", and ", others);
}

bool has_nan(const ArrayView& x) { return is_float(x.dtype) && contents_of(x).nans > 0; }

// Of each node of a program that is not finite, the first that was not though what it read was,
// among itself and those from which it came to it; no_node for all others.
class Origins {
 public:
  explicit Origins(const Program& program)
      : program_(program), first_(static_cast<std::size_t>(program.graph->node_count()), no_node) {}

  void note(NodeId id) {
    NodeId first = no_node;
    const auto operands = program_.operands(id);
    for (std::size_t k = 0; k < operands.size(); ++k)
      if (!program_.op(id).reads_shape_alone(k)) first = earlier(first, of(operands[k]));
    first_[index(id)] = first != no_node ? first : id;
  }
  NodeId of(NodeId id) const { return first_[index(id)]; }
  // Of all that leaves the run.
  NodeId of_outcomes() const {
    NodeId first = no_node;
    for (NodeId result : program_.results) first = earlier(first, of(result));
    for (NodeId id : program_.nodes())
      if (&program_.op(id) == &assign_op) first = earlier(first, of(id));
    return first;
  }

 private:
  static NodeId earlier(NodeId a, NodeId b) {
    if (a == no_node || b == no_node) return a == no_node ? b : a;
    return std::min(a, b);
  }

  const Program& program_;
  std::vector<NodeId> first_;
};

// What is said of a node: "the result of log has 2 NaN of 6 elements, the first at [0, 1]", and, in
// lines of their own, where it stands and what its operands hold.
struct Description {
  std::string fault, details;
  std::shared_ptr<const FailedCall> call;
};

Description describe(const Program& program, NodeId node, const ArrayView& value,
                     std::span<const ArrayView> operands, const RunContext& context,
                     SourceLocation where) {
  const GraphState& graph = context.graph;
  const NodeId id = program.origin(node), differentiated = graph.node(id).origin;
  const Op& op = *graph.kind(id).op;
  const std::string name = graph.name(id);
  const bool is_fed = &op == &placeholder_op;
  const std::string subject = is_fed ? fmt::format("the feed of \"{}\"", name)
                              : graph.operands(id).empty() && !op.is_random
                                  ? fmt::format("the {} \"{}\"", op.name, name)
                                  : fmt::format("the result of {}", op.name);
  std::string details = fmt::format("\n  at  {}", to_text(is_fed ? where : graph.where(id)));
  if (!is_fed) details += fmt::format(", node \"{}\"", name);
  if (differentiated != no_node)
    details += fmt::format(", of the gradient of \"{}\"", graph.name(differentiated));
  std::vector<Shape> shapes;
  std::vector<std::string> types;
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const ArrayView& operand = operands[k];
    shapes.push_back(operand.shape);
    types.push_back(
        fmt::format("{} {}  {}", to_text(operand.dtype), to_text(operand.shape),
                    op.reads_shape_alone(k) ? "read for its shape alone" : range_text(operand)));
  }
  const auto ids = graph.operands(id);
  details += operand_lines(op, graph, ids, types);
  return {fmt::format("{} {}", subject, non_finite_text(value)), std::move(details),
          std::make_shared<const FailedCall>(FailedCall{
              graph.shared_from_this(), &op, name, {ids.begin(), ids.end()}, std::move(shapes)})};
}

NumericsError error_of(const std::string& text, const std::shared_ptr<const FailedCall>& call) {
  NumericsError error(text);
  error.failed_call = call;
  return error;
}

}  // namespace

bool all_finite(const ArrayView& x) {
  if (!is_float(x.dtype)) return true;
  return visit_float(x.dtype, [&]<class T>(T) {
    const T* elements = x.as<T>();
    const std::int64_t size = x.shape.element_count();
    // Without a branch and as wide as an element, so that it is vectorised.
    std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t> has_others = 0;
    for (std::int64_t i = 0; i < size; ++i)
      has_others |= !(std::abs(elements[i]) <= std::numeric_limits<T>::max());
    return has_others == 0;
  });
}

std::string non_finite_text(const ArrayView& x) {
  const Contents found = contents_of(x);
  const std::int64_t size = x.shape.element_count();
  if (size == 1)
    return visit(x.dtype, [&]<class T>(T) {
      return fmt::format("is {}", static_cast<double>(x.as<T>()[0]));
    });
  return fmt::format("has {} of {} elements, the first at [{}]", count_text(found), size,
                     fmt::join(index_of(static_cast<std::size_t>(found.first), x.shape), ", "));
}

void refuse_non_finite(const std::string& outcome, const Program& program,
                       const ValueSource& source, const RunContext& context,
                       std::size_t memory_limit, SourceLocation where) {
  Origins origins(program), origins_of_nan(program);
  try {
    interpret(program, source, context, memory_limit, where,
              [&](NodeId id, const ArrayView& value, std::span<const ArrayView>) {
                if (all_finite(value)) return;
                origins.note(id);
                if (has_nan(value)) origins_of_nan.note(id);
              });
    const NodeId first = origins.of_outcomes(), first_nan = origins_of_nan.of_outcomes();
    if (first == no_node)
      throw_at<NumericsError>(where, "run: {}; without passes every value of the run is finite",
                              outcome);
    // Once more, for what is said of these two alone.
    Description of_first, of_nan;
    interpret(program, source, context, memory_limit, where,
              [&](NodeId id, const ArrayView& value, std::span<const ArrayView> operands) {
                if (id == first)
                  of_first = describe(program, id, value, operands, context, where);
                else if (id == first_nan)
                  of_nan = describe(program, id, value, operands, context, where);
              });
    std::string text = fmt::format("run: {}; so {}{}", of_first.fault, outcome, of_first.details);
    if (!of_nan.fault.empty()) text += fmt::format("\nlater {}{}", of_nan.fault, of_nan.details);
    throw error_of(text, of_first.call);
  } catch (const MemoryError&) {
    throw_at<NumericsError>(
        where, "run: {}; where it arose is unknown: there is no memory to compute node by node",
        outcome);
  }
}

}  // namespace gradus
