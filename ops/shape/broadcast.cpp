#include <gradus/broadcast.h>

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op/add_elementwise.h>
#include <gradus/op/attribute.h>
#include <gradus/op/rules.h>

#include "kernels/arrays/permute.h"
#include "ops/kernels/reduce.h"

namespace gradus {
namespace {

// x's dimension under y's axis: 1 where x has none.
std::int64_t under(const Shape& x, const Shape& y, std::int64_t axis) {
  const std::int64_t i = axis - (y.rank() - x.rank());
  return i < 0 ? 1 : x[i];
}

void repeat(const KernelCall& call) {
  const Shape& x = call.inputs[0].shape;
  const Shape& y = call.output.shape;
  std::array<std::int64_t, max_rank> strides{};
  std::int64_t stride = 1;
  for (std::int64_t i = y.rank(); i-- > 0;) {
    const std::int64_t size = under(x, y, i);
    strides[static_cast<std::size_t>(i)] = size == 1 ? 0 : stride;
    stride *= size;
  }
  copy_strided(call.inputs[0].data, call.result, size_of(call.output.dtype), {y.begin(), y.end()},
               std::span(strides).first(static_cast<std::size_t>(y.rank())));
}

// The axes of x along which it was repeated from the shape of the model.
AxisSet repeated_axes(const KernelCall& call) {
  const Shape& x = call.inputs[0].shape;
  const Shape& model = call.inputs[1].shape;
  AxisSet repeated;
  for (std::int64_t i = 0; i < x.rank(); ++i)
    repeated[static_cast<std::size_t>(i)] =
        i < x.rank() - model.rank() || (under(model, x, i) == 1 && x[i] != 1);
  return repeated;
}
void sum_repeated(const KernelCall& call) { reduce_over(sum_kernel, call, repeated_axes(call)); }
std::size_t sum_scratch(const KernelCall& call) {
  return reduce_scratch_bytes(call, repeated_axes(call));
}

// Whether no tensor has to be repeated: equal shapes of one graph are stored in one place.
bool have_one_shape(std::span<const Operand* const> operands) {
  const Tensor* one = nullptr;
  for (const Operand* o : operands) {
    if (o->is_number()) continue;
    const Tensor& tensor = o->tensor();
    if (!tensor || (one != nullptr && &one->shape() != &tensor.shape())) return false;
    one = &tensor;
  }
  return true;
}

// The common shape of operands that fit the op; if they do not, the op itself refuses them, with
// all details, and no node was added in vain.
std::optional<Shape> common_shape(const Op& op, std::span<const Operand* const> operands,
                                  std::span<const Attribute> attributes) {
  const Tensor* first = nullptr;
  std::array<DType, 4> dtypes{};
  Shape common;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (operands[i]->is_number()) continue;
    const Tensor& tensor = operands[i]->tensor();
    if (first == nullptr) first = &tensor;
    if (!tensor || tensor.shared_state() != first->shared_state()) return {};
    try {
      const std::optional<Shape> wider = broadcast_shape(common, tensor.shape());
      if (!wider) return {};
      common = *wider;
    } catch (const ShapeError&) {
      return {};
    }
    dtypes[i] = tensor.dtype();
  }
  if (first == nullptr) return {};
  for (std::size_t i = 0; i < operands.size(); ++i)
    if (operands[i]->is_number()) dtypes[i] = number_dtype(operands);
  try {
    op.dtype(Call(op, attributes), std::span(dtypes).first(operands.size()));
  } catch (const RuleFailure&) {
    return {};
  }
  return common;
}

}  // namespace

// y[..., i, j] = x[j], say: x repeated;  dx = dy summed back
extern constexpr Op broadcast_like_op{
    .name = "broadcast_like",
    .doc = "x repeated to the common shape of x and model, by NumPy's rule of trailing dimensions.",
    .operands = {"x", "model"},
    .text = "{x}",
    .latex = "{x}",
    .shape = [](const Call& f, Shape x, Shape model) -> Shape {
      const std::optional<Shape> common = broadcast_shape(x, model);
      if (!common)
        f.fail(fmt::format("shapes do not broadcast: {} and {}", to_text(x), to_text(model)));
      return *common;
    },
    .dtype = first_dtype,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{repeat},
    .gradient = {[](Tensor dy, Tensor x, Tensor) { return sum_like(dy, x); }, {}},
    .gradient_text = {"dx = dy summed to the shape of x", ""},
    .examples = {{broadcast_like, {1, 2}, {{0, 0}, {0, 0}}, "[[1, 2], [1, 2]]"}},
};

// y[..., i, j] = x[j], say: x repeated;  dx = dy summed back
extern constexpr Op broadcast_to_op{
    .name = "broadcast_to",
    .doc = "x repeated to a shape, by NumPy's rule of trailing dimensions; -1 keeps x's size.",
    .operands = {"x"},
    .attributes = {&attributes::shape},
    .latex = "{x}",
    .shape = [](const Call& f, Shape x) -> Shape {
      const Shape& wanted = f[attributes::shape];
      std::vector<std::int64_t> y = wanted.to_vector();
      const std::int64_t added = wanted.rank() - x.rank();
      bool fits = added >= 0;
      for (std::int64_t i = 0; fits && i < wanted.rank(); ++i) {
        const std::int64_t from = under(x, wanted, i);
        fits =
            wanted[i] == any_size ? i >= added : from == wanted[i] || from == 1 || from == any_size;
        if (wanted[i] == any_size) y[static_cast<std::size_t>(i)] = from;
      }
      if (!fits) f.fail(fmt::format("{} cannot be repeated to {}", to_text(x), to_text(wanted)));
      return y;
    },
    .dtype = first_dtype,
    .kernel = GeneralKernel{repeat},
    .gradient = {[](Tensor dy, Tensor x) { return sum_like(dy, x); }},
    .gradient_text = {"dx = dy summed to the shape of x"},
    .examples = {{[](Graph& g) {
                    return broadcast_to(g.constant({1, 2}), {2, 2});
                  },
                  "[[1, 2], [1, 2]]"}},
};

// y = x summed over the axes along which it was repeated;  dx = dy repeated
extern constexpr Op sum_like_op{
    .name = "sum_like",
    .doc = "x summed over the axes along which it was broadcast from the shape of model.",
    .operands = {"x", "model"},
    .latex = {R"(\operatorname{sum}_{{model}} {x})", Precedence::prefix},
    .shape = [](const Call& f, Shape x, Shape model) -> Shape {
      bool was_broadcast = model.rank() <= x.rank();
      for (std::int64_t i = x.rank() - model.rank(); was_broadcast && i < x.rank(); ++i) {
        const std::int64_t from = under(model, x, i);
        was_broadcast = from == x[i] || from == 1 || from == any_size || x[i] == any_size;
      }
      if (!was_broadcast)
        f.fail(fmt::format("{} was not broadcast from {}", to_text(x), to_text(model)));
      return model;
    },
    .dtype = [](const Call& f, DType x, DType) -> DType {
      return rules::same_number(f, {&x, 1});
    },
    .shape_operands = 0b10,
    .kernel = GeneralKernel{sum_repeated, sum_scratch},
    .gradient = {[](Tensor dy, Tensor x, Tensor) { return broadcast_like(dy, x); }, {}},
    .gradient_text = {"dx = dy repeated to the shape of x", ""},
    .examples = {{sum_like, {{1, 2}, {3, 4}}, {0, 0}, "[4, 6]"}},
};

Tensor add_elementwise(const Op& op, std::initializer_list<const Operand*> operands,
                       std::initializer_list<Attribute> attributes) {
  const std::span all(operands.begin(), operands.size());
  const std::span given(attributes.begin(), attributes.size());
  if (have_one_shape(all)) return add_node(op, all, given);
  const std::optional<Shape> common = common_shape(op, all, given);
  if (!common) return add_node(op, all, given);

  const auto is_wide = [&](const Operand& o) {
    return o.is_number() || o.tensor().shape() == *common;
  };
  if (std::ranges::all_of(all, [&](const Operand* o) { return is_wide(*o); }))
    return add_node(op, all, given);

  std::vector<Operand> wide;
  for (const Operand* o : all) {
    wide.push_back(*o);
    // No single operand may have the whole common shape: go through all of them.
    for (const Operand* other : all)
      if (other != o && !other->is_number() && !is_wide(wide.back()))
        wide.back() = Operand(broadcast_like(wide.back(), *other), o->where());
  }
  std::vector<const Operand*> addresses;
  for (const Operand& o : wide) addresses.push_back(&o);
  return add_node(op, addresses, given);
}

Tensor broadcast_like(Operand x, Operand model) {
  return add_node(broadcast_like_op, {&x, &model});
}
Tensor broadcast_to(Operand x, const Shape& shape) {
  return add_node(broadcast_to_op, {&x}, {attributes::shape = shape});
}
Tensor sum_like(Operand x, Operand model) { return add_node(sum_like_op, {&x, &model}); }

}  // namespace gradus
