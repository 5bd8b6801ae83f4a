#include <gradus/indexing.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/op/attribute.h>
#include <gradus/op/op.h>
#include <gradus/op/rules.h>
#include <gradus/op/thread_pool.h>
#include <gradus/shapes.h>

#include "ops/kernels/strides.h"
#include "ops/kernels/wrapping.h"

namespace gradus {
namespace {

using attributes::axis;
using attributes::depth;
using attributes::dtype;
using Integers = std::vector<std::int64_t>;

void check_indices(const Call& f, DType indices) {
  if (!is_integer(indices))
    f.fail_dtype(fmt::format("indices must be int32 or int64, got {}", to_text(indices)));
}
constexpr auto dtype_of_x = [](const Call& f, DType x, DType indices) {
  check_indices(f, indices);
  return x;
};
constexpr auto dtype_of_sum = [](const Call& f, DType x, DType indices, DType updates) {
  check_indices(f, indices);
  const DType both[] = {x, updates};
  return rules::same_number(f, both);
};

Shape gathered(const Call& f, const Shape& x, const Shape& indices) {
  const std::int64_t along = chosen_axis(f, f[axis], x.rank());
  check_rank(f, x.rank() - 1 + indices.rank());
  Integers y(x.begin(), x.begin() + along);
  y.insert(y.end(), indices.begin(), indices.end());
  y.insert(y.end(), x.begin() + along + 1, x.end());
  return y;
}

Shape gathered_nd(const Call& f, const Shape& x, const Shape& indices) {
  if (indices.rank() == 0) f.fail("indices must have an axis, got []");
  const std::int64_t k = indices[indices.rank() - 1];
  if (k == any_size) f.fail("the last size of indices must be known: " + to_text(indices));
  if (k > x.rank()) f.fail(fmt::format("an index of {} numbers is too long for {}", k, to_text(x)));
  check_rank(f, indices.rank() - 1 + x.rank() - k);
  Integers y(indices.begin(), indices.end() - 1);
  y.insert(y.end(), x.begin() + k, x.end());
  return y;
}

Shape updated(const Call& f, const Shape& x, const Shape& wanted, const Shape& updates) {
  if (!may_equal(wanted, updates))
    f.fail(fmt::format("updates must have shape {}, got {}", to_text(wanted), to_text(updates)));
  return x;
}

// x is [outer, n, inner]; each of `count` places chooses one of the n rows.
struct ChosenRows {
  std::int64_t outer = 1, n = 1, inner = 1, count = 1;
  std::span<const std::int64_t> sizes;  // of the axes that one index speaks of,
  std::int64_t first_axis = 0;          // from this one on
};
ChosenRows rows_along_axis(const KernelCall& call) {
  const Shape& x = call.inputs[0].shape;
  const std::int64_t along = chosen_axis(call.f, call.f[axis], x.rank());
  const AroundAxis around(x, along);
  return {around.outer,           around.n, around.inner, call.inputs[1].shape.element_count(),
          {x.begin() + along, 1}, along};
}
ChosenRows rows_of_first_axes(const KernelCall& call) {
  const Shape &x = call.inputs[0].shape, &indices = call.inputs[1].shape;
  ChosenRows rows{.sizes = {x.begin(), static_cast<std::size_t>(indices[indices.rank() - 1])}};
  for (std::int64_t i = 0; i < x.rank(); ++i)
    (i < std::ssize(rows.sizes) ? rows.n : rows.inner) *= x[i];
  for (std::int64_t i = 0; i + 1 < indices.rank(); ++i) rows.count *= indices[i];
  return rows;
}

// An index of operand 1 at this place of it.
[[noreturn]] void refuse(const KernelCall& call, std::int64_t index, std::int64_t place,
                         std::int64_t along, std::int64_t size) {
  const Shape& indices = call.inputs[1].shape;
  Integers position(static_cast<std::size_t>(indices.rank()));
  for (std::int64_t i = indices.rank(); i-- > 0; place /= indices[i])
    position[static_cast<std::size_t>(i)] = place % indices[i];
  call.f.fail_value(fmt::format("index {} at position [{}] is out of range: axis {} has size {}",
                                index, fmt::join(position, ", "), along, size));
}

// The row that each index chooses, in scratch. All indices are checked before work starts.
const std::int64_t* find_rows(const KernelCall& call, const ChosenRows& rows) {
  auto* const chosen = static_cast<std::int64_t*>(call.scratch);
  const auto length = static_cast<std::int64_t>(rows.sizes.size());
  const auto find = [&]<class T>(T) {
    const T* index = call.inputs[1].as<T>();
    for (std::int64_t i = 0; i < rows.count; ++i) {
      std::int64_t row = 0;
      for (std::int64_t j = 0; j < length; ++j, ++index) {
        const std::int64_t size = rows.sizes[static_cast<std::size_t>(j)];
        if (*index < 0 || *index >= size)
          refuse(call, *index, i * length + j, rows.first_axis + j, size);
        row = row * size + *index;
      }
      chosen[i] = row;
    }
  };
  if (call.inputs[1].dtype == int32)
    find(std::int32_t{});
  else
    find(std::int64_t{});
  return chosen;
}
template <ChosenRows (*rows_of)(const KernelCall&)>
std::size_t chosen_rows_bytes(const KernelCall& call) {
  return static_cast<std::size_t>(rows_of(call).count) * sizeof(std::int64_t);
}

template <class U>
void copy_rows(const U* x, U* y, const ChosenRows& rows, const std::int64_t* chosen,
               std::int64_t from, std::int64_t to) {
  std::int64_t o = from / rows.count, i = from % rows.count;
  for (std::int64_t row = from; row < to; ++row) {
    const U* source = x + (o * rows.n + chosen[i]) * rows.inner;
    if (rows.inner == 1)
      y[row] = *source;
    else
      std::memcpy(y + row * rows.inner, source, static_cast<std::size_t>(rows.inner) * sizeof(U));
    if (++i == rows.count) i = 0, ++o;
  }
}

template <ChosenRows (*rows_of)(const KernelCall&)>
void take_rows(const KernelCall& call) {
  const ChosenRows rows = rows_of(call);
  const std::int64_t* const chosen = find_rows(call, rows);
  if (call.output.shape.element_count() == 0) return;
  const std::int64_t total = rows.outer * rows.count;
  constexpr std::int64_t elements_per_part = 1 << 15;
  const std::int64_t per_part = std::max<std::int64_t>(elements_per_part / rows.inner, 1);
  visit(call.output.dtype, [&]<class T>(T) {
    call.threads.parallel_for((total + per_part - 1) / per_part, [&](std::int64_t part) {
      copy_rows(call.inputs[0].as<T>(), static_cast<T*>(call.result), rows, chosen, part * per_part,
                std::min((part + 1) * per_part, total));
    });
  });
}

// Indices may be equal, so the sums are made one after the other.
template <ChosenRows (*rows_of)(const KernelCall&)>
void add_rows(const KernelCall& call) {
  const ChosenRows rows = rows_of(call);
  const std::int64_t* const chosen = find_rows(call, rows);
  const std::int64_t size = call.output.shape.element_count();
  if (size == 0) return;
  std::memcpy(call.result, call.inputs[0].data,
              static_cast<std::size_t>(size) * size_of(call.output.dtype));
  visit(call.output.dtype, [&]<class T>(T) {
    const T* update = call.inputs[2].as<T>();
    for (std::int64_t o = 0; o < rows.outer; ++o)
      for (std::int64_t i = 0; i < rows.count; ++i) {
        T* y = static_cast<T*>(call.result) + (o * rows.n + chosen[i]) * rows.inner;
        for (std::int64_t j = 0; j < rows.inner; ++j) y[j] = wrapping_sum(y[j], *update++);
      }
  });
}

Shape shape_along_axis(const Call& f, const Shape& x, const Shape& indices) {
  const std::int64_t along = chosen_axis(f, f[axis], x.rank());
  Integers y = x.to_vector();
  y[static_cast<std::size_t>(along)] = any_size;
  check_fits(f, "indices", indices, y);
  std::ranges::transform(y, indices, y.begin(), [](auto a, auto b) { return std::max(a, b); });
  return y;
}

// f(place of x, place of the indices) for each index of operand 1 along an axis of x, one after the
// other in each part of the axes before it.
template <class F>
void for_chosen(const KernelCall& call, const Shape& x, F f) {
  const Shape& indices = call.inputs[1].shape;
  if (indices.element_count() == 0) return;
  const std::int64_t along = chosen_axis(call.f, call.f[axis], x.rank());
  const AroundAxis around(indices, along);
  const std::int64_t n = x[along], inner = around.inner, size = around.n * inner;
  constexpr std::int64_t elements_per_part = 1 << 15;
  const std::int64_t per_part = std::max<std::int64_t>(elements_per_part / size, 1);
  const auto choose = [&]<class T>(T) {
    const T* const index = call.inputs[1].as<T>();
    call.threads.parallel_for((around.outer + per_part - 1) / per_part, [&](std::int64_t part) {
      const std::int64_t end = std::min(around.outer, (part + 1) * per_part);
      for (std::int64_t o = part * per_part; o < end; ++o)
        for (std::int64_t i = 0; i < size; ++i) {
          const std::int64_t place = o * size + i, chosen = index[place];
          if (chosen < 0 || chosen >= n) refuse(call, chosen, place, along, n);
          f((o * n + chosen) * inner + i % inner, place);
        }
    });
  };
  if (call.inputs[1].dtype == int32)
    choose(std::int32_t{});
  else
    choose(std::int64_t{});
}
void take_chosen(const KernelCall& call) {
  visit(call.output.dtype, [&]<class T>(T) {
    const T* const x = call.inputs[0].as<T>();
    T* const y = static_cast<T*>(call.result);
    for_chosen(call, call.inputs[0].shape,
               [&](std::int64_t from, std::int64_t to) { y[to] = x[from]; });
  });
}
void add_at_chosen(const KernelCall& call) {
  visit_float(call.output.dtype, [&]<class T>(T) {
    const T* const dy = call.inputs[0].as<T>();
    T* const dx = static_cast<T*>(call.result);
    std::fill_n(dx, call.output.shape.element_count(), T{});
    for_chosen(call, call.output.shape,
               [&](std::int64_t to, std::int64_t from) { dx[to] += dy[from]; });
  });
}

void mark(const KernelCall& call) {
  const std::int64_t length = call.f[depth];
  const auto with = [&]<class Index, class T>(Index, T) {
    const Index* index = call.inputs[0].as<Index>();
    T* y = static_cast<T*>(call.result);
    std::fill_n(y, call.output.shape.element_count(), T{});
    for (std::int64_t i = 0; i < call.inputs[0].shape.element_count(); ++i, y += length)
      if (index[i] >= 0 && index[i] < length) y[index[i]] = T{1};
  };
  visit(call.output.dtype, [&](auto zero) {
    if (call.inputs[0].dtype == int32)
      with(std::int32_t{}, zero);
    else
      with(std::int64_t{}, zero);
  });
}

}  // namespace

// y[i] = x[indices[i]];  dx = dy added into zeros at the indices
extern constexpr Op gather_op{
    .name = "gather",
    .doc = "Rows of x along an axis, chosen by indices; an index out of range is refused.",
    .operands = {"x", "indices"},
    .attributes = {&axis},
    .latex = R"({x}_{{indices}})",
    .shape = [](const Call& f, Shape x, Shape indices) { return gathered(f, x, indices); },
    .dtype = dtype_of_x,
    .kernel = GeneralKernel{take_rows<rows_along_axis>, chosen_rows_bytes<rows_along_axis>},
    .gradient = {[](const Call& f, Tensor dy, Tensor x, Tensor indices) {
                   return scatter_add(zeros_like(x), indices, dy, f[axis]);
                 },
                 {}},
    .gradient_text = {"dx = dy added into zeros at the indices", ""},
    .examples = {{[](Graph& g) {
                    return gather(g.constant({{1, 2}, {3, 4}, {5, 6}}), g.constant({2, 0}, int64));
                  },
                  "[[5, 6], [1, 2]]"}},
};

// y = x, y[indices[i]] += updates[i];  dx = dy,  dupdates[i] = dy[indices[i]]
extern constexpr Op scatter_add_op{
    .name = "scatter_add",
    .doc =
        "x, with updates added to its rows along an axis, one after the other; an index out of "
        "range is refused.",
    .operands = {"x", "indices", "updates"},
    .attributes = {&axis},
    .latex = {R"({x} + \operatorname{scatter}_{{indices}} {updates})", Precedence::sum},
    .shape = [](const Call& f, Shape x, Shape indices, Shape updates) -> Shape {
      return updated(f, x, gathered(f, x, indices), updates);
    },
    .dtype = dtype_of_sum,
    .kernel = GeneralKernel{add_rows<rows_along_axis>, chosen_rows_bytes<rows_along_axis>},
    .gradient = {upstream,
                 {},
                 [](const Call& f, Tensor dy, Tensor, Tensor indices, Tensor) {
                   return gather(dy, indices, f[axis]);
                 }},
    .gradient_text = {"dx = dy", "", "dupdates = rows of dy at the indices"},
    .examples = {{[](Graph& g) {
                    return scatter_add(g.constant({1, 1, 1}), g.constant({2, 0, 2}, int64),
                                       g.constant({10, 20, 30}));
                  },
                  "[21, 1, 41]"}},
};

// y[i] = x[indices[i, 0], indices[i, 1], ..];  dx = dy added into zeros at the indices
extern constexpr Op gather_nd_op{
    .name = "gather_nd",
    .doc =
        "Elements or parts of x; the last axis of indices is an index of x's first axes. One out "
        "of range is refused.",
    .operands = {"x", "indices"},
    .latex = R"({x}_{{indices}})",
    .shape = [](const Call& f, Shape x, Shape indices) { return gathered_nd(f, x, indices); },
    .dtype = dtype_of_x,
    .kernel = GeneralKernel{take_rows<rows_of_first_axes>, chosen_rows_bytes<rows_of_first_axes>},
    .gradient = {[](Tensor dy, Tensor x, Tensor indices) {
                   return scatter_nd_add(zeros_like(x), indices, dy);
                 },
                 {}},
    .gradient_text = {"dx = dy added into zeros at the indices", ""},
    .examples =
        {{[](Graph& g) {
            return gather_nd(g.constant({{1, 2}, {3, 4}}), g.constant({{0, 1}, {1, 0}}, int64));
          },
          "[2, 3]"}},
};

// y = x, y[indices[i, 0], ..] += updates[i];  dx = dy,  dupdates[i] = dy[indices[i, 0], ..]
extern constexpr Op scatter_nd_add_op{
    .name = "scatter_nd_add",
    .doc =
        "x, with updates added to its elements or parts, one after the other; an index out of "
        "range is refused.",
    .operands = {"x", "indices", "updates"},
    .latex = {R"({x} + \operatorname{scatter}_{{indices}} {updates})", Precedence::sum},
    .shape = [](const Call& f, Shape x, Shape indices, Shape updates) -> Shape {
      return updated(f, x, gathered_nd(f, x, indices), updates);
    },
    .dtype = dtype_of_sum,
    .kernel = GeneralKernel{add_rows<rows_of_first_axes>, chosen_rows_bytes<rows_of_first_axes>},
    .gradient = {upstream,
                 {},
                 [](Tensor dy, Tensor, Tensor indices, Tensor) { return gather_nd(dy, indices); }},
    .gradient_text = {"dx = dy", "", "dupdates = parts of dy at the indices"},
    .examples = {{[](Graph& g) {
                    return scatter_nd_add(g.constant({{1, 1}, {1, 1}}),
                                          g.constant({{0, 1}, {0, 1}}, int64),
                                          g.constant({10, 20}));
                  },
                  "[[1, 31], [1, 1]]"}},
};

// y[i, j] = x[indices[i, j], j];  dx = dy added into zeros at the indices
extern constexpr Op take_along_axis_op{
    .name = "take_along_axis",
    .doc =
        "Elements of x along an axis, chosen for each place of the other axes by indices of its "
        "own; one out of range is refused.",
    .operands = {"x", "indices"},
    .attributes = {&axis},
    .shape = [](const Call& f, Shape x, Shape indices) { return shape_along_axis(f, x, indices); },
    .dtype = dtype_of_x,
    .kernel = GeneralKernel{take_chosen},
    .gradient = {[](const Call& f, Tensor dy, Tensor x, Tensor indices) {
                   return take_along_axis_grad(dy, indices, x, f[axis]);
                 },
                 {}},
    .gradient_text = {"dx = dy added into zeros at the indices", ""},
    .examples = {{[](Graph& g) {
                    const Tensor x = g.constant({{1, 2, 3}, {4, 5, 6}});
                    return take_along_axis(x, g.constant({{2, 0}, {1, 1}}, int64));
                  },
                  "[[3, 1], [5, 5]]"}},
};

// dx[indices[i, j], j] += dy[i, j];  its gradient takes there
extern constexpr Op take_along_axis_grad_op{
    .name = "take_along_axis_grad",
    .doc =
        "The gradient of take_along_axis: dy added into zeros of the shape of x, one after the "
        "other.",
    .operands = {"dy", "indices", "x"},
    .attributes = {&axis},
    .shape = [](const Call& f, Shape dy, Shape indices, Shape x) -> Shape {
      check_fits(f, "dy", dy, shape_along_axis(f, x, indices));
      return x;
    },
    .dtype = [](const Call& f, DType dy, DType indices, DType x) -> DType {
      check_indices(f, indices);
      const DType both[] = {dy, x};
      return rules::same_float(f, both);
    },
    .shape_operands = 0b100,
    .kernel = GeneralKernel{add_at_chosen},
    .gradient = {[](const Call& f, Tensor ddx, Tensor, Tensor indices, Tensor) {
                   return take_along_axis(ddx, indices, f[axis]);
                 },
                 {},
                 {}},
    .gradient_text = {"ddy = elements of ddx at the indices", "", ""},
    .examples =
        {{[](Graph& g) {
            const Tensor indices = g.constant({2, 0, 2}, int64);
            return take_along_axis_grad(g.constant({1, 2, 3}), indices, g.constant({0, 0, 0, 0}));
          },
          "[2, 0, 4, 0]"}},
};

// y[j] = 1 if indices is j, 0 elsewhere
extern constexpr Op one_hot_op{
    .name = "one_hot",
    .doc = "1 at each index along a new last axis of size depth; 0 alone if it is out of range.",
    .operands = {"indices"},
    .attributes = {&depth, &dtype},
    .text = "one_hot({indices}, {depth})",
    .latex = R"(e_{{indices}})",
    .shape = [](const Call& f, Shape indices) -> Shape {
      if (f[depth] < 1) f.fail_argument(fmt::format("depth must be 1 or more, got {}", f[depth]));
      check_rank(f, indices.rank() + 1);
      Integers y = indices.to_vector();
      y.push_back(f[depth]);
      return y;
    },
    .dtype = [](const Call& f, DType indices) -> DType {
      check_indices(f, indices);
      return f[dtype];
    },
    .kernel = GeneralKernel{mark},
    .gradient = {{}},
    .gradient_text = {""},
    .examples = {{[](Graph& g) {
                    return one_hot(g.constant({2, 0, 5}, int64), 3);
                  },
                  "[[0, 0, 1], [1, 0, 0], [0, 0, 0]]"}},
};

Tensor gather(Operand x, Operand indices, std::int64_t along) {
  return add_node(gather_op, {&x, &indices}, {axis = along});
}
Tensor scatter_add(Operand x, Operand indices, Operand updates, std::int64_t along) {
  return add_node(scatter_add_op, {&x, &indices, &updates}, {axis = along});
}
Tensor gather_nd(Operand x, Operand indices) { return add_node(gather_nd_op, {&x, &indices}); }
Tensor scatter_nd_add(Operand x, Operand indices, Operand updates) {
  return add_node(scatter_nd_add_op, {&x, &indices, &updates});
}
Tensor take_along_axis(Operand x, Operand indices, std::int64_t along) {
  return add_node(take_along_axis_op, {&x, &indices}, {axis = along});
}
Tensor take_along_axis_grad(Operand dy, Operand indices, Operand x, std::int64_t along) {
  return add_node(take_along_axis_grad_op, {&dy, &indices, &x}, {axis = along});
}
Tensor one_hot(Operand indices, std::int64_t length, DType to) {
  return add_node(one_hot_op, {&indices}, {depth = length, dtype = to});
}

}  // namespace gradus
