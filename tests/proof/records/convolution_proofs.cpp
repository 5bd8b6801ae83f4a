#include <algorithm>
#include <cmath>

#include <gradus/op/records.h>

#include "proof/proof.h"

namespace gradus::proof {
namespace {

// Along one axis: result i reads the elements i stride - before + k dilation.
struct Steps {
  std::int64_t stride = 1, dilation = 1, before = 0, results = 0;

  // With pads before and after; same: as many as results need, the odd one after.
  static Steps padded(std::int64_t size, std::int64_t window, std::int64_t stride,
                      std::int64_t dilation, std::int64_t before, std::int64_t after) {
    const std::int64_t span = (window - 1) * dilation + 1;
    return {stride, dilation, before, (size + before + after - span) / stride + 1};
  }
  static Steps same(std::int64_t size, std::int64_t window, std::int64_t stride,
                    std::int64_t dilation) {
    const std::int64_t span = (window - 1) * dilation + 1;
    const std::int64_t results = (size + stride - 1) / stride;
    const std::int64_t pads = std::max<std::int64_t>((results - 1) * stride + span - size, 0);
    return {stride, dilation, pads / 2, results};
  }
  std::int64_t place(std::int64_t result, std::int64_t k) const {
    return result * stride - before + k * dilation;
  }
};

// One way to convolve: its options, and what they mean for an axis.
struct Way {
  ConvolutionOptions options;
  Steps (*steps)(int axis, std::int64_t size, std::int64_t window);
};
const Way valid{{}, [](int, std::int64_t size, std::int64_t window) {
                  return Steps::padded(size, window, 1, 1, 0, 0);
                }};
const Way same{{.strides = {2, 1}, .padding = Padding::same, .dilations = {1, 2}},
               [](int axis, std::int64_t size, std::int64_t window) {
                 return axis == 0 ? Steps::same(size, window, 2, 1)
                                  : Steps::same(size, window, 1, 2);
               }};
const Way around{{.strides = {1, 3}, .padding = {2, 1, 0, 2}, .dilations = {2, 1}},
                 [](int axis, std::int64_t size, std::int64_t window) {
                   return axis == 0 ? Steps::padded(size, window, 1, 2, 2, 1)
                                    : Steps::padded(size, window, 3, 1, 0, 2);
                 }};

// Calls f(index of x, of the filter, of y) for each product of a convolution.
using Indexed = std::function<void(const Indices&, const Indices&, const Indices&)>;
void for_products(const Way& way, const Indices& x, const Indices& w, const Indexed& f) {
  const Steps down = way.steps(0, x[1], w[0]), right = way.steps(1, x[2], w[1]);
  for (std::int64_t b = 0; b < x[0]; ++b)
    for (std::int64_t i = 0; i < down.results; ++i)
      for (std::int64_t j = 0; j < right.results; ++j)
        for (std::int64_t k = 0; k < w[0]; ++k)
          for (std::int64_t l = 0; l < w[1]; ++l) {
            const std::int64_t p = down.place(i, k), q = right.place(j, l);
            if (p < 0 || p >= x[1] || q < 0 || q >= x[2]) continue;
            for (std::int64_t c = 0; c < x[3]; ++c)
              for (std::int64_t o = 0; o < w[3]; ++o) f({b, p, q, c}, {k, l, c, o}, {b, i, j, o});
          }
}
Indices result_shape(const Way& way, const Indices& x, const Indices& w) {
  return {x[0], way.steps(0, x[1], w[0]).results, way.steps(1, x[2], w[1]).results, w[3]};
}

struct Sum {
  Value y;
  explicit Sum(const Indices& shape) : y(Value::from(shape, [](const Indices&) { return 0; })) {
    y.scale.assign(y.at.size(), 0);
  }
  void add(const Indices& index, Real term) {
    y.at[y.place(index)] += term;
    y.scale[y.place(index)] += 4 * std::abs(term);
  }
};

Oracle forward(const Way& way) {
  return [&way](const Values& v) {
    Sum sum(result_shape(way, v[0].shape, v[1].shape));
    for_products(way, v[0].shape, v[1].shape,
                 [&](const Indices& x, const Indices& w, const Indices& y) {
                   sum.add(y, v[0][x] * v[1][w]);
                 });
    return sum.y;
  };
}
Oracle to_input(const Way& way) {
  return [&way](const Values& v) {
    Sum sum(v[2].shape);
    for_products(way, v[2].shape, v[1].shape,
                 [&](const Indices& x, const Indices& w, const Indices& y) {
                   sum.add(x, v[0][y] * v[1][w]);
                 });
    return sum.y;
  };
}
Oracle to_filter(const Way& way) {
  return [&way](const Values& v) {
    Sum sum(v[2].shape);
    for_products(way, v[1].shape, v[2].shape,
                 [&](const Indices& x, const Indices& w, const Indices& y) {
                   sum.add(w, v[0][y] * v[1][x]);
                 });
    return sum.y;
  };
}
// Of stride [2, 1] and dilation [1, 2]: n windows lie over the image that is made.
Value transposed(const Values& v, bool is_same) {
  const Way& way = is_same ? same : valid;
  const Indices &x = v[0].shape, &w = v[1].shape;
  const Indices made = is_same ? Indices{x[0], 2 * x[1], x[2], w[2]}
                               : Indices{x[0], x[1] + w[0] - 1, x[2] + w[1] - 1, w[2]};
  return to_input(way).value({v[0], v[1], Value::from(made, [](const Indices&) { return 0; })});
}

std::vector<Proof> proofs_of(const Way& way, const std::string& name,
                             const std::vector<std::vector<Shape>>& cases) {
  std::vector<std::vector<Shape>> input_cases, filter_cases;
  for (const std::vector<Shape>& shapes : cases) {
    const Shape y(result_shape(way, shapes[0].to_vector(), shapes[1].to_vector()));
    input_cases.push_back({y, shapes[1], shapes[0]});
    filter_cases.push_back({y, shapes[0], shapes[1]});
  }
  return {
      {.op = &conv2d_op,
       .name = "conv2d_" + name,
       .call = [&way](const Tensors& x) { return conv2d(x[0], x[1], way.options); },
       .oracle = forward(way),
       .operands = {{}, {}},
       .shapes = cases},
      {.op = &conv2d_input_grad_op,
       .name = "conv2d_input_gradient_" + name,
       .call =
           [&way](const Tensors& x) { return conv2d_input_grad(x[0], x[1], x[2], way.options); },
       .oracle = to_input(way),
       .operands = {{}, {}, {}},
       .shapes = input_cases},
      {.op = &conv2d_filter_grad_op,
       .name = "conv2d_filter_gradient_" + name,
       .call =
           [&way](const Tensors& x) { return conv2d_filter_grad(x[0], x[1], x[2], way.options); },
       .oracle = to_filter(way),
       .operands = {{}, {}, {}},
       .shapes = filter_cases}};
}

// One way to pool, as of convolutions.
struct Pooling {
  PoolOptions options;
  Steps (*steps)(int axis, std::int64_t size);
};
const Pooling halved{{}, [](int, std::int64_t size) { return Steps::padded(size, 2, 2, 1, 0, 0); }};
const Pooling pooled_same{{.window = {2, 3}, .strides = {1, 2}, .padding = Padding::same},
                          [](int axis, std::int64_t size) {
                            return axis == 0 ? Steps::same(size, 2, 1, 1)
                                             : Steps::same(size, 3, 2, 1);
                          }};
const Pooling pooled_around{{.window = {3, 2}, .strides = {2, 1}, .padding = {1, 2, 0, 1}},
                            [](int axis, std::int64_t size) {
                              return axis == 0 ? Steps::padded(size, 3, 2, 1, 1, 2)
                                               : Steps::padded(size, 2, 1, 1, 0, 1);
                            }};

const Pooling pooled_apart{
    {.window = {2, 2}, .strides = {1, 2}, .padding = {1, 0, 0, 1}, .dilations = {2, 1}},
    [](int axis, std::int64_t size) {
      return axis == 0 ? Steps::padded(size, 2, 1, 2, 1, 0) : Steps::padded(size, 2, 2, 1, 0, 1);
    }};

// y of one number per window and channel: f(indices of x in the window).
Value over_windows(const Pooling& pooling, const Indices& x,
                   const std::function<Real(const Indices&, const std::vector<Indices>&)>& f) {
  const Steps down = pooling.steps(0, x[1]), right = pooling.steps(1, x[2]);
  return Value::from({x[0], down.results, right.results, x[3]}, [&](const Indices& y) {
    std::vector<Indices> inside;
    for (std::int64_t k = 0; k < pooling.options.window[0]; ++k)
      for (std::int64_t l = 0; l < pooling.options.window[1]; ++l) {
        const std::int64_t p = down.place(y[1], k), q = right.place(y[2], l);
        if (p >= 0 && p < x[1] && q >= 0 && q < x[2]) inside.push_back({y[0], p, q, y[3]});
      }
    return f(y, inside);
  });
}
const Indices& largest_of(const Value& x, const std::vector<Indices>& inside) {
  // The first NaN, if there is one, or the first largest.
  return *std::ranges::min_element(inside, [&](const Indices& a, const Indices& b) {
    return std::isnan(x[a]) ? !std::isnan(x[b]) : x[a] > x[b];
  });
}

std::vector<Proof> pools_of(const Pooling& pooling, const std::string& name) {
  const std::vector<Shape> images{{1, 3, 3, 1}, {2, 3, 2, 1}, {1, 2, 3, 2},  {0, 3, 3, 1},
                                  {1, 3, 3, 0}, {3, 9, 8, 5}, {2, 31, 30, 3}};
  std::vector<std::vector<Shape>> one, two, with_dy;
  for (const Shape& x : images) {
    const Value y = over_windows(pooling, x.to_vector(),
                                 [](const Indices&, const std::vector<Indices>&) { return 0; });
    one.push_back({x});
    two.push_back({x, x});
    with_dy.push_back({Shape(y.shape), x});
  }
  return {
      {.op = &max_pool2d_op,
       .name = "max_pool2d_" + name,
       .call = [&pooling](const Tensors& x) { return max_pool2d(x[0], pooling.options); },
       .oracle =
           [&pooling](const Values& v) {
             return over_windows(pooling, v[0].shape,
                                 [&](const Indices&, const std::vector<Indices>& inside) {
                                   return v[0][largest_of(v[0], inside)];
                                 });
           },
       .operands = {{}},
       .shapes = one,
       .units = 0},
      {.op = &max_pool2d_pick_op,
       .name = "max_pool2d_pick_" + name,
       .call =
           [&pooling](const Tensors& x) { return max_pool2d_pick(x[0], x[1], pooling.options); },
       .oracle =
           [&pooling](const Values& v) {
             return over_windows(pooling, v[1].shape,
                                 [&](const Indices&, const std::vector<Indices>& inside) {
                                   return v[0][largest_of(v[1], inside)];
                                 });
           },
       .operands = {{}, {}},
       .shapes = two,
       .units = 0},
      {.op = &max_pool2d_grad_op,
       .name = "max_pool2d_input_gradient_" + name,
       .call =
           [&pooling](const Tensors& x) { return max_pool2d_grad(x[0], x[1], pooling.options); },
       .oracle =
           [&pooling](const Values& v) {
             Sum sum(v[1].shape);
             over_windows(pooling, v[1].shape,
                          [&](const Indices& y, const std::vector<Indices>& inside) {
                            sum.add(largest_of(v[1], inside), v[0][y]);
                            return 0;
                          });
             return sum.y;
           },
       .operands = {{}, {}},
       .shapes = with_dy},
      {.op = &average_pool2d_op,
       .name = "average_pool2d_" + name,
       .call = [&pooling](const Tensors& x) { return average_pool2d(x[0], pooling.options); },
       .oracle =
           [&pooling](const Values& v) {
             Value y = over_windows(pooling, v[0].shape,
                                    [&](const Indices&, const std::vector<Indices>& inside) {
                                      Real sum = 0;
                                      for (const Indices& i : inside) sum += v[0][i];
                                      return sum / static_cast<Real>(inside.size());
                                    });
             y.scale.assign(y.at.size(), 12);
             return y;
           },
       .operands = {{}},
       .shapes = one},
      {.op = &average_pool2d_grad_op,
       .name = "average_pool2d_input_gradient_" + name,
       .call = [&pooling](
                   const Tensors& x) { return average_pool2d_grad(x[0], x[1], pooling.options); },
       .oracle =
           [&pooling](const Values& v) {
             Sum sum(v[1].shape);
             over_windows(pooling, v[1].shape,
                          [&](const Indices& y, const std::vector<Indices>& inside) {
                            for (const Indices& i : inside)
                              sum.add(i, v[0][y] / static_cast<Real>(inside.size()));
                            return 0;
                          });
             return sum.y;
           },
       .operands = {{}, {}},
       .shapes = with_dy}};
}

// Images and filters that suit all ways.
const std::vector<std::vector<Shape>> cases{
    {{1, 3, 3, 1}, {2, 2, 1, 1}}, {{2, 3, 2, 1}, {2, 1, 1, 2}},  {{1, 2, 3, 2}, {1, 2, 2, 2}},
    {{0, 3, 3, 1}, {2, 2, 1, 1}}, {{1, 3, 3, 0}, {2, 2, 0, 1}},  {{1, 3, 3, 1}, {2, 2, 1, 0}},
    {{3, 9, 8, 5}, {3, 3, 5, 7}}, {{2, 40, 41, 3}, {5, 4, 3, 2}}};

}  // namespace

std::vector<Proof> convolution_proofs() {
  std::vector<Proof> proofs{
      {.op = &conv2d_transpose_op,
       .call = [](const Tensors& x) { return conv2d_transpose(x[0], x[1], valid.options); },
       .oracle = [](const Values& v) { return transposed(v, false); },
       .operands = {{}, {}},
       .shapes = {{{1, 2, 2, 1}, {2, 2, 1, 1}},
                  {{2, 1, 3, 2}, {2, 1, 1, 2}},
                  {{0, 2, 2, 1}, {2, 2, 1, 1}},
                  {{2, 9, 8, 5}, {3, 2, 4, 5}}}},
      {.op = &conv2d_transpose_op,
       .name = "conv2d_transpose_same",
       .call = [](const Tensors& x) { return conv2d_transpose(x[0], x[1], same.options); },
       .oracle = [](const Values& v) { return transposed(v, true); },
       .operands = {{}, {}},
       .shapes = {{{1, 2, 2, 1}, {2, 2, 1, 1}},
                  {{1, 2, 3, 2}, {3, 2, 1, 2}},
                  {{0, 2, 2, 1}, {2, 2, 1, 1}}}},
  };
  for (const auto& [way, name] :
       {std::pair{&valid, "valid"}, std::pair{&same, "same"}, std::pair{&around, "explicit"}})
    for (Proof& proof : proofs_of(*way, name, cases)) proofs.push_back(std::move(proof));
  for (const auto& [pooling, name] :
       {std::pair{&halved, "halved"}, std::pair{&pooled_same, "same"},
        std::pair{&pooled_around, "explicit"}, std::pair{&pooled_apart, "dilated"}})
    for (Proof& proof : pools_of(*pooling, name)) proofs.push_back(std::move(proof));
  return proofs;
}

}  // namespace gradus::proof
