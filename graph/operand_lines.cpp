#include "operand_lines.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace gradus {

std::string operand_label(const Op& op, std::size_t i) {
  return i < op.operands.size() ? std::string(op.operands[i]) : fmt::format("[{}]", i);
}

std::string operand_lines(const Op& op, const GraphState& graph, std::span<const NodeId> operands,
                          std::span<const std::string> types) {
  std::vector<std::string> labels, names;
  std::size_t label_width = 0, name_width = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Array* literal = graph.literal(operands[i]);
    labels.push_back(operand_label(op, i));
    names.push_back(literal ? to_text(*literal) : fmt::format("\"{}\"", graph.name(operands[i])));
    label_width = std::max(label_width, labels.back().size());
    name_width = std::max(name_width, names.back().size());
  }
  std::string lines;
  for (std::size_t i = 0; i < operands.size(); ++i)
    lines += fmt::format("\n  {:<{}}   {:<{}}  {}", labels[i], label_width, names[i], name_width,
                         types[i]);
  return lines;
}

}  // namespace gradus
