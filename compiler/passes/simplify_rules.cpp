#include "simplify_rules.h"

#include <algorithm>
#include <vector>

#include <gradus/op/records.h>
#include <gradus/op/rules.h>
#include <gradus/ops.h>

#include "ops/shape/add_into_slice.h"
#include "scalar_factors.h"

namespace gradus {

std::optional<double> Site::number(NodeId id) const {
  if (const Array* value = graph().literal(id); value != nullptr && is_float(value->dtype()))
    return value->item<double>();
  return {};
}

Tensor Site::number(Number value) const {
  const auto& graph = next_.writable();
  return next_.tensor(graph->literal(value, dtype(), {}));
}

namespace {

using Dimensions = std::vector<std::int64_t>;

// x in this shape: itself if it has it.
NodeId in_shape(const Site& s, NodeId x, const Shape& shape) {
  return s.shape_of(x) == shape ? x : reshape(s.tensor(x), shape).id();
}
// x if it has the node's shape.
NodeId if_whole(const Site& s, NodeId x) { return s.shape_of(x) == s.shape() ? x : no_node; }
NodeId repeated(const Site& s, NodeId x, const Shape& shape) {
  return s.shape_of(x) == shape ? x : broadcast_to(s.tensor(x), shape).id();
}

bool is_view(const Site& s, NodeId id) {
  return std::holds_alternative<IsView>(s.graph().node(id).op->kernel) && !s.is(id, assign_op);
}

// ---- views

NodeId in_its_shape(const Site& s) { return if_whole(s, s.operand(0)); }
NodeId view_of_number(const Site& s) {
  const NodeId x = s.operand(0);
  if (!s.is(x, broadcast_to_op) || s.shape_of(s.operand_of(x, 0)).rank() != 0) return no_node;
  return broadcast_to(s.tensor(s.operand_of(x, 0)), s.shape()).id();
}
NodeId view_of_view(const Site& s) {
  const NodeId x = s.operand(0);
  if (!is_view(s, x)) return no_node;
  return in_shape(s, s.operand_of(x, 0), s.shape());
}

// ---- broadcasts

NodeId broadcast_to_known_shape(const Site& s) { return repeated(s, s.operand(0), s.shape()); }
NodeId broadcast_of_broadcast(const Site& s) {
  const NodeId x = s.operand(0);
  if (!s.is(x, broadcast_to_op)) return no_node;
  return repeated(s, s.operand_of(x, 0), s.shape());
}
NodeId expand_to_known_shape(const Site& s) {
  if (s.shape_of(s.operand(0)).rank() == 0) return repeated(s, s.operand(0), s.shape());
  const Call f(s.op(), {});
  const AxisSet gone = chosen_axes(f, s.attribute(attributes::axes), s.shape().rank());
  Dimensions kept = s.shape().to_vector();
  for (std::size_t i = 0; i < kept.size(); ++i)
    if (gone[i]) kept[i] = 1;
  return repeated(s, in_shape(s, s.operand(0), kept), s.shape());
}
NodeId full_of_known_shape(const Site& s) {
  const double value = s.attribute(attributes::alpha);
  const Number exact =
      is_float(s.dtype()) ? Number(value) : Number(static_cast<std::int64_t>(value));
  return repeated(s, s.number(exact).id(), s.shape());
}
// A number that is repeated to the shape of its neighbour stands there by itself.
NodeId number_beside_array(const Site& s) {
  const auto is_number = [&](NodeId x) {
    return s.is(x, broadcast_to_op) && s.graph().literal(s.operand_of(x, 0)) != nullptr;
  };
  if (std::ranges::none_of(s.operands(), is_number)) return no_node;
  std::array<NodeId, Site::max_operands> room{};
  const std::span<NodeId> plain = std::span(room).first(s.operands().size());
  std::ranges::transform(s.operands(), plain.begin(),
                         [&](NodeId x) { return is_number(x) ? s.operand_of(x, 0) : x; });
  const auto is_array = [&](NodeId x) {
    return s.graph().literal(x) == nullptr && s.shape_of(x) == s.shape();
  };
  return std::ranges::any_of(plain, is_array) ? s.same_with(plain) : no_node;
}

// Applies the formula before repeating: once, not once per copy.
NodeId formula_of_repeated(const Site& s) {
  if (s.operands().size() != 1 || !s.is(s.operand(0), broadcast_to_op)) return no_node;
  const NodeId x = s.operand_of(s.operand(0), 0);
  return repeated(s, s.same_with({&x, 1}, s.shape_of(x)), s.shape());
}

// ---- sums

AxisSet axes_of_sum(const Site& s, NodeId sum) {
  const Call f(*s.graph().node(sum).op, {});
  return chosen_axes(f, s.attribute_of(sum, attributes::axes),
                     s.shape_of(s.operand_of(sum, 0)).rank());
}
// x summed over axes, in the shape of the node.
NodeId summed(const Site& s, NodeId x, const AxisSet& axes) {
  std::vector<std::int64_t> list;
  for (std::int64_t i = 0; i < s.shape_of(x).rank(); ++i)
    if (axes[static_cast<std::size_t>(i)] && s.shape_of(x)[i] != 1) list.push_back(i);
  if (!list.empty()) x = reduce_sum(s.tensor(x), list).id();
  return in_shape(s, x, s.shape());
}
AxisSet own_axes(const Site& s) {
  const Call f(s.op(), {});
  return chosen_axes(f, s.attribute(attributes::axes), s.shape_of(s.operand(0)).rank());
}

NodeId sum_to_known_shape(const Site& s) {
  const Shape& x = s.shape_of(s.operand(0));
  const std::int64_t added = x.rank() - s.shape().rank();
  AxisSet axes;
  for (std::int64_t i = 0; i < x.rank(); ++i)
    axes[static_cast<std::size_t>(i)] = i < added || (s.shape()[i - added] == 1 && x[i] != 1);
  return summed(s, s.operand(0), axes);
}
NodeId sum_along_axes_of_size_1(const Site& s) {
  const NodeId x = s.operand(0);
  return s.shape_of(x).element_count() == s.shape().element_count() &&
                 s.shape().element_count() != 0
             ? in_shape(s, x, s.shape())
             : no_node;
}
NodeId sum_of_sum(const Site& s) {
  const NodeId inner = s.operand(0);
  if (!s.is(inner, reduce_sum_op)) return no_node;
  AxisSet axes = axes_of_sum(s, inner);
  const AxisSet outer = own_axes(s);
  const bool are_kept = s.attribute_of(inner, attributes::keepdims);
  const NodeId x = s.operand_of(inner, 0);
  const AxisSet gone = axes;
  std::size_t place = 0;  // of axis i of x in the inner sum
  for (std::size_t i = 0; i < static_cast<std::size_t>(s.shape_of(x).rank()); ++i) {
    if (gone[i] && !are_kept) continue;
    axes[i] = axes[i] || outer[place];
    ++place;
  }
  return summed(s, x, axes);
}
NodeId sum_of_scaled(const Site& s) {
  const NodeId x = s.operand(0);
  if (!s.is(x, multiply_op)) return no_node;
  for (std::size_t k : {0u, 1u})
    // Not for 0: 0 times an infinite sum is NaN.
    if (const auto scale = s.number(s.operand_of(x, k)); scale && *scale != 0)
      return (*scale * reduce_sum(s.tensor(s.operand_of(x, 1 - k)), s.attribute(attributes::axes),
                                  s.attribute(attributes::keepdims)))
          .id();
  return no_node;
}
// Along an axis on which x was repeated n times, the sum is n x.
NodeId sum_of_broadcast(const Site& s) {
  const NodeId wide = s.operand(0);
  if (!s.is(wide, broadcast_to_op) || !is_float(s.dtype())) return no_node;
  const Shape& y = s.shape_of(wide);
  const NodeId x = s.operand_of(wide, 0);
  const std::int64_t added = y.rank() - s.shape_of(x).rank();
  AxisSet axes = own_axes(s), of_x;
  Dimensions rest;
  double times = 1;
  for (std::int64_t i = 0; i < y.rank(); ++i) {
    const std::int64_t size = i < added ? 1 : s.shape_of(x)[i - added];
    const bool is_summed = axes[static_cast<std::size_t>(i)];
    if (is_summed && size == 1) times *= static_cast<double>(y[i]);
    if (is_summed && size != 1) of_x[static_cast<std::size_t>(i - added)] = true;
    if (!is_summed && size != y[i]) return no_node;  // it stays repeated along this axis
  }
  const Tensor sum = s.tensor(summed(s, x, of_x));
  return times == 1 ? sum.id() : (times * sum).id();
}
NodeId mean_as_sum(const Site& s) {
  const std::int64_t size = s.shape().element_count();
  const std::int64_t n = s.shape_of(s.operand(0)).element_count();
  if (size == 0 || n == 0) return no_node;
  const Tensor sum = reduce_sum(s.tensor(s.operand(0)), s.attribute(attributes::axes),
                                s.attribute(attributes::keepdims));
  return ((static_cast<double>(size) / static_cast<double>(n)) * sum).id();
}

// ---- arithmetic

struct Scaled {
  double scale;
  NodeId x;
};
// c x and -x as a number and what it scales.
std::optional<Scaled> scaled(const Site& s, NodeId id) {
  if (!is_float(s.graph().node(id).dtype)) return {};
  if (s.is(id, negative_op)) return Scaled{-1, s.operand_of(id, 0)};
  if (!s.is(id, multiply_op)) return {};
  for (std::size_t k : {0u, 1u})
    if (const auto scale = s.number(s.operand_of(id, k)))
      if (!s.number(s.operand_of(id, 1 - k))) return Scaled{*scale, s.operand_of(id, 1 - k)};
  return {};
}
NodeId times(const Site& s, double scale, NodeId x) {
  if (scale == 1) return x;
  if (scale == -1) return (-s.tensor(x)).id();
  return (scale * s.tensor(x)).id();
}

NodeId product_with_1(const Site& s) {
  for (std::size_t k : {0u, 1u})
    if (s.number(s.operand(k)) == 1.0 && s.shape_of(s.operand(1 - k)) == s.shape())
      return s.operand(1 - k);
  return no_node;
}
NodeId scaled_twice(const Site& s) {
  for (std::size_t k : {0u, 1u})
    if (const auto scale = s.number(s.operand(k)))
      if (const auto inner = scaled(s, s.operand(1 - k)))
        if (const auto both = scales_as_one(*scale, inner->scale, s.dtype()))
          return times(s, *both, inner->x);
  return no_node;
}
NodeId negative_of_scaled(const Site& s) {
  const auto inner = scaled(s, s.operand(0));
  return inner ? times(s, -inner->scale, inner->x) : no_node;
}
NodeId sum_with_negative(const Site& s) {
  if (s.is(s.operand(1), negative_op))
    return (s.tensor(s.operand(0)) - s.tensor(s.operand_of(s.operand(1), 0))).id();
  if (s.is(s.operand(0), negative_op))
    return (s.tensor(s.operand(1)) - s.tensor(s.operand_of(s.operand(0), 0))).id();
  return no_node;
}
// The zeros around the slice need not be there.
NodeId sum_with_slice_grad(const Site& s) {
  for (std::size_t k : {1u, 0u}) {
    const NodeId part = s.operand(k), other = s.operand(1 - k);
    if (!s.is(part, slice_grad_op) || s.shape_of(other) != s.shape() || !is_float(s.dtype()))
      continue;
    const Operand x = s.tensor(other), dy = s.tensor(s.operand_of(part, 0));
    return add_node(add_into_slice_op, std::array{&x, &dy}, s.graph().attributes(part)).id();
  }
  return no_node;
}
NodeId difference_with_negative(const Site& s) {
  if (!s.is(s.operand(1), negative_op)) return no_node;
  return (s.tensor(s.operand(0)) + s.tensor(s.operand_of(s.operand(1), 0))).id();
}
NodeId difference_with_0(const Site& s) {
  return s.number(s.operand(1)) == 0.0 ? in_its_shape(s) : no_node;
}
NodeId quotient_with_1(const Site& s) {
  return s.number(s.operand(1)) == 1.0 ? in_its_shape(s) : no_node;
}
NodeId choice_of_equals(const Site& s) {
  return s.operand(1) == s.operand(2) ? if_whole(s, s.operand(1)) : no_node;
}
NodeId cast_to_its_dtype(const Site& s) {
  return s.graph().node(s.operand(0)).dtype == s.dtype() ? s.operand(0) : no_node;
}

// ---- transposes

NodeId transpose_of_transpose(const Site& s) {
  const NodeId x = s.operand(0);
  if (!s.is(x, transpose_op)) return no_node;
  const auto inner = s.attribute_of(x, attributes::permutation);
  auto order = s.attribute(attributes::permutation);
  for (std::int64_t& axis : order) axis = inner[static_cast<std::size_t>(axis)];
  return transpose(s.tensor(s.operand_of(x, 0)), order).id();
}
bool swaps_last_axes(std::span<const std::int64_t> order) {
  const auto rank = std::ssize(order);
  if (rank < 2) return false;
  for (std::int64_t i = 0; i < rank; ++i) {
    const std::int64_t from = i == rank - 1 ? rank - 2 : i == rank - 2 ? rank - 1 : i;
    if (order[static_cast<std::size_t>(i)] != from) return false;
  }
  return true;
}
bool swaps_last_axes(const Site& s, NodeId x) {
  return s.is(x, transpose_op) && swaps_last_axes(s.attribute_of(x, attributes::permutation));
}
// Where the axes that are longer than 1 stay in order, the elements stay where they are. But that
// of a matrix may be a flag of a product, which must not depend on the size of a batch: the order
// of the sums follows from the flags.
NodeId transpose_as_view(const Site& s) {
  if (swaps_last_axes(s.attribute(attributes::permutation)) && s.shape().element_count() != 1)
    return no_node;
  std::int64_t last = -1;
  for (std::int64_t axis : s.attribute(attributes::permutation)) {
    if (s.shape_of(s.operand(0))[axis] == 1) continue;
    if (axis < last) return no_node;
    last = axis;
  }
  return in_shape(s, s.operand(0), s.shape());
}
NodeId matmul_of_transpose(const Site& s) {
  const bool of_a = swaps_last_axes(s, s.operand(0)), of_b = swaps_last_axes(s, s.operand(1));
  if (!of_a && !of_b) return no_node;
  const NodeId a = of_a ? s.operand_of(s.operand(0), 0) : s.operand(0);
  const NodeId b = of_b ? s.operand_of(s.operand(1), 0) : s.operand(1);
  return matmul(s.tensor(a), s.tensor(b),
                {.transpose_a = s.attribute(attributes::transpose_a) != of_a,
                 .transpose_b = s.attribute(attributes::transpose_b) != of_b})
      .id();
}

// -----------------------------------------------------------------------------------------------

using Rules = const SimplifyRule[];

constexpr Rules of_views{{"a view in its own shape", in_its_shape},
                         {"a view of a view", view_of_view},
                         {"a view of a repeated number", view_of_number, &broadcast_to_op}};
constexpr Rules of_reshape_like{{"reshape to a known shape", [](const Site& s) {
                                   return in_shape(s, s.operand(0), s.shape());
                                 }}};
constexpr Rules of_broadcast_like{{"broadcast to a known shape", broadcast_to_known_shape}};
constexpr Rules of_broadcast_to{
    {"a broadcast to its own shape", in_its_shape},
    {"a broadcast of a broadcast", broadcast_of_broadcast, &broadcast_to_op}};
constexpr Rules of_expand_like{{"expand to a known shape", expand_to_known_shape}};
constexpr Rules of_full_like{{"a number repeated to a known shape", full_of_known_shape}};
constexpr Rules of_sum_like{{"sum to a known shape", sum_to_known_shape}};
constexpr Rules of_sum{{"a sum along axes of size 1", sum_along_axes_of_size_1},
                       {"a sum of sums", sum_of_sum, &reduce_sum_op},
                       {"sum(c x) = c sum(x)", sum_of_scaled, &multiply_op},
                       {"a sum of what was repeated", sum_of_broadcast, &broadcast_to_op}};
constexpr Rules of_mean{{"mean(x) = sum(x) / n", mean_as_sum}};
constexpr Rules of_product{{"1 x = x", product_with_1}, {"a (b x) = (a b) x", scaled_twice}};
constexpr Rules of_no_nan{{"1 x = x", product_with_1}};
constexpr Rules of_negative{{"-(c x) = (-c) x", negative_of_scaled}};
constexpr Rules of_add{{"a + (-b) = a - b", sum_with_negative, &negative_op},
                       {"dy added where the slice is", sum_with_slice_grad, &slice_grad_op}};
constexpr Rules of_difference{{"x - 0 = x", difference_with_0},
                              {"a - (-b) = a + b", difference_with_negative, &negative_op}};
constexpr Rules of_quotient{{"x / 1 = x", quotient_with_1}};
constexpr Rules of_where{
    {.name = "a choice of equals", .apply = choice_of_equals, .drops_operand = true}};
constexpr Rules of_cast{{"a cast to its own dtype", cast_to_its_dtype}};
constexpr Rules of_transpose{{"a transpose of a transpose", transpose_of_transpose, &transpose_op},
                             {"a transpose that moves nothing", transpose_as_view}};
constexpr Rules of_matmul{{"a transpose as a flag", matmul_of_transpose, &transpose_op}};
constexpr Rules of_elementwise{
    {"a number beside an array", number_beside_array, &broadcast_to_op},
    {"f(x repeated) = f(x), repeated", formula_of_repeated, &broadcast_to_op}};

struct Entry {
  const Op* op;
  std::span<const SimplifyRule> rules;
};
const Entry entries[] = {
    {&identity_op, of_views},
    {&stop_gradient_op, of_views},
    {&custom_gradient_op, of_views},
    {&reshape_op, of_views},
    {&expand_dims_op, of_views},
    {&squeeze_op, of_views},
    {&reshape_like_op, of_reshape_like},
    {&broadcast_like_op, of_broadcast_like},
    {&broadcast_to_op, of_broadcast_to},
    {&expand_like_op, of_expand_like},
    {&full_like_op, of_full_like},
    {&sum_like_op, of_sum_like},
    {&reduce_sum_op, of_sum},
    {&reduce_mean_op, of_mean},
    {&multiply_op, of_product},
    {&multiply_no_nan_op, of_no_nan},
    {&negative_op, of_negative},
    {&add_op, of_add},
    {&subtract_op, of_difference},
    {&divide_op, of_quotient},
    {&where_op, of_where},
    {&cast_op, of_cast},
    {&transpose_op, of_transpose},
    {&matmul_op, of_matmul},
};

}  // namespace

std::span<const SimplifyRule> simplify_rules_for(const Op& op) {
  for (const Entry& entry : entries)
    if (entry.op == &op) return entry.rules;
  return {};
}
std::span<const SimplifyRule> simplify_rules_for_elementwise() { return of_elementwise; }

}  // namespace gradus
