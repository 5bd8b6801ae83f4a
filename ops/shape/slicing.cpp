#include <gradus/slicing.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/records.h>
#include <gradus/op/rules.h>

#include "add_into_slice.h"
#include "kernels/arrays/permute.h"
#include "ops/kernels/strides.h"
#include "slice_axis.h"

namespace gradus {
namespace {

using attributes::axes;
using attributes::starts;
using attributes::steps;
using attributes::stops;
using Integers = std::vector<std::int64_t>;

// An open end is the outermost number: what is out of range is brought into it.
constexpr std::int64_t lowest_index = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest_index = std::numeric_limits<std::int64_t>::max();

// `count` positions from `first` on; the step is 1 where it does not matter.
struct Positions {
  std::int64_t first = 0, count = 0, step = 1;
};

Positions positions(std::int64_t start, std::int64_t stop, std::int64_t step, std::int64_t n) {
  // Backwards, "before the first element" is a place of its own: -1.
  const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
  const auto in_range = [&](std::int64_t i) { return std::clamp(i < 0 ? i + n : i, low, high); };
  const std::int64_t first = in_range(start), last = in_range(stop);
  const std::int64_t distance = step > 0 ? last - first : first - last;
  if (distance <= 0) return {};
  const std::int64_t stride = step > 0 ? step : -std::max(step, -highest_index);
  const std::int64_t count = (distance - 1) / stride + 1;
  return {first, count, count == 1 ? 1 : step};
}

// Of one axis of x, whose size is known.
Positions positions(const Call& f, const Shape& x, std::int64_t axis) {
  const auto i = static_cast<std::size_t>(axis);
  if (i >= f[starts].size()) return {0, x[axis], 1};
  return positions(f[starts][i], f[stops][i], f[steps][i], x[axis]);
}

Shape sliced_shape(const Call& f, const Shape& x) {
  if (std::ssize(f[starts]) > x.rank())
    f.fail(fmt::format("{} slices for {}", f[starts].size(), to_text(x)));
  if (f[stops].size() != f[starts].size() || f[steps].size() != f[starts].size())
    f.fail_argument(fmt::format("{} starts, {} stops and {} steps", f[starts].size(),
                                f[stops].size(), f[steps].size()));
  if (std::ranges::find(f[steps], 0) != f[steps].end()) f.fail_argument("step 0 leads nowhere");
  Integers y = x.to_vector();
  for (std::int64_t i = 0; i < std::ssize(f[starts]); ++i)
    if (x[i] != any_size) y[static_cast<std::size_t>(i)] = positions(f, x, i).count;
  return y;
}

// Where the elements of the slice lie in x.
struct SlicedLayout {
  std::int64_t first = 0;
  Strides strides{};

  SlicedLayout(const Call& f, const Shape& x) : strides(strides_of(x)) {
    for (std::int64_t i = 0; i < x.rank(); ++i) {
      const Positions along = positions(f, x, i);
      std::int64_t& stride = strides[static_cast<std::size_t>(i)];
      first += along.first * stride;
      stride *= along.step;
    }
  }
};

void take_slice(const KernelCall& call) {
  const Shape &x = call.inputs[0].shape, &y = call.output.shape;
  if (y.element_count() == 0) return;
  const SlicedLayout layout(call.f, x);
  const std::size_t bytes = size_of(call.output.dtype);
  copy_strided(at_element(call.inputs[0].data, layout.first, bytes), call.result, bytes, sizes(y),
               first(layout.strides, y.rank()));
}

void put_slice(const KernelCall& call) {
  const Shape &dy = call.inputs[0].shape, &x = call.output.shape;
  const std::size_t bytes = size_of(call.output.dtype);
  std::memset(call.result, 0, static_cast<std::size_t>(x.element_count()) * bytes);
  if (dy.element_count() == 0) return;
  const SlicedLayout layout(call.f, x);
  put_strided(call.inputs[0].data, at_element(call.result, layout.first, bytes), bytes, sizes(dy),
              first(layout.strides, x.rank()));
}

// In place, if the run lets the result lie where x does.
void add_into_slice(const KernelCall& call) {
  const ArrayView &x = call.inputs[0], &dy = call.inputs[1];
  const std::size_t bytes = size_of(x.dtype);
  if (call.result != x.data)
    std::memcpy(call.result, x.data, static_cast<std::size_t>(x.shape.element_count()) * bytes);
  if (dy.shape.element_count() == 0) return;
  const SlicedLayout layout(call.f, x.shape);
  std::byte* const there = at_element(call.result, layout.first, bytes);
  const auto strides = first(layout.strides, x.shape.rank());
  copy_strided(there, call.scratch, bytes, sizes(dy.shape), strides);
  visit_float(x.dtype, [&]<Element T>(T) {
    T* const sum = static_cast<T*>(call.scratch);
    for (std::int64_t i = 0; i < dy.shape.element_count(); ++i)
      sum[i] += static_cast<const T*>(dy.data)[i];
  });
  put_strided(call.scratch, there, bytes, sizes(dy.shape), strides);
}

void reverse_axes(const KernelCall& call) {
  const Shape& x = call.output.shape;
  if (x.element_count() == 0) return;
  const AxisSet chosen = chosen_axes(call.f, call.f[axes], x.rank());
  Strides strides = strides_of(x);
  std::int64_t last = 0;
  for (std::int64_t i = 0; i < x.rank(); ++i)
    if (std::int64_t& stride = strides[static_cast<std::size_t>(i)];
        chosen[static_cast<std::size_t>(i)]) {
      last += (x[i] - 1) * stride;
      stride = -stride;
    }
  const std::size_t bytes = size_of(call.output.dtype);
  copy_strided(at_element(call.inputs[0].data, last, bytes), call.result, bytes, sizes(x),
               first(strides, x.rank()));
}

std::array<Attribute, 3> attributes_of(const std::vector<Slice>& slices) {
  Integers from, to, by;
  for (const Slice& s : slices) {
    from.push_back(s.start.value_or(s.step > 0 ? lowest_index : highest_index));
    to.push_back(s.stop.value_or(s.step > 0 ? highest_index : lowest_index));
    by.push_back(s.step);
  }
  return {starts = std::move(from), stops = std::move(to), steps = std::move(by)};
}
std::array<Attribute, 3> attributes_of(const Call& f) {
  return {starts = f[starts], stops = f[stops], steps = f[steps]};
}

Tensor add_slice(Operand x, std::array<Attribute, 3> slices) {
  return add_node(slice_op, std::array<const Operand*, 1>{&x}, slices);
}
Tensor add_slice_grad(Operand dy, Operand x, std::array<Attribute, 3> slices) {
  return add_node(slice_grad_op, std::array<const Operand*, 2>{&dy, &x}, slices);
}

}  // namespace

// y[i] = x[start + i step];  dx = 0, with dy where the slice was
extern constexpr Op slice_op{
    .name = "slice",
    .doc =
        "NumPy's x[start:stop:step] for each axis: ends count from the end if negative, are "
        "brought into range, and are open if left out.",
    .operands = {"x"},
    .attributes = {&starts, &stops, &steps},
    .shape = [](const Call& f, Shape x) { return sliced_shape(f, x); },
    .dtype = first_dtype,
    .kernel = GeneralKernel{take_slice},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) {
      return add_slice_grad(dy, x, attributes_of(f));
    }},
    .gradient_text = {"dx = zeros, with dy where the slice was"},
    .examples =
        {{[](Graph& g) {
            return slice(g.constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}), {{0, 2}, {.step = -1}});
          },
          "[[3, 2, 1], [6, 5, 4]]"},
         {[](Operand x) { return slice(x, {{.start = -3}}); }, {1, 2, 3, 4, 5}, "[3, 4, 5]"}},
};

// dx = zeros of the shape of x, with dy where the slice was;  ddy = slice of ddx
extern constexpr Op slice_grad_op{
    .name = "slice_grad",
    .doc = "Zeros of the shape of x, with dy where a slice of x was: the gradient of slice.",
    .operands = {"dy", "x"},
    .attributes = {&starts, &stops, &steps},
    .latex = {R"(\operatorname{slice}^\top({dy}))", Precedence::power},
    .shape = [](const Call& f, Shape dy, Shape x) -> Shape {
      const Shape part = sliced_shape(f, x);
      if (!may_equal(dy, part))
        f.fail(
            fmt::format("the slice of {} is {}, dy is {}", to_text(x), to_text(part), to_text(dy)));
      return x;
    },
    .dtype = first_dtype,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{put_slice},
    .gradient = {[](const Call& f, Tensor ddx, Tensor, Tensor) {
                   return add_slice(ddx, attributes_of(f));
                 },
                 {}},
    .gradient_text = {"ddy = slice of dx", ""},
    .examples = {{[](Operand dy, Operand x) { return slice_grad(dy, x, {{.step = 2}}); },
                  {8, 9},
                  {1, 2, 3, 4},
                  "[8, 0, 9, 0]"}},
};

// y = x, y[start + i step] += dy[i]
extern constexpr Op add_into_slice_op{
    .name = "add_into_slice",
    .doc = "x with dy added where the slice is.",
    .operands = {"x", "dy"},
    .attributes = {&starts, &stops, &steps},
    .shape = [](Shape x, Shape) { return x; },
    .kernel =
        GeneralKernel{add_into_slice,
                      [](const KernelCall& call) {
                        return static_cast<std::size_t>(call.inputs[1].shape.element_count()) *
                               size_of(call.output.dtype);
                      }},
};

// y[i] = x[n - 1 - i];  dx = dy reversed
extern constexpr Op reverse_op{
    .name = "reverse",
    .doc = "The elements along these axes, all by default, in reverse order.",
    .operands = {"x"},
    .attributes = {&axes},
    .shape = [](const Call& f, Shape x) -> Shape {
      chosen_axes(f, f[axes], x.rank());
      return x;
    },
    .dtype = first_dtype,
    .kernel = GeneralKernel{reverse_axes},
    .gradient = {[](const Call& f, Tensor dy, Tensor) { return reverse(dy, f[axes]); }},
    .gradient_text = {"dx = dy reversed"},
    .examples = {{[](Operand x) { return reverse(x, 1); },
                  {{1, 2, 3}, {4, 5, 6}},
                  "[[3, 2, 1], [6, 5, 4]]"}},
};

Tensor slice(Operand x, const std::vector<Slice>& slices) {
  return add_slice(x, attributes_of(slices));
}
Tensor slice_axis(Operand x, std::int64_t axis, const Slice& part) {
  std::vector<Slice> slices(static_cast<std::size_t>(axis) + 1);
  slices.back() = part;
  return slice(x, slices);
}
Tensor slice_grad(Operand dy, Operand x, const std::vector<Slice>& slices) {
  return add_slice_grad(dy, x, attributes_of(slices));
}
Tensor reverse(Operand x, Axes along) {
  return add_node(reverse_op, {&x}, {axes = std::move(along)});
}

}  // namespace gradus
