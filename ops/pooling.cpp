#include <gradus/pooling.h>

#include <fmt/format.h>

#include <gradus/attribute.h>
#include <gradus/op.h>
#include <gradus/rules.h>
#include <gradus/thread_pool.h>

#include "window.h"

namespace gradus {
namespace {

using attributes::padding;
using attributes::pads;
using attributes::strides;
using attributes::window;

PoolOptions options_of(const Call& f) {
  const std::string& name = f[padding];
  return {f[window], f[strides],
          name == "valid"  ? Padding(Padding::valid)
          : name == "same" ? Padding(Padding::same)
                           : Padding(f[pads])};
}

// Images [batch, size, channels] under windows.
struct Pool {
  Window over;
  std::int64_t batch = 0, channels = 0;

  std::int64_t rows() const { return batch * over[0].results; }
  Shape result() const { return {batch, over[0].results, over[1].results, channels}; }
};

Pool pool_of(const Call& f, const Shape& x) {
  if (x.rank() != 4)
    f.fail(fmt::format("images must be [batch, height, width, channels], got {}", to_text(x)));
  check_pair(f, "window", f[window]);
  const Window over = window_over(f, {x[1], x[2]}, {f[window][0], f[window][1]}, {1, 1});
  for (std::size_t i = 0; i < f[pads].size(); ++i)
    if (f[pads][i] >= f[window][i / 2])
      f.fail_argument(fmt::format("padding {} is not smaller than the window of {}", f[pads][i],
                                  f[window][i / 2]));
  // All of a window would lie outside.
  if (f[padding] == "explicit" && (x[1] == 0 || x[2] == 0))
    f.fail(fmt::format("the image is empty: {}", to_text(x)));
  return {over, x[0], x[3]};
}
constexpr auto pooled_shape = [](const Call& f, Shape x) -> Shape {
  return pool_of(f, x).result();
};

void check_fits(const Call& f, const char* name, const Shape& found, const Shape& expected) {
  bool is_fit = found.rank() == expected.rank();
  for (std::int64_t i = 0; is_fit && i < found.rank(); ++i)
    is_fit = found[i] == expected[i] || found[i] == any || expected[i] == any;
  if (!is_fit)
    f.fail(fmt::format("{} must be {}, got {}", name, to_text(expected), to_text(found)));
}
constexpr auto gradient_shape = [](const Call& f, Shape dy, Shape x) -> Shape {
  check_fits(f, "dy", dy, pool_of(f, x).result());
  return x;
};

// f(first channel of a pixel of x) for the pixels of a window inside of the image, by rows.
template <class F>
void for_pixels(const Pool& p, std::int64_t image, std::int64_t i, std::int64_t j, F f) {
  const auto& [vertical, horizontal] = p.over;
  const std::int64_t top = vertical.first(i), left = horizontal.first(j);
  const std::int64_t bottom = std::min(top + vertical.window, vertical.size);
  const std::int64_t right = std::min(left + horizontal.window, horizontal.size);
  for (std::int64_t k = std::max<std::int64_t>(top, 0); k < bottom; ++k)
    for (std::int64_t l = std::max<std::int64_t>(left, 0); l < right; ++l)
      f(((image * vertical.size + k) * horizontal.size + l) * p.channels);
}
std::int64_t pixels_inside(const Pool& p, std::int64_t i, std::int64_t j) {
  std::int64_t count = 0;
  for_pixels(p, 0, i, j, [&](std::int64_t) { ++count; });
  return count;
}

// f(image, i, j, first channel of the result) for all windows; rows of them, or images where
// windows that overlap write to one place, are shared among threads.
template <class F>
void for_windows(const KernelCall& call, const Pool& p, bool by_image, F f) {
  const std::int64_t height = p.over[0].results, width = p.over[1].results;
  const auto do_row = [&](std::int64_t row) {
    for (std::int64_t j = 0; j < width; ++j)
      f(row / height, row % height, j, (row * width + j) * p.channels);
  };
  call.threads.parallel_for(by_image ? p.batch : p.rows(), [&](std::int64_t part) {
    if (!by_image) return do_row(part);
    for (std::int64_t i = 0; i < height; ++i) do_row(part * height + i);
  });
}

template <class F>
void visit_float(DType dtype, F f) {
  if (dtype == float32)
    f(float{});
  else
    f(double{});
}

void find_largest(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.inputs[0].shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    const T* const x = call.inputs[0].as<T>();
    for_windows(call, p, false,
                [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                  T* const y = static_cast<T*>(call.result) + result;
                  bool is_first = true;
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    for (std::int64_t c = 0; c < p.channels; ++c) {
                      const T v = x[pixel + c];
                      y[c] = is_first || v > y[c] || v != v ? v : y[c];
                    }
                    is_first = false;
                  });
                });
  });
}

// f(place of the first largest element of x, place in the result), for windows and channels.
template <class T, class F>
void for_largest(const KernelCall& call, const Pool& p, bool by_image, F f) {
  const T* const x = call.inputs[1].as<T>();
  for_windows(call, p, by_image,
              [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                for (std::int64_t c = 0; c < p.channels; ++c) {
                  std::int64_t best = -1;
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    const T v = x[pixel + c];
                    if (best < 0 || v > x[best] || (v != v && x[best] == x[best])) best = pixel + c;
                  });
                  f(best, result + c);
                }
              });
}

void pick_largest(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.inputs[1].shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    for_largest<T>(call, p, false, [&](std::int64_t place, std::int64_t result) {
      static_cast<T*>(call.result)[result] = call.inputs[0].as<T>()[place];
    });
  });
}

template <class T>
T* cleared(const KernelCall& call) {
  T* const dx = static_cast<T*>(call.result);
  std::fill(dx, dx + call.output.shape.element_count(), T(0));
  return dx;
}

void add_to_largest(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.output.shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    T* const dx = cleared<T>(call);
    for_largest<T>(call, p, true, [&](std::int64_t place, std::int64_t result) {
      dx[place] += call.inputs[0].as<T>()[result];
    });
  });
}

void find_means(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.inputs[0].shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    const T* const x = call.inputs[0].as<T>();
    for_windows(call, p, false,
                [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                  T* const y = static_cast<T*>(call.result) + result;
                  std::fill(y, y + p.channels, T(0));
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    for (std::int64_t c = 0; c < p.channels; ++c) y[c] += x[pixel + c];
                  });
                  const T n = static_cast<T>(pixels_inside(p, i, j));
                  for (std::int64_t c = 0; c < p.channels; ++c) y[c] /= n;
                });
  });
}

void share_means(const KernelCall& call) {
  const Pool p = pool_of(call.f, call.output.shape);
  visit_float(call.output.dtype, [&]<class T>(T) {
    T* const dx = cleared<T>(call);
    for_windows(call, p, true,
                [&](std::int64_t image, std::int64_t i, std::int64_t j, std::int64_t result) {
                  const T* const dy = call.inputs[0].as<T>() + result;
                  const T n = static_cast<T>(pixels_inside(p, i, j));
                  for_pixels(p, image, i, j, [&](std::int64_t pixel) {
                    for (std::int64_t c = 0; c < p.channels; ++c) dx[pixel + c] += dy[c] / n;
                  });
                });
  });
}

Tensor row(Graph& g, const Values& pixels) {
  const Array image = array(pixels);
  return g.constant(image.reshaped({1, 1, image.size(), 1}));
}

}  // namespace

// y = largest x of a window;  dx = dy at the first largest, added up
extern constexpr Op max_pool2d_op{
    .name = "max_pool2d",
    .doc =
        "The largest element of each window of images [batch, height, width, channels]; NaN if any "
        "is. The first of equals gets the gradient.",
    .operands = {"x"},
    .attributes = {&window, &strides, &padding, &pads},
    .text = "max_pool2d({x})",
    .latex = R"(\operatorname{maxpool} {x})",
    .shape = pooled_shape,
    .dtype = same_float,
    .kernel = GeneralKernel{find_largest},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) -> Tensor {
      return max_pool2d_input_gradient(dy, x, options_of(f));
    }},
    .gradient_text = {"dx = dy where x is the first largest, added up over windows"},
    .examples = {{[](Graph& g) {
                    return max_pool2d(row(g, {1, 3, 2, 2}), {.window = {1, 2}, .strides = {1, 2}});
                  },
                  "[[[[3], [2]]]]"}},
};

// y = values where x is largest;  dvalues = dy there
extern constexpr Op max_pool2d_pick_op{
    .name = "max_pool2d_pick",
    .doc = "The element of values where x is first largest, for each window: max_pool2d(x) of x.",
    .operands = {"values", "x"},
    .attributes = {&window, &strides, &padding, &pads},
    .text = "max_pool2d_pick({values}, {x})",
    .latex = R"({values}_{\operatorname{argmax} {x}})",
    .shape = [](const Call& f, Shape values, Shape x) -> Shape {
      const Shape y = pool_of(f, x).result();
      check_fits(f, "values", values, x);
      return y;
    },
    .dtype = same_float,
    .kernel = GeneralKernel{pick_largest},
    .gradient = {[](const Call& f, Tensor dy, Tensor, Tensor x) -> Tensor {
                   return max_pool2d_input_gradient(dy, x, options_of(f));
                 },
                 {}},
    .gradient_text = {"dvalues = dy where x is the first largest, added up over windows", ""},
    .examples = {{[](Graph& g) {
                    return max_pool2d_pick(row(g, {5, 6, 7, 8}), row(g, {1, 3, 2, 2}),
                                           {.window = {1, 2}, .strides = {1, 2}});
                  },
                  "[[[[6], [7]]]]"}},
};

// dx = dy where x is largest;  its gradient to dy picks there
extern constexpr Op max_pool2d_input_gradient_op{
    .name = "max_pool2d_input_gradient",
    .doc = "The gradient of max_pool2d: dy of each window added to where x is first largest.",
    .operands = {"dy", "x"},
    .attributes = {&window, &strides, &padding, &pads},
    .text = "max_pool2d_input_gradient({dy}, {x})",
    .latex = R"(\operatorname{maxpool}'({x}) {dy})",
    .shape = gradient_shape,
    .dtype = same_float,
    .kernel = GeneralKernel{add_to_largest},
    .gradient = {[](const Call& f, Tensor dx, Tensor, Tensor x) -> Tensor {
                   return max_pool2d_pick(dx, x, options_of(f));
                 },
                 {}},
    .gradient_text = {"ddy = dx where x is the first largest", ""},
    .examples = {{[](Graph& g) {
                    return max_pool2d_input_gradient(row(g, {5, 6}), row(g, {1, 3, 2, 2}),
                                                     {.window = {1, 2}, .strides = {1, 2}});
                  },
                  "[[[[0], [5], [6], [0]]]]"}},
};

// y = mean of x in a window;  dx = dy / n, added up
extern constexpr Op average_pool2d_op{
    .name = "average_pool2d",
    .doc =
        "The mean of each window of images [batch, height, width, channels]; only elements inside "
        "of the image count.",
    .operands = {"x"},
    .attributes = {&window, &strides, &padding, &pads},
    .text = "average_pool2d({x})",
    .latex = R"(\operatorname{avgpool} {x})",
    .shape = pooled_shape,
    .dtype = same_float,
    .kernel = GeneralKernel{find_means},
    .gradient = {[](const Call& f, Tensor dy, Tensor x) -> Tensor {
      return average_pool2d_input_gradient(dy, x, options_of(f));
    }},
    .gradient_text = {"dx = dy / n, added up over windows of n elements"},
    .examples = {{[](Graph& g) {
                    return average_pool2d(row(g, {1, 3, 2}), {{1, 2}, {1, 2}, Padding::same});
                  },
                  "[[[[2], [2]]]]"}},
};

// dx = dy / n;  its gradient to dy is the mean
extern constexpr Op average_pool2d_input_gradient_op{
    .name = "average_pool2d_input_gradient",
    .doc = "The gradient of average_pool2d: dy of each window shared among its elements.",
    .operands = {"dy", "model"},
    .attributes = {&window, &strides, &padding, &pads},
    .text = "average_pool2d_input_gradient({dy})",
    .latex = R"(\operatorname{avgpool}'{dy})",
    .shape = gradient_shape,
    .dtype = same_float,
    .shape_operands = 0b10,
    .kernel = GeneralKernel{share_means},
    .gradient = {[](const Call& f, Tensor dx, Tensor, Tensor) -> Tensor {
                   return average_pool2d(dx, options_of(f));
                 },
                 {}},
    .gradient_text = {"ddy = mean of dx", ""},
    .examples = {{[](Graph& g) {
                    return average_pool2d_input_gradient(row(g, {2, 3}), row(g, {0, 0, 0}),
                                                         {{1, 2}, {1, 2}, Padding::same});
                  },
                  "[[[[1], [1], [3]]]]"}},
};

static_assert(max_pool2d_op.is_well_formed() && max_pool2d_pick_op.is_well_formed());
static_assert(max_pool2d_input_gradient_op.is_well_formed());
static_assert(average_pool2d_op.is_well_formed());
static_assert(average_pool2d_input_gradient_op.is_well_formed());

namespace {

Tensor add_pool(const Op& op, std::initializer_list<const Operand*> operands,
                const PoolOptions& options) {
  return add_node(op, operands,
                  {window = options.window, strides = options.strides,
                   padding = options.padding.name(), pads = options.padding.pads()});
}

}  // namespace

Tensor max_pool2d(Operand x, const PoolOptions& options) {
  return add_pool(max_pool2d_op, {&x}, options);
}
Tensor average_pool2d(Operand x, const PoolOptions& options) {
  return add_pool(average_pool2d_op, {&x}, options);
}
Tensor max_pool2d_pick(Operand values, Operand x, const PoolOptions& options) {
  return add_pool(max_pool2d_pick_op, {&values, &x}, options);
}
Tensor max_pool2d_input_gradient(Operand dy, Operand x, const PoolOptions& options) {
  return add_pool(max_pool2d_input_gradient_op, {&dy, &x}, options);
}
Tensor average_pool2d_input_gradient(Operand dy, Operand model, const PoolOptions& options) {
  return add_pool(average_pool2d_input_gradient_op, {&dy, &model}, options);
}

}  // namespace gradus
