// The passes of the compiler: each a function from program to program. compile.cpp tells their
// story; what each may assume and does stands here.
#pragma once

#include <gradus/array.h>
#include <gradus/op/instruction_set.h>
#include <gradus/op/op.h>

#include "compiler/program/program.h"

namespace gradus {

class ThreadPool;

// What is fetched and fed: a plan serves every run with the same key.
struct PlanKey {
  std::vector<NodeId> fetches;
  std::vector<NodeId> placeholders;  // fed, ascending
  std::vector<Shape> shapes;         // of the feeds

  friend bool operator==(const PlanKey&, const PlanKey&) = default;
};

// Takes from the user's graph what the fetches need, and gives every node the shape that follows
// from the feeds. Of a node of which only the shape is read, a node of shape_op is left. FeedError
// for a placeholder that is not fed; ShapeError where sizes do not fit that only the run knows.
Program prune(const std::shared_ptr<const GraphState>& graph, const PlanKey& key,
              SourceLocation where);

// Computes what depends on nothing but constants; in place, if nobody else has the graph.
Program fold(Program program, InstructionSet set);

// Computes equal nodes once.
Program merge(Program program);

// Rewrites what has a simpler form: see simplify_rules.cpp.
Program simplify(Program program);

// Sums of matrix products become one node of product_sum_op: with a scale, and where a variable is
// assigned what it was plus products (a step of SGD), that variable as the place of the sum.
Program place_products(Program program);

// Neighbours of a loop become one instruction, where there is one for all of them.
Program combine(Program program);

// Stands in a program for a value of which only the shape is read.
extern const Op shape_op;

// y = scale (op(a) op(b) + op(c) op(d) + ...); with an odd number of operands the first is a start:
// y = decay start + scale (...). The flags are of the factors, two for each product.
extern const Op product_sum_op;
namespace product_sum {
inline constexpr Key<double> scale{"scale"};
inline constexpr Key<double> decay{"decay"};
inline constexpr Key<std::vector<std::int64_t>> transposed{"transposed"};
}  // namespace product_sum

// a b + c,  a b - c  and  c - a b,  element by element, the product rounded
extern const Op multiply_add_op, multiply_subtract_op, subtract_product_op;
// c + a (b - c),  c + a (b^2 - c),  a / (sqrt(b) + c)  and  d - a / (sqrt(b) + c), each step
// rounded
extern const Op interpolate_op, interpolate_square_op, divide_by_root_op, subtract_over_root_op;
// For each element: more than one of these and of reduce_sum_square.
std::int64_t operations_of(const Op& op);

}  // namespace gradus
