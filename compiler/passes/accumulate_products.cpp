// A gradient of a matrix that is used twice is a sum of two products, and a step of SGD subtracts
// it from the matrix:
//
//   W <- W - 0.1 (A^T B + C D^T + 0.02 W)    becomes    W <- 0.998 W - 0.1 (A^T B + C D^T)
//
// one node, which needs neither room for the gradient nor a sweep over W of its own.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <gradus/op/records.h>
#include <gradus/ops.h>

#include "compiler/pipeline.h"
#include "compiler/program/fused_ops.h"
#include "graph/node_flags.h"
#include "scalar_factors.h"

namespace gradus {
namespace {

// A sum of nodes, each with a factor.
struct Term {
  NodeId node;
  double factor;
};

class ProductAccumulation {
 public:
  explicit ProductAccumulation(Program program)
      : program_(std::move(program)),
        is_read_once_(read_once(program_)),
        assigned_(is_read_once_.size(), no_node),
        has_linear_reader_(is_read_once_.size()) {
    for (NodeId id : program_.nodes()) {
      const auto operands = program_.operands(id);
      if (&program_.op(id) == &assign_op) assigned_[index(operands[1])] = operands[0];
      if (is_linear(id))
        for (NodeId operand : operands) has_linear_reader_[index(operand)] = true;
    }
  }

  Program run() {
    Rewriter next(program_);
    for (NodeId id : program_.nodes()) {
      const bool is_root = is_linear(id) && !is_inner(id);
      const std::optional<NodeId> placed = is_root ? place(next, id) : std::nullopt;
      if (placed)
        next.replace(id, *placed, "a sum of products");
      else
        next.keep(id);
    }
    return std::move(next).finish();
  }

 private:
  std::optional<double> number(NodeId id) const {
    const Array* literal = program_.graph->literal(id);
    return literal != nullptr ? std::optional(literal->item<double>()) : std::nullopt;
  }

  // Whether a node is a sum of multiples of its operands of the same shape.
  bool is_linear(NodeId id) const {
    const Op& op = program_.op(id);
    if (!is_float(program_.dtype(id)) || program_.shape(id).rank() != 2) return false;
    const auto operands = program_.operands(id);
    const auto is_whole = [&](NodeId x) { return program_.shape(x) == program_.shape(id); };
    if (&op == &add_op || &op == &subtract_op) return std::ranges::all_of(operands, is_whole);
    if (&op == &negative_op) return true;
    return &op == &multiply_op &&
           number(operands[0]).has_value() != number(operands[1]).has_value();
  }
  // Whether it is a part of a larger sum, which alone reads it.
  bool is_inner(NodeId id) const {
    return is_read_once_[index(id)] != 0 && has_linear_reader_[index(id)];
  }
  bool is_product(NodeId id) const {
    return &program_.op(id) == &matmul_op && program_.shape(id).rank() == 2 && is_inner(id);
  }

  // The factor of what a term multiplies; none if no number stands for both.
  std::optional<double> factor_behind(const Term& term) const {
    if (&program_.op(term.node) != &multiply_op) return term.factor;
    for (NodeId operand : program_.operands(term.node))
      if (const auto scale = number(operand))
        return scales_as_one(term.factor, *scale, program_.dtype(term.node));
    return term.factor;
  }
  // The terms of a root; equal ones are together.
  std::vector<Term> terms_of(NodeId root) const {
    std::vector<Term> open{{root, 1}}, terms;
    while (!open.empty()) {
      const Term term = open.back();
      open.pop_back();
      const auto factor = factor_behind(term);
      if (!factor || (term.node != root && !(is_linear(term.node) && is_inner(term.node)))) {
        const auto same = std::ranges::find(terms, term.node, &Term::node);
        if (same != terms.end())
          same->factor += term.factor;
        else
          terms.push_back(term);
        continue;
      }
      const Op& op = program_.op(term.node);
      const auto operands = program_.operands(term.node);
      if (&op == &multiply_op) {
        open.push_back({operands[number(operands[0]) ? 1 : 0], *factor});
        continue;
      }
      const double sign = &op == &add_op ? 1 : -1;
      if (&op == &negative_op) {
        open.push_back({operands[0], -term.factor});
        continue;
      }
      open.push_back({operands[1], term.factor * sign});
      open.push_back({operands[0], term.factor});
    }
    return terms;
  }

  // The sum that does a root's work, if it has products that go together.
  std::optional<NodeId> place(Rewriter& next, NodeId root) const {
    std::vector<Term> products, rest;
    for (const Term& term : terms_of(root))
      (is_product(term.node) ? products : rest).push_back(term);
    if (products.empty()) return {};
    // Products of one factor are one sum; what has another factor stays beside it.
    const double scale = products[0].factor;
    const auto others = std::stable_partition(
        products.begin(), products.end(), [&](const Term& term) { return term.factor == scale; });
    rest.insert(rest.end(), others, products.end());
    products.erase(others, products.end());

    const NodeId variable = assigned_[index(root)];
    // With a factor of 0 the kernel would not read the variable, whose NaN or infinity would then
    // be lost.
    const bool is_step = rest.size() == 1 && rest[0].node == variable && rest[0].factor != 0;
    const bool is_gain = is_step || products.size() > 1 || rest.empty();
    if (!is_gain) return {};
    const NodeId sum = append(next, root, products, scale, is_step ? rest : std::vector<Term>{});
    if (is_step) return sum;
    Tensor total = next.tensor(sum);
    for (const Term& term : rest) total = plus(total, next.tensor(next.at(term.node)), term.factor);
    return total.id();
  }

  static Tensor plus(const Tensor& total, const Tensor& x, double factor) {
    if (factor == 1) return total + x;
    if (factor == -1) return total - x;
    return total + factor * x;
  }

  NodeId append(Rewriter& next, NodeId root, const std::vector<Term>& products, double scale,
                const std::vector<Term>& start) const {
    std::vector<NodeId> operands;
    std::vector<std::int64_t> transposed;
    if (!start.empty()) operands.push_back(next.at(start[0].node));
    for (const Term& product : products) {
      const Call f(matmul_op, program_.graph->attributes(product.node));
      transposed.push_back(f[attributes::transpose_a]);
      transposed.push_back(f[attributes::transpose_b]);
      for (NodeId factor : program_.operands(product.node)) operands.push_back(next.at(factor));
    }
    const Attribute attributes[] = {product_sum::scale = scale,
                                    product_sum::decay = start.empty() ? 0.0 : start[0].factor,
                                    product_sum::transposed = transposed};
    const Node& node = program_.node(root);
    return next.writable()->append(product_sum_op, operands, attributes, program_.shape(root),
                                   node.dtype, {});
  }

  Program program_;
  NodeFlags is_read_once_;
  std::vector<NodeId> assigned_;  // the variable that takes a node's value
  NodeFlags has_linear_reader_;
};

}  // namespace

extern constexpr Op product_sum_op{
    .name = "product_sum",
    .doc = "y = decay start + scale (a b + c d + ...): a sum of matrix products.",
    .attributes = {&product_sum::scale, &product_sum::decay, &product_sum::transposed},
    .latex = R"(\sum a b)",
    .shape = [](std::span<const Shape> shapes) { return shapes[0]; },
    .dtype = [](std::span<const DType> dtypes) { return dtypes[0]; },
    .kernel = IsMatmul{},
};

Program accumulate_products(Program program, const CompileContext&) {
  for (NodeId id : program.nodes())
    if (&program.op(id) == &matmul_op) return ProductAccumulation(std::move(program)).run();
  return program;
}

}  // namespace gradus
