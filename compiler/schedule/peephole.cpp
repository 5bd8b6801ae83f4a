// Neighbours of a loop that one instruction computes, so that the values between them stay in
// registers:
//
//   multiply, then add or subtract          a b + c,  a b - c,  c - a b
//   square, then the same                   a a + c,  ...
//   square, then reduce_sum                 the sum of squares
//   subtract, multiply, add                 c + k (b - c): a mean that moves towards b
//   square before them                      c + k (b b - c)
//   sqrt, add, divide                       a / (sqrt(b) + c)
//   then subtract                           d - a / (sqrt(b) + c)
//
// Each is rounded as if it stood alone: every bit stays what it was. Only what one loop computes
// is combined: elsewhere a factor would have to be kept for longer than the product.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <gradus/op/records.h>
#include <gradus/op/rules.h>
#include <gradus/ops.h>

#include "compiler/passes/memo_per_kind.h"
#include "compiler/passes/passes.h"
#include "schedule.h"

namespace gradus {
namespace {

// The op that does the work of a node and of the one that makes its operand `inner`.
const Op* pair_of(const Op& outer, std::size_t inner) {
  if (&outer == &add_op) return &multiply_add_op;
  if (&outer == &subtract_op) return inner == 0 ? &multiply_subtract_op : &subtract_product_op;
  return &outer == &reduce_sum_op ? &reduce_sum_square_op : nullptr;
}

// What does the work of a node and of some before it.
struct Combination {
  const Op* op = nullptr;
  std::vector<NodeId> operands = {};
  std::string_view rule = {};
};

class Combining {
 public:
  explicit Combining(Program program) : program_(std::move(program)) {}

  Program run() && {
    if (!has_first_op()) return std::move(program_);
    is_read_once_ = read_once(program_);
    if (!has_candidate()) return std::move(program_);
    schedule_ = schedule(program_, true);

    Rewriter next(program_);
    for (NodeId id : program_.nodes()) {
      const Combination found = combination(id);
      if (found.op != nullptr)
        next.replace(id, append(next, id, found), found.rule);
      else
        next.keep(id);
    }
    return std::move(next).finish();
  }

 private:
  static bool is_outer(const Op& op) {
    return &op == &add_op || &op == &subtract_op || &op == &reduce_sum_op || &op == &divide_op;
  }
  // Whether there is an op that all combinations begin with: a product, a square or a quotient.
  bool has_first_op() const {
    const auto ops = ops_of(program_);
    return ops.contains(&multiply_op) || ops.contains(&square_op) || ops.contains(&divide_op);
  }
  // Whether a pair does the work of a node and of the op that makes an operand.
  static bool has_pair(const Op& outer, const Op* made) {
    return made == &square_op || (made == &multiply_op && &outer != &reduce_sum_op);
  }
  // What makes an operand, if it is made for this node alone; else null.
  const Op* made_for(NodeId id, std::size_t k) const {
    const NodeId inner = program_.operands(id)[k];
    return is_read_once_[index(inner)] != 0 ? &program_.op(inner) : nullptr;
  }
  // The same in the same loop.
  const Op* inner(NodeId id, std::size_t k) const {
    const std::int32_t step = schedule_.step_of[index(id)];
    const bool is_near = step >= 0 && schedule_.step_of[index(program_.operands(id)[k])] == step;
    return is_near ? made_for(id, k) : nullptr;
  }

  // Whether there is anything for which it is worth to look for loops.
  bool has_candidate() const {
    for (NodeId id : program_.nodes()) {
      const Op& op = program_.op(id);
      if (!is_outer(op) || !is_float(program_.dtype(id))) continue;
      if (&op == &divide_op) {
        if (made_for(id, 1) == &add_op) return true;
        continue;
      }
      for (std::size_t k = 0; k < program_.operands(id).size(); ++k)
        if (has_pair(op, made_for(id, k))) return true;
    }
    return false;
  }

  Combination combination(NodeId id) const {
    const Op& op = program_.op(id);
    if (!is_outer(op) || !is_float(program_.dtype(id))) return {};
    if (&op == &divide_op) return over_root(id);
    Combination found;
    if (&op == &add_op) found = moving_mean(id);
    if (&op == &subtract_op && inner(id, 1) == &divide_op) found = minus_over_root(id);
    return found.op != nullptr ? found : pair(id);
  }

  Combination pair(NodeId id) const {
    const Op& op = program_.op(id);
    const auto outer = program_.operands(id);
    for (std::size_t k = 0; k < outer.size(); ++k) {
      if (!has_pair(op, inner(id, k))) continue;
      const auto factors = program_.operands(outer[k]);
      if (&op == &reduce_sum_op)
        return {pair_of(op, k), {factors[0]}, "squares are added up at once"};
      return {
          pair_of(op, k), {factors[0], factors.back(), outer[1 - k]}, "a product is added at once"};
    }
    return {};
  }

  // c + k (b - c)
  Combination moving_mean(NodeId id) const {
    const auto terms = program_.operands(id);
    for (std::size_t i = 0; i < 2; ++i) {
      if (inner(id, i) != &multiply_op) continue;
      const NodeId product = terms[i], c = terms[1 - i];
      const auto factors = program_.operands(product);
      for (std::size_t j = 0; j < 2; ++j) {
        const NodeId difference = factors[j], k = factors[1 - j];
        if (inner(product, j) != &subtract_op || program_.operands(difference)[1] != c) continue;
        constexpr std::string_view rule = "a mean moves at once";
        const NodeId b = program_.operands(difference)[0];
        if (inner(difference, 0) == &square_op)
          return {&interpolate_square_op, {k, program_.operands(b)[0], c}, rule};
        return {&interpolate_op, {k, b, c}, rule};
      }
    }
    return {};
  }

  // a / (sqrt(b) + c)
  Combination over_root(NodeId id) const {
    if (inner(id, 1) != &add_op) return {};
    const NodeId sum = program_.operands(id)[1];
    for (std::size_t i = 0; i < 2; ++i)
      if (inner(sum, i) == &sqrt_op)
        return {&divide_by_root_op,
                {program_.operands(id)[0], program_.operands(program_.operands(sum)[i])[0],
                 program_.operands(sum)[1 - i]},
                "a root is divided by at once"};
    return {};
  }

  // d - a / (sqrt(b) + c)
  Combination minus_over_root(NodeId id) const {
    Combination found = over_root(program_.operands(id)[1]);
    if (found.op == nullptr) return {};
    found.op = &subtract_over_root_op;
    found.operands.push_back(program_.operands(id)[0]);
    return found;
  }

  NodeId append(Rewriter& next, NodeId id, const Combination& found) const {
    std::vector<NodeId> operands;
    for (NodeId operand : found.operands) operands.push_back(next.at(operand));
    return next.writable()->append(*found.op, operands, program_.graph->attributes(id),
                                   program_.shape(id), program_.dtype(id), {});
  }

  Program program_;
  NodeFlags is_read_once_;
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

// y = c + k (b - c), each step rounded
extern constexpr Op interpolate_op{
    .name = "interpolate",
    .doc = "y = c + k (b - c).",
    .operands = {"k", "b", "c"},
    .text = "{c} + {k} * ({b} - {c})",
    .latex = R"({c} + {k} \odot ({b} - {c}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<3>([](auto k, auto b, auto c) { return c + k * (b - c); }),
};

// y = c + k (b^2 - c), each step rounded
extern constexpr Op interpolate_square_op{
    .name = "interpolate_square",
    .doc = "y = c + k (b^2 - c).",
    .operands = {"k", "b", "c"},
    .text = "{c} + {k} * ({b}^2 - {c})",
    .latex = R"({c} + {k} \odot ({b}^2 - {c}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<3>([](auto k, auto b, auto c) { return c + k * (b * b - c); }),
};

// y = a / (sqrt(b) + c), each step rounded
extern constexpr Op divide_by_root_op{
    .name = "divide_by_root",
    .doc = "y = a / (sqrt(b) + c).",
    .operands = {"a", "b", "c"},
    .text = "{a} / (sqrt({b}) + {c})",
    .latex = R"({a} / (\sqrt{{b}} + {c}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<3>([](auto a, auto b, auto c) { return a / (sqrt(b) + c); }),
};

// y = d - a / (sqrt(b) + c), each step rounded
extern constexpr Op subtract_over_root_op{
    .name = "subtract_over_root",
    .doc = "y = d - a / (sqrt(b) + c).",
    .operands = {"a", "b", "c", "d"},
    .text = "{d} - {a} / (sqrt({b}) + {c})",
    .latex = R"({d} - {a} / (\sqrt{{b}} + {c}))",
    .shape = same_shape,
    .dtype = same_float,
    .kernel = elementwise<4>([](auto a, auto b, auto c, auto d) { return d - a / (sqrt(b) + c); }),
};

std::int64_t operations_of(const Op& op) {
  if (&op == &interpolate_square_op || &op == &subtract_over_root_op) return 4;
  if (&op == &interpolate_op || &op == &divide_by_root_op) return 3;
  const bool is_pair = &op == &multiply_add_op || &op == &multiply_subtract_op ||
                       &op == &subtract_product_op || &op == &reduce_sum_square_op;
  return is_pair ? 2 : 1;
}

Program combine(Program program) { return Combining(std::move(program)).run(); }

}  // namespace gradus
