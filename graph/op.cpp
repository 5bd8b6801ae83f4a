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
  if (call_ != nullptr) return call_(g);
  const std::span<const float> x(x_.begin(), x_.size());
  return of_(g.constant(Array({std::ssize(x)}, x)));
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
