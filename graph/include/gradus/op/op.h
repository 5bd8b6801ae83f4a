// Op: everything the library knows about one operation, in one record.
//
//   // y = x^2;  dy/dx = 2 x
//   extern constexpr Op square_op{
//       .name = "square",
//       .doc = "Square: y = x^2.",
//       .operands = {"x"},
//       .text = {"{x}^2", Precedence::power},
//       .latex = {"{x}^{2}", Precedence::power},
//       .dtype = same_number,
//       .kernel = elementwise<1, DTypes::numbers>([](auto x) { return x * x; }),
//       .gradient = {[](Tensor dy, Tensor x) { return dy * (2 * x); }},
//       .gradient_text = {"dx = 2 x dy"},
//       .examples = {{square, {-3, 2}, "[9, 4]"}},
//   };
//   Tensor square(Operand x) { return add_node(square_op, {&x}); }
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include <gradus/graph.h>
#include <gradus/op/default_rules.h>
#include <gradus/op/elementwise.h>
#include <gradus/op/form.h>
#include <gradus/op/kernel_call.h>
#include <gradus/op/rule.h>
#include <gradus/tensor.h>

namespace gradus {

// Numbers as g.constant takes them, at most 8 in 4 axes: 1, {1, 2} or {{1}, {2}}.
struct ExampleArray {
  constexpr ExampleArray() = default;
  constexpr ExampleArray(double number) { elements.push_back(static_cast<float>(number)); }
  constexpr ExampleArray(std::initializer_list<ExampleArray> list) {
    sizes.push_back(static_cast<std::int64_t>(list.size()));
    for (std::int64_t size : list.begin()->sizes) sizes.push_back(size);
    for (const ExampleArray& part : list)
      for (float element : part.elements) elements.push_back(element);
  }

  Few<std::int64_t, 4> sizes{};
  Few<float, 8> elements{};
};

// A call whose result stands beside it: shown in documents, run by a test. Arrays after a function
// are its operands, as constants.
//
//   {abs, {-1.5, 2}, "[1.5, 2]"}                                  // abs(g.constant({-1.5, 2}))
//   {[](Operand x) { return reduce_sum(x, 1); }, {{1, 2}, {3, 4}}, "[3, 7]"}
//   {[](Graph& g) { return range(g, 0, 3); }, "[0, 1, 2]"}
class Example {
 public:
  constexpr Example() = default;
  constexpr Example(Tensor (*maker)(Graph&), std::string_view result_text)
      : result(result_text), call_(maker) {}
  constexpr Example(Tensor (*op)(Operand), ExampleArray x, std::string_view result_text)
      : result(result_text), call_(op), operands_{x, {}} {}
  constexpr Example(Tensor (*op)(Operand, Operand), ExampleArray a, ExampleArray b,
                    std::string_view result_text)
      : result(result_text), call_(op), operands_{a, b} {}

  Tensor call(Graph& g) const;

  std::string_view result{};

 private:
  std::variant<Tensor (*)(Graph&), Tensor (*)(Operand), Tensor (*)(Operand, Operand)> call_{};
  ExampleArray operands_[2]{};
};

// How a node gets its value: by a formula over lanes (numeric attributes follow the operands as its
// parameters), by a function over whole arrays, as an operand's elements in another shape
// (a view), from elsewhere (a source: a feed, a variable, an attribute), or as matrix products,
// which are matmul's and those that the compiler makes of it.
struct IsView {
  std::size_t operand = 0;
};
struct IsSource {};
struct IsMatmul {};
using Kernel =
    std::variant<std::monostate, ElementwiseKernel, GeneralKernel, IsView, IsSource, IsMatmul>;

struct Op {
  std::string_view name{};
  std::string_view doc{};  // one sentence, with the formula and what NaN and kinks give
  // Without names the op takes any number of operands; one gradient rule then serves them all.
  Few<std::string_view, 4> operands{};
  Few<const AnyKey*, 5> attributes{};
  Form text{};  // empty: name({a}, {b})
  Form latex{};
  Rule<Shape, Shape> shape = same_shape;  // `any_size` where a dimension is not known yet
  Rule<DType, DType> dtype = same_float;
  // One bit per operand: its value is not read, only its shape ("like" ops).
  std::uint32_t shape_operands = 0;
  Kernel kernel{};
  // Its values differ from run to run: neither folded nor merged with an equal node.
  bool is_random = false;
  Few<const Key<double>*, 2> parameters{};
  // One rule per operand: [](Tensor dy, Tensor a, Tensor b) { return dy * b; }. An empty rule says
  // that no gradient flows to this operand; an empty list that the op has no gradient.
  Few<Rule<Tensor, Tensor>, 4> gradient{};
  Few<std::string_view, 4> gradient_text{};
  Few<Example, 4> examples{};

  // The rule of operand k; an op without rules has none.
  constexpr const Rule<Tensor, Tensor>& gradient_of(std::size_t operand) const {
    return gradient[operands.empty() ? 0 : operand];
  }
  constexpr bool reads_shape_alone(std::size_t operand) const {
    return operand < 32 && (shape_operands >> operand & 1) != 0;
  }
  // Parameter counts match the operands, documents are there, gradients pair with operands.
  constexpr bool is_well_formed() const {
    const int arity = static_cast<int>(operands.size());
    if (name.empty() || doc.empty() || !shape || !dtype) return false;
    // A null key does not compile; that the compiler would not compare under a sanitizer of g++ 12.
    for (const AnyKey* key : attributes)
      if (std::is_constant_evaluated() ? key->name.empty() : key == nullptr) return false;
    if (shape.parameters() >= 0 && (operands.empty() || shape.parameters() != arity)) return false;
    if (dtype.parameters() >= 0 && (operands.empty() || dtype.parameters() != arity)) return false;
    const std::size_t rules = operands.empty() ? 1 : operands.size();
    if (!gradient.empty() && gradient.size() != rules) return false;
    for (const auto& rule : gradient)
      if (rule && rule.parameters() >= 0 && (operands.empty() || rule.parameters() != arity + 1))
        return false;
    if (std::holds_alternative<ElementwiseKernel>(kernel) &&
        std::get<ElementwiseKernel>(kernel).arity() != operands.size() + parameters.size())
      return false;
    return gradient_text.size() == gradient.size() && kernel.index() != 0;
  }
  // A record that is not well formed does not compile.
  bool is_checked = is_well_formed() ? true : throw std::logic_error("Op: not well formed");
};

// How a call of the op is written: as its record says, else name({a}, {b}).
std::string text_of(const Op& op);
std::string latex_of(const Op& op);

// A function that is written over ops. It has no node of its own; documents, examples and proofs
// treat it as they treat an op.
struct Composite {
  std::string_view name{};
  std::string_view doc{};      // one sentence, as in Op
  std::string_view formula{};  // "y = (a - b)^2"
  std::string_view latex{};
  Few<Example, 4> examples{};
};

// Appends a node: checks operands, applies the rules of shape and dtype, and reports what they
// refuse at the line of the first operand. A number takes the dtype of the first tensor.
Tensor add_node(const Op& op, std::initializer_list<const Operand*> operands,
                std::initializer_list<Attribute> attributes = {});
Tensor add_node(const Op& op, std::span<const Operand* const> operands,
                std::span<const Attribute> attributes);
// A node without operands, which the rules of the op must know.
Tensor add_node(const Op& op, const Graph& graph, std::span<const Attribute> attributes,
                SourceLocation where);

// What a number among operands becomes: the dtype of the first tensor that is no condition (bool),
// or float32 if there is none.
DType number_dtype(std::span<const Operand* const> operands);

// The message of a refused call: first line, place, node name, and one line per operand.
[[noreturn]] void throw_failure(const RuleFailure& failure, const Op& op, const GraphState& graph,
                                SourceLocation where, const std::string& node_name,
                                std::span<const NodeId> operands, std::span<const Shape> shapes);

// Sources: the records behind Graph::placeholder, variable and constant.
extern const Op placeholder_op, variable_op, constant_op;

}  // namespace gradus
