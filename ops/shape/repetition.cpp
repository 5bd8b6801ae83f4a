#include <gradus/repetition.h>

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/op/rules.h>
#include <gradus/slicing.h>

#include "kernels/arrays/permute.h"
#include "ops/kernels/mapped.h"
#include "ops/kernels/strides.h"

namespace gradus {
namespace {

using attributes::alpha;
using attributes::axis;
using attributes::count;
using attributes::mode;
using attributes::paddings;
using attributes::repeats;
using attributes::shift;
using Integers = std::vector<std::int64_t>;

std::int64_t in_list(const Integers& list, std::int64_t i) {
  return list[static_cast<std::size_t>(i)];
}

std::int64_t times(const Call& f, std::int64_t size, std::int64_t factor) {
  if (factor < 0) f.fail_argument(fmt::format("{} repeats are fewer than 0", factor));
  std::int64_t product = 0;
  if (size == any_size) return any_size;
  if (__builtin_mul_overflow(size, factor, &product))
    f.fail("the result has more than 2^60 elements");
  return product;
}

Shape tiled(const Call& f, const Shape& x) {
  if (std::ssize(f[repeats]) != x.rank())
    f.fail(fmt::format("{} numbers of repeats for {}", f[repeats].size(), to_text(x)));
  Integers y;
  for (std::int64_t i = 0; i < x.rank(); ++i) y.push_back(times(f, x[i], in_list(f[repeats], i)));
  return y;
}
std::int64_t from_tile(const Call&, std::int64_t, std::int64_t i, std::int64_t n) { return i % n; }

// Kernels compare the axis with each one: the public functions count it from the front.
std::int64_t axis_from_front(const Call& f, const Shape& x) {
  const std::int64_t along = chosen_axis(f, f[axis], x.rank());
  if (along != f[axis])
    f.fail_argument(fmt::format("axis {} is not counted from the front", f[axis]));
  return along;
}

Shape repeated(const Call& f, const Shape& x) {
  const std::int64_t along = axis_from_front(f, x);
  Integers y = x.to_vector();
  y[static_cast<std::size_t>(along)] = times(f, x[along], f[count]);
  return y;
}
std::int64_t from_repeat(const Call& f, std::int64_t along, std::int64_t i, std::int64_t) {
  return along == f[axis] ? i / f[count] : i;
}
std::int64_t from_roll(const Call& f, std::int64_t along, std::int64_t i, std::int64_t n) {
  return along == f[axis] ? (i - f[shift] % n + n) % n : i;
}

Shape padded(const Call& f, const Shape& x) {
  const Integers& around = f[paddings];
  if (f[mode] != "constant" && f[mode] != "reflect" && f[mode] != "edge")
    f.fail_argument(
        fmt::format("mode is \"constant\", \"reflect\" or \"edge\", got \"{}\"", f[mode]));
  if (std::ssize(around) != 2 * x.rank())
    f.fail(fmt::format("{} paddings for {}", around.size() / 2, to_text(x)));
  Integers y = x.to_vector();
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    const std::int64_t before = in_list(around, 2 * i), after = in_list(around, 2 * i + 1);
    for (std::int64_t padding : {before, after}) {
      if (padding < 0 || padding > max_element_count)
        f.fail_argument(fmt::format("padding {} is out of range: 0 to 2^60 are possible", padding));
      if (x[i] == any_size || padding == 0) continue;
      if (f[mode] == "reflect" && padding >= x[i])
        f.fail(fmt::format("axis {} of {} has no {} elements to reflect", i, to_text(x), padding));
      if (f[mode] == "edge" && x[i] == 0)
        f.fail(fmt::format("axis {} of {} has no edge", i, to_text(x)));
    }
    if (x[i] != any_size) y[static_cast<std::size_t>(i)] += before + after;
  }
  return y;
}
std::int64_t from_pad(const Call& f, std::int64_t along, std::int64_t i, std::int64_t n) {
  const std::int64_t at = i - in_list(f[paddings], 2 * along);
  if (f[mode] == "edge") return std::clamp<std::int64_t>(at, 0, n - 1);
  return at < 0 ? -at : at >= n ? 2 * (n - 1) - at : at;
}

void surround(const KernelCall& call) {
  if (call.f[mode] != "constant") return copy_mapped(call, from_pad);
  const Shape &x = call.inputs[0].shape, &y = call.output.shape;
  visit(call.output.dtype, [&]<class T>(T) {
    std::fill_n(static_cast<T*>(call.result), y.element_count(), static_cast<T>(call.f[alpha]));
  });
  if (x.element_count() == 0) return;
  const Strides strides = strides_of(y);
  std::int64_t offset = 0;
  for (std::int64_t i = 0; i < y.rank(); ++i)
    offset += in_list(call.f[paddings], 2 * i) * strides[static_cast<std::size_t>(i)];
  const std::size_t bytes = size_of(call.output.dtype);
  put_strided(call.inputs[0].data, at_element(call.result, offset, bytes), bytes, sizes(x),
              first(strides, y.rank()));
}

template <AxisMap from>
void show(const KernelCall& call) {
  copy_mapped(call, from);
}
template <AxisMap from>
void sum_shown(const KernelCall& call) {
  sum_mapped(call, from);
}

// dy must be what the op makes of x, which is the result.
template <Shape (*shape_of_y)(const Call&, const Shape&)>
constexpr auto shape_of_x = [](const Call& f, Shape dy, Shape x) {
  const Shape y = shape_of_y(f, x);
  if (!may_equal(dy, y))
    f.fail(fmt::format("dy must have shape {}, got {}", to_text(y), to_text(dy)));
  return x;
};
constexpr auto float_of_dy = [](const Call& f, DType dy, DType) {
  return rules::same_float(f, {&dy, 1});
};

Tensor repeat_along(const Operand& x, std::int64_t times, std::int64_t along) {
  return add_node(repeat_op, {&x}, {count = times, axis = along});
}
std::int64_t from_front(const Operand& x, std::int64_t along) {
  const std::int64_t rank = x.is_number() || !x.tensor() ? 0 : x.tensor().rank();
  return along < 0 && along >= -rank ? along + rank : along;
}
Tensor add_pad(const Operand& x, const Integers& around, const std::string& how, double value) {
  return add_node(pad_op, {&x}, {paddings = around, mode = how, alpha = value});
}

Tensor add_gradient(const Op& op, const Operand& dy, const Operand& x,
                    std::initializer_list<Attribute> attributes) {
  return add_node(op, {&dy, &x}, attributes);
}

// What lies inside of the paddings.
Tensor inside(const Tensor& y, const Integers& around) {
  std::vector<Slice> slices;
  for (std::size_t i = 0; i < around.size(); i += 2) {
    slices.push_back({.start = around[i]});
    if (around[i + 1] != 0) slices.back().stop = -around[i + 1];
  }
  return slice(y, slices);
}

}  // namespace

// y[i] = x[i mod n];  dx = sum of dy over the copies
extern constexpr Op tile_op{
    .name = "tile",
    .doc = "x as often along each axis as repeats says.",
    .operands = {"x"},
    .attributes = {&repeats},
    .shape = [](const Call& f, Shape x) { return tiled(f, x); },
    .dtype = first_dtype,
    .kernel = GeneralKernel{show<from_tile>, copy_mapped_scratch},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return add_gradient(tile_grad_op, dy, x, {repeats = f[repeats]});
    }},
    .gradient_text = {"dx = dy summed over the copies"},
    .examples = {{[](Graph& g) {
                    return tile(g.constant({{1, 2}, {3, 4}}), {1, 2});
                  },
                  "[[1, 2, 1, 2], [3, 4, 3, 4]]"}},
};

// dx[i] = sum over k of dy[i + k n];  ddy = ddx tiled
extern constexpr Op tile_grad_op{
    .name = "tile_grad",
    .doc = "dy summed over the copies that tile makes of x: its gradient.",
    .operands = {"dy", "x"},
    .attributes = {&repeats},
    .latex = {R"(\operatorname{tile}^\top({dy}))", Precedence::power},
    .shape = shape_of_x<tiled>,
    .dtype = float_of_dy,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{sum_shown<from_tile>, sum_mapped_scratch},
    .gradient = {[](const Call& f, Tensor ddx, Tensor, Tensor) { return tile(ddx, f[repeats]); },
                 {}},
    .gradient_text = {"ddy = tile of dx", ""},
    .examples = {{[](Graph& g) {
                    const Operand dy(g.constant({1, 2, 3, 4})), x(g.constant({0, 0}));
                    return add_node(tile_grad_op, {&dy, &x}, {repeats = Integers{2}});
                  },
                  "[4, 6]"}},
};

// y[i] = x[i / count];  dx = sum of dy over the copies
extern constexpr Op repeat_op{
    .name = "repeat",
    .doc = "Each element so often, one copy after the other, along an axis.",
    .operands = {"x"},
    .attributes = {&count, &axis},
    .text = "repeat({x}, {count})",
    .shape = [](const Call& f, Shape x) { return repeated(f, x); },
    .dtype = first_dtype,
    .kernel = GeneralKernel{show<from_repeat>, copy_mapped_scratch},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return add_gradient(repeat_grad_op, dy, x, {count = f[count], axis = f[axis]});
    }},
    .gradient_text = {"dx = dy summed over the copies"},
    .examples = {{[](Operand x) { return repeat(x, 3); }, {1, 2}, "[1, 1, 1, 2, 2, 2]"}},
};

// dx[i] = sum over k < count of dy[i count + k];  ddy = ddx repeated
extern constexpr Op repeat_grad_op{
    .name = "repeat_grad",
    .doc = "dy summed over the copies that repeat makes of x: its gradient.",
    .operands = {"dy", "x"},
    .attributes = {&count, &axis},
    .latex = {R"(\operatorname{repeat}^\top({dy}))", Precedence::power},
    .shape = shape_of_x<repeated>,
    .dtype = float_of_dy,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{sum_shown<from_repeat>, sum_mapped_scratch},
    .gradient = {[](const Call& f, Tensor ddx, Tensor, Tensor) {
                   return repeat_along(ddx, f[count], f[axis]);
                 },
                 {}},
    .gradient_text = {"ddy = repeat of dx", ""},
    .examples = {{[](Graph& g) {
                    const Operand dy(g.constant({1, 2, 3, 4})), x(g.constant({0, 0}));
                    return add_node(repeat_grad_op, {&dy, &x},
                                    {count = std::int64_t{2}, axis = std::int64_t{0}});
                  },
                  "[3, 7]"}},
};

// y[(i + shift) mod n] = x[i];  dx = dy rolled back
extern constexpr Op roll_op{
    .name = "roll",
    .doc = "Elements shifted along an axis; what leaves at one end enters at the other.",
    .operands = {"x"},
    .attributes = {&shift, &axis},
    .text = "roll({x}, {shift})",
    .shape = [](const Call& f, Shape x) -> Shape {
      axis_from_front(f, x);
      if (f[shift] == std::numeric_limits<std::int64_t>::min())
        f.fail_argument(fmt::format("there is no way back from a shift of {}", f[shift]));
      return x;
    },
    .dtype = first_dtype,
    .kernel = GeneralKernel{show<from_roll>, copy_mapped_scratch},
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return roll(dy, -f[shift], f[axis]); }},
    .gradient_text = {"dx = dy rolled back"},
    .examples = {{[](Operand x) { return roll(x, 1, 0); }, {1, 2, 3, 4}, "[4, 1, 2, 3]"}},
};

// y = x with elements around it;  dx = the inside of dy, and what was copied from it
extern constexpr Op pad_op{
    .name = "pad",
    .doc =
        "x with elements before and after it along each axis: of one value, mirrored at the "
        "ends, or the ends.",
    .operands = {"x"},
    .attributes = {&paddings, &mode, &alpha},
    .shape = [](const Call& f, Shape x) { return padded(f, x); },
    .dtype = [](const Call& f, DType x) -> DType {
      if (!Number(f[alpha]).fits(x)) f.fail_dtype(fmt::format("{} is no {}", f[alpha], to_text(x)));
      return x;
    },
    .kernel = GeneralKernel{surround, copy_mapped_scratch},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      if (f[mode] == "constant") return inside(dy, f[paddings]);
      return add_gradient(pad_grad_op, dy, x, {paddings = f[paddings], mode = f[mode]});
    }},
    .gradient_text = {"dx = inside of dy, to which is added what was copied from it"},
    .examples = {{[](Graph& g) {
                    return pad(g.constant({1, 2, 3}), {{1, 2}}, {.value = 9});
                  },
                  "[9, 1, 2, 3, 9, 9]"},
                 {[](Graph& g) {
                    return pad(g.constant({1, 2, 3}), {{2, 1}}, {.mode = PadMode::reflect});
                  },
                  "[3, 2, 1, 2, 3, 2]"},
                 {[](Graph& g) {
                    return pad(g.constant({1, 2, 3}), {{2, 1}}, {.mode = PadMode::edge});
                  },
                  "[1, 1, 1, 2, 3, 3]"}},
};

// dx[i] = sum of dy over the places that show x[i];  ddy = ddx padded
extern constexpr Op pad_grad_op{
    .name = "pad_grad",
    .doc = "dy summed over the places where a pad that reflects x or repeats its ends shows them.",
    .operands = {"dy", "x"},
    .attributes = {&paddings, &mode},
    .latex = {R"(\operatorname{pad}^\top({dy}))", Precedence::power},
    .shape = [](const Call& f, Shape dy, Shape x) -> Shape {
      if (f[mode] == "constant") f.fail_argument("mode \"constant\" shows no element twice");
      return shape_of_x<padded>(f, dy, x);
    },
    .dtype = float_of_dy,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{sum_shown<from_pad>, sum_mapped_scratch},
    .gradient = {[](const Call& f, Tensor ddx, Tensor, Tensor) {
                   return add_pad(ddx, f[paddings], f[mode], 0);
                 },
                 {}},
    .gradient_text = {"ddy = pad of dx", ""},
    .examples = {{[](Graph& g) {
                    const Operand dy(g.constant({1, 2, 3, 4})), x(g.constant({0, 0}));
                    return add_node(pad_grad_op, {&dy, &x},
                                    {paddings = Integers{1, 1}, mode = std::string("edge")});
                  },
                  "[3, 7]"}},
};

Tensor tile(Operand x, const Integers& often) {
  const std::int64_t rank = x.is_number() || !x.tensor() ? 0 : x.tensor().rank();
  Integers all(static_cast<std::size_t>(std::max<std::int64_t>(rank - std::ssize(often), 0)), 1);
  all.insert(all.end(), often.begin(), often.end());
  return add_node(tile_op, {&x}, {repeats = std::move(all)});
}
Tensor repeat(Operand x, std::int64_t often, std::int64_t along) {
  return repeat_along(x, often, from_front(x, along));
}
Tensor roll(Operand x, std::int64_t by, std::int64_t along) {
  return add_node(roll_op, {&x}, {shift = by, axis = from_front(x, along)});
}
Tensor pad(Operand x, const std::vector<PadWidth>& around, PadOptions options) {
  Integers both;
  for (const PadWidth& p : around) {
    both.push_back(p.before);
    both.push_back(p.after);
  }
  constexpr std::array names{"constant", "reflect", "edge"};
  const auto number = static_cast<std::size_t>(options.mode);
  return add_pad(x, both, number < names.size() ? names[number] : "no mode", options.value);
}

}  // namespace gradus
