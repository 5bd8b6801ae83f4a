#include <gradus/views.h>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/shapes.h>

namespace gradus {
namespace {

using attributes::axes;
using attributes::axis;

constexpr auto in_shape_of_x = [](Tensor dy, Tensor x) { return reshape_like(dy, x); };

}  // namespace

// y = x with one axis more;  dx = dy in the shape of x
extern constexpr Op expand_dims_op{
    .name = "expand_dims",
    .doc = "The same elements with a new axis of size 1.",
    .operands = {"x"},
    .attributes = {&axis},
    .latex = "{x}",
    .shape = [](const Call& f, Shape x) -> Shape {
      check_rank(f, x.rank() + 1);
      std::vector<std::int64_t> y = x.to_vector();
      y.insert(y.begin() + chosen_axis(f, f[axis], x.rank() + 1), 1);
      return y;
    },
    .dtype = first_dtype,
    .kernel = IsView{},
    .gradient = {in_shape_of_x},
    .gradient_text = {"dx = dy in the shape of x"},
    .examples = {{[](Operand x) { return expand_dims(x, -1); }, {1, 2}, "[[1], [2]]"}},
};

// y = x without axes of size 1;  dx = dy in the shape of x
extern constexpr Op squeeze_op{
    .name = "squeeze",
    .doc = "The same elements without these axes of size 1; by default without all of that size.",
    .operands = {"x"},
    .attributes = {&axes},
    .latex = "{x}",
    .shape = [](const Call& f, Shape x) -> Shape {
      const bool are_all = f[axes].is_all();
      if (are_all && !x.is_known())
        f.fail("which sizes of " + to_text(x) +
               " are 1 is not known before the run: name the axes");
      const AxisSet chosen = chosen_axes(f, f[axes], x.rank());
      std::vector<std::int64_t> y;
      for (std::int64_t i = 0; i < x.rank(); ++i) {
        const bool is_chosen = chosen[static_cast<std::size_t>(i)];
        if (is_chosen && !are_all && x[i] != 1 && x[i] != any_size)
          f.fail(fmt::format("axis {} of {} has size {}, not 1", i, to_text(x), x[i]));
        if (!is_chosen || (are_all && x[i] != 1)) y.push_back(x[i]);
      }
      return y;
    },
    .dtype = first_dtype,
    .kernel = IsView{},
    .gradient = {in_shape_of_x},
    .gradient_text = {"dx = dy in the shape of x"},
    .examples = {{[](Operand x) { return squeeze(x); }, {{{1}, {2}}}, "[1, 2]"},
                 {[](Operand x) { return squeeze(x, -1); }, {{{1}, {2}}}, "[[1, 2]]"}},
};

extern constexpr Composite flatten_composite{
    .name = "flatten",
    .doc = "Each row of the batch, axis 0, as one row of numbers.",
    .formula = "y[i, j n + k] = x[i, j, k], say",
    .latex = R"(\operatorname{vec} x_i)",
    .examples = {{flatten, {{{1, 2}, {3, 4}}}, "[[1, 2, 3, 4]]"}},
};

Tensor expand_dims(Operand x, std::int64_t at) {
  return add_node(expand_dims_op, {&x}, {axis = at});
}
Tensor squeeze(Operand x, Axes along) {
  return add_node(squeeze_op, {&x}, {axes = std::move(along)});
}
Tensor flatten(Operand x) {
  if (!x.tensor() || x.tensor().rank() == 0) return reshape(x, {1, 1});
  if (x.tensor().rank() == 2) return x.tensor();
  const Shape& shape = x.tensor().shape();
  const Shape row(std::span(shape.begin() + 1, shape.end()));
  return reshape(x, {shape[0], row.is_known() ? row.element_count() : any_size});
}

}  // namespace gradus
