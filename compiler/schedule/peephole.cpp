// Neighbours of a loop that one instruction computes, so that the values between them stay in
// registers: see `patterns`.
//
// Each operation is rounded separately, so no bit changes. Only nodes of one loop are joined:
// otherwise a factor would have to outlive its product.
#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include <gradus/op/records.h>

#include "compiler/pipeline.h"
#include "compiler/program/fused_ops.h"
#include "compiler/program/memo_per_kind.h"
#include "schedule.h"

namespace gradus {
namespace {

// What stands at one place of a pattern: a call of an op, or any node, which a letter names.
struct PatternSymbol {
  const Op* op = nullptr;
  const Op* or_op = nullptr;
  char letter = 'a';

  constexpr PatternSymbol() = default;
  constexpr PatternSymbol(char name) : letter(name) {}
  constexpr PatternSymbol(const Op* call, const Op* or_call = nullptr) : op(call), or_op(or_call) {}
};
// A square is a product of equal factors.
constexpr PatternSymbol product(&multiply_op, &square_op);

struct Pattern {
  // What computes all of it from the nodes with the letters a, b, ...
  const Op* op;
  // Each op stands before its operands.
  std::array<PatternSymbol, 8> symbols;
  std::string_view rule;
};

// The first that fits is taken. The operands of a sum or a product may stand the other way round.
constexpr Pattern patterns[] = {
    // c + a (b b - c): a mean that moves towards b b
    {&interpolate_square_op,
     {&add_op, 'c', &multiply_op, 'a', &subtract_op, &square_op, 'b', 'c'},
     "a mean moves at once"},
    // c + a (b - c)
    {&interpolate_op,
     {&add_op, 'c', &multiply_op, 'a', &subtract_op, 'b', 'c'},
     "a mean moves at once"},
    // d - a / (sqrt(b) + c)
    {&subtract_over_root_op,
     {&subtract_op, 'd', &divide_op, 'a', &add_op, &sqrt_op, 'b', 'c'},
     "a root is divided by at once"},
    // a / (sqrt(b) + c)
    {&divide_by_root_op,
     {&divide_op, 'a', &add_op, &sqrt_op, 'b', 'c'},
     "a root is divided by at once"},
    // a b + c,  a b - c,  c - a b
    {&multiply_add_op, {&add_op, product, 'a', 'b', 'c'}, "a product is added at once"},
    {&multiply_subtract_op, {&subtract_op, product, 'a', 'b', 'c'}, "a product is added at once"},
    {&subtract_product_op, {&subtract_op, 'c', product, 'a', 'b'}, "a product is added at once"},
    // the sum of squares
    {&reduce_sum_square_op, {&reduce_sum_op, &square_op, 'a'}, "squares are added up at once"},
};

class Combining {
 public:
  explicit Combining(Program program) : program_(std::move(program)) {
    const auto ops = ops_of(program_);
    const auto is_there = [&](const PatternSymbol& symbol) {
      return symbol.op == nullptr || ops.contains(symbol.op) || ops.contains(symbol.or_op);
    };
    for (const Pattern& pattern : patterns)
      if (std::ranges::all_of(pattern.symbols, is_there)) patterns_.push_back(&pattern);
  }

  Program run() && {
    if (patterns_.empty()) return std::move(program_);
    is_read_once_ = read_once(program_);
    schedule_ = schedule(program_, true);
    Rewriter next(program_);
    for (NodeId id : program_.nodes()) {
      if (const Pattern* const found = find(id))
        next.replace(id, append(next, id, *found->op), found->rule);
      else
        next.keep(id);
    }
    return std::move(next).finish();
  }

 private:
  // The first pattern that fits a node, null if there is none; sets `operands_`.
  const Pattern* find(NodeId id) {
    const NodeKind& kind = program_.graph->kind(id);
    if (!is_float(kind.dtype)) return nullptr;
    for (const Pattern* pattern : patterns_) {
      if (pattern->symbols[0].op != kind.op) continue;
      for (unsigned swaps = 0; swaps < 4; ++swaps)
        if (fits(*pattern, id, swaps)) return pattern;
    }
    return nullptr;
  }

  // Bit k of `swaps` tells that the k-th sum or product of the pattern stands the other way round.
  bool fits(const Pattern& pattern, NodeId root, unsigned swaps) {
    operands_.assign(pattern.op->operands.size(), no_node);
    std::array<NodeId, std::tuple_size_v<decltype(Pattern::symbols)>> open{root};
    std::size_t open_count = 1;
    for (std::size_t i = 0; open_count != 0; ++i) {
      const PatternSymbol& symbol = pattern.symbols[i];
      const NodeId id = open[--open_count];
      if (symbol.op == nullptr) {
        NodeId& known = operands_[static_cast<std::size_t>(symbol.letter - 'a')];
        if (known != no_node && known != id) return false;
        known = id;
        continue;
      }
      const Op* const op = &program_.op(id);
      if ((op != symbol.op && op != symbol.or_op) || (id != root && !is_for(id, root)))
        return false;
      const auto read = program_.operands(id);
      NodeId first = read.front(), second = read.back();
      if (symbol.op == &add_op || symbol.op == &multiply_op) {
        if ((swaps & 1) != 0) std::swap(first, second);
        swaps >>= 1;
      }
      if (symbol.op->operands.size() == 2) open[open_count++] = second;
      open[open_count++] = first;
    }
    return true;
  }

  // Whether an inner node of a pattern is computed in the same loop, and for this alone.
  bool is_for(NodeId inner, NodeId root) const {
    return is_read_once_[index(inner)] != 0 &&
           schedule_.step_of[index(inner)] == schedule_.step_of[index(root)];
  }

  NodeId append(Rewriter& next, NodeId id, const Op& op) {
    for (NodeId& operand : operands_) operand = next.at(operand);
    return next.writable()->append(op, operands_, program_.graph->attributes(id),
                                   program_.shape(id), program_.dtype(id), {});
  }

  Program program_;
  std::vector<const Pattern*> patterns_;  // whose ops are there
  NodeFlags is_read_once_;
  Schedule schedule_;
  std::vector<NodeId> operands_;  // of the pattern that was found last
};

template <std::size_t arity>
constexpr Op combined(std::string_view name, std::string_view doc, Form text, Form latex,
                      Captureless auto formula) {
  using Names = Few<std::string_view, 4>;
  return {.name = name,
          .doc = doc,
          .operands = arity == 3 ? Names{"a", "b", "c"} : Names{"a", "b", "c", "d"},
          .text = text,
          .latex = latex,
          .kernel = elementwise<arity>(formula)};
}

}  // namespace

extern constexpr Op multiply_add_op = combined<3>(
    "multiply_add", "y = a b + c.", {"{a} * {b} + {c}", Precedence::sum, Precedence::power},
    {R"({a} \odot {b} + {c})", Precedence::sum, Precedence::power},
    [](auto a, auto b, auto c) { return a * b + c; });
extern constexpr Op multiply_subtract_op = combined<3>(
    "multiply_subtract", "y = a b - c.", {"{a} * {b} - {c}", Precedence::sum, Precedence::power},
    {R"({a} \odot {b} - {c})", Precedence::sum, Precedence::power},
    [](auto a, auto b, auto c) { return a * b - c; });
extern constexpr Op subtract_product_op = combined<3>(
    "subtract_product", "y = c - a b.", {"{c} - {a} * {b}", Precedence::sum, Precedence::power},
    {R"({c} - {a} \odot {b})", Precedence::sum, Precedence::power},
    [](auto a, auto b, auto c) { return c - a * b; });
extern constexpr Op interpolate_op =
    combined<3>("interpolate", "y = c + a (b - c).",
                {"{c} + {a} * ({b} - {c})", Precedence::sum, Precedence::power},
                {R"({c} + {a} \odot ({b} - {c}))", Precedence::sum, Precedence::power},
                [](auto a, auto b, auto c) { return c + a * (b - c); });
extern constexpr Op interpolate_square_op =
    combined<3>("interpolate_square", "y = c + a (b^2 - c).",
                {"{c} + {a} * ({b}^2 - {c})", Precedence::sum, Precedence::call},
                {R"({c} + {a} \odot ({b}^2 - {c}))", Precedence::sum, Precedence::call},
                [](auto a, auto b, auto c) { return c + a * (b * b - c); });
extern constexpr Op divide_by_root_op =
    combined<3>("divide_by_root", "y = a / (sqrt(b) + c).",
                {"{a} / (sqrt({b}) + {c})", Precedence::product, Precedence::power},
                {R"({a} / (\sqrt{{b}} + {c}))", Precedence::product, Precedence::power},
                [](auto a, auto b, auto c) { return a / (sqrt(b) + c); });
extern constexpr Op subtract_over_root_op =
    combined<4>("subtract_over_root", "y = d - a / (sqrt(b) + c).",
                {"{d} - {a} / (sqrt({b}) + {c})", Precedence::sum, Precedence::power},
                {R"({d} - {a} / (\sqrt{{b}} + {c}))", Precedence::sum, Precedence::power},
                [](auto a, auto b, auto c, auto d) { return d - a / (sqrt(b) + c); });

// As many as the pattern calls ops.
std::int64_t operations_of(const Op& op) {
  const auto* const pattern = std::ranges::find(patterns, &op, &Pattern::op);
  if (pattern == std::end(patterns)) return 1;
  return std::ranges::count_if(pattern->symbols,
                               [](const PatternSymbol& symbol) { return symbol.op != nullptr; });
}

Program peephole(Program program, const CompileContext& context) {
  // What no loop holds stays as it is.
  if (!context.passes.fuse_loops) return program;
  return Combining(std::move(program)).run();
}

}  // namespace gradus
