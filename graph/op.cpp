#include <gradus/op/op.h>

namespace gradus {
namespace {

// word({a}, {b}); of an op of any number of operands, the word alone.
std::string call_form(std::string word, const Op& op) {
  for (const std::string_view& operand : op.operands)
    word.append(&operand == op.operands.begin() ? "({" : ", {").append(operand) += '}';
  return op.operands.empty() ? word : word + ")";
}

}  // namespace

Tensor Example::call(Graph& g) const {
  const auto x = [&](std::size_t k) {
    const auto& [sizes, elements] = operands_[k];
    const Shape shape(std::span(sizes.begin(), sizes.size()));
    return Operand(g.constant(Array(shape, std::span(elements.begin(), elements.size()))));
  };
  if (const auto* maker = std::get_if<Tensor (*)(Graph&)>(&call_)) return (*maker)(g);
  if (const auto* of_one = std::get_if<Tensor (*)(Operand)>(&call_)) return (*of_one)(x(0));
  return std::get<Tensor (*)(Operand, Operand)>(call_)(x(0), x(1));
}

std::string text_of(const Op& op) {
  return op.text.code.empty() ? call_form(std::string(op.name), op) : std::string(op.text.code);
}

std::string latex_of(const Op& op) {
  if (!op.latex.code.empty()) return std::string(op.latex.code);
  std::string word(op.name);
  std::erase(word, '_');
  return call_form("\\operatorname{" + word + "}", op);
}

}  // namespace gradus
