// Two neighbours of a loop that one instruction computes, so that the value between them stays in
// a register:
//
//   multiply, then add or subtract     a b + c,  a b - c,  c - a b
//   square, then the same              a a + c,  ...
//   square, then reduce_sum            the sum of squares
//
// Each is rounded as if it stood alone: every bit stays what it was. Only what one loop computes
// is combined: elsewhere a factor would have to be kept for longer than the product.
#include <algorithm>
#include <array>
#include <vector>

#include <gradus/ops.h>
#include <gradus/rules.h>

#include "passes.h"
#include "schedule.h"

namespace gradus {
namespace {

// The op that does the work of a node and of the one that makes its operand `inner`.
const Op* pair_of(const Op& outer, std::size_t inner) {
  if (&outer == &add_op) return &multiply_add_op;
  if (&outer == &subtract_op) return inner == 0 ? &multiply_subtract_op : &subtract_product_op;
  return &outer == &reduce_sum_op ? &reduce_sum_square_op : nullptr;
}

std::string_view rule_of(const Op& pair) {
  return &pair == &reduce_sum_square_op ? "squares are added up at once"
                                        : "a product is added at once";
}

class Combining {
 public:
  explicit Combining(const Program& program)
      : program_(program), readers_(reader_counts(program)) {}

  Program run() {
    const auto has_candidate = [&](NodeId id) {
      for (std::size_t k = 0; k < program_.operands(id).size(); ++k)
        if (is_candidate(id, k)) return true;
      return false;
    };
    bool has_any = false;
    for (NodeId id : program_.nodes()) has_any = has_any || has_candidate(id);
    if (!has_any) return program_;
    schedule_ = schedule(program_, true);

    Rewriter next(program_);
    for (NodeId id : program_.nodes()) {
      const std::size_t k = inner_of(id);
      if (k < program_.operands(id).size())
        next.replace(id, append(next, id, k), rule_of(*pair_of(program_.op(id), k)));
      else
        next.keep(id);
    }
    return std::move(next).finish();
  }

 private:
  bool is_candidate(NodeId id, std::size_t k) const {
    const Op& op = program_.op(id);
    if (pair_of(op, k) == nullptr || !is_float(program_.node(id).dtype)) return false;
    const NodeId inner = program_.operands(id)[k];
    const bool is_square = &program_.op(inner) == &square_op;
    return readers_[index(inner)] == 1 &&
           (is_square || (&program_.op(inner) == &multiply_op && &op != &reduce_sum_op));
  }
  // The first operand that can be computed with its reader; their count if there is none.
  std::size_t inner_of(NodeId id) const {
    const auto operands = program_.operands(id);
    const std::int32_t step = schedule_.step_of[index(id)];
    std::size_t k = 0;
    while (k < operands.size() &&
           !(is_candidate(id, k) && step >= 0 && schedule_.step_of[index(operands[k])] == step))
      ++k;
    return k;
  }

  NodeId append(Rewriter& next, NodeId id, std::size_t k) const {
    const Node& node = program_.node(id);
    const auto outer = program_.operands(id);
    const auto factors = program_.operands(outer[k]);
    std::vector<NodeId> operands{next.at(factors[0])};
    if (outer.size() == 2) {
      operands.push_back(next.at(factors.back()));
      operands.push_back(next.at(outer[1 - k]));
    }
    const auto attributes = program_.graph->attributes(id);
    return next.writable()->append(*pair_of(*node.op, k), operands, attributes, program_.shape(id),
                                   node.dtype, program_.graph->where(id));
  }

  const Program& program_;
  const std::vector<std::int32_t> readers_;
  Schedule schedule_;
};

}  // namespace

// y = a b + c, the product rounded
extern constexpr Op multiply_add_op{
    .name = "multiply_add",
    .doc = "y = a b + c.",
    .operands = {"a", "b", "c"},
    .text = "{a} * {b} + {c}",
    .latex = R"({a} \odot {b} + {c})",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<3>([](auto a, auto b, auto c) { return a * b + c; }),
};

// y = a b - c, the product rounded
extern constexpr Op multiply_subtract_op{
    .name = "multiply_subtract",
    .doc = "y = a b - c.",
    .operands = {"a", "b", "c"},
    .text = "{a} * {b} - {c}",
    .latex = R"({a} \odot {b} - {c})",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<3>([](auto a, auto b, auto c) { return a * b - c; }),
};

// y = c - a b, the product rounded
extern constexpr Op subtract_product_op{
    .name = "subtract_product",
    .doc = "y = c - a b.",
    .operands = {"a", "b", "c"},
    .text = "{c} - {a} * {b}",
    .latex = R"({c} - {a} \odot {b})",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<3>([](auto a, auto b, auto c) { return c - a * b; }),
};

bool is_combined(const Op& op) {
  return &op == &multiply_add_op || &op == &multiply_subtract_op || &op == &subtract_product_op ||
         &op == &reduce_sum_square_op;
}

Program combine(const Program& program) { return Combining(program).run(); }

}  // namespace gradus
