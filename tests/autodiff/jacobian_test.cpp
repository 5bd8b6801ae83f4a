// Every gradient rule by the full Jacobian, to second order, in float64.
#include <algorithm>
#include <cmath>
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <gradus/gradients.h>
#include <gradus/graph.h>
#include <gradus/op_table.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "runtime/support.h"

namespace gradus {
namespace {

using Tensors = std::vector<Tensor>;

// A call at a point that lies away from kinks.
struct Case {
  const Op* op;
  std::string name;
  std::vector<Array> at;
  Tensor (*call)(const Tensors& x);

  friend std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }
};

// Distinct numbers, no two closer than 0.1, none closer to 0 than 0.25.
Array apart(const Shape& shape, double first = -1.1) {
  std::vector<double> values(static_cast<std::size_t>(shape.element_count()));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = first + 0.7 * static_cast<double>(i * 5 % values.size());
  return Array(shape, values);
}
Array positive(const Shape& shape) { return random_array(shape, "positive", 0.5, 2); }
Array any_sign(const Shape& shape, const std::string& name = "any") {
  return random_array(shape, name, -2, 2);
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {&add_op,
       "add",
       {any_sign({2, 3}), any_sign({3}, "b")},
       [](const Tensors& x) { return x[0] + x[1]; }},
      {&subtract_op,
       "subtract",
       {any_sign({2, 1}), any_sign({2, 3}, "b")},
       [](const Tensors& x) { return x[0] - x[1]; }},
      {&multiply_op,
       "multiply",
       {any_sign({2, 1}), any_sign({3}, "b")},
       [](const Tensors& x) { return x[0] * x[1]; }},
      {&divide_op,
       "divide",
       {any_sign({2, 3}), apart({3}, -2.3)},
       [](const Tensors& x) { return x[0] / x[1]; }},
      {&negative_op, "negative", {any_sign({3})}, [](const Tensors& x) { return -x[0]; }},
      {&square_op, "square", {any_sign({3})}, [](const Tensors& x) { return square(x[0]); }},
      {&sqrt_op, "sqrt", {positive({3})}, [](const Tensors& x) { return sqrt(x[0]); }},
      {&abs_op, "abs", {apart({4})}, [](const Tensors& x) { return abs(x[0]); }},
      {&sign_op, "sign", {apart({4})}, [](const Tensors& x) { return sign(x[0]); }},
      {&maximum_op,
       "maximum",
       {apart({4}), apart({4}, -0.8)},
       [](const Tensors& x) { return maximum(square(x[0]), x[1]); }},
      {&minimum_op,
       "minimum",
       {apart({4}), apart({4}, -0.8)},
       [](const Tensors& x) { return minimum(square(x[0]), x[1]); }},
      {&exp_op, "exp", {any_sign({3})}, [](const Tensors& x) { return exp(x[0]); }},
      {&expm1_op, "expm1", {any_sign({3})}, [](const Tensors& x) { return expm1(x[0]); }},
      {&log_op, "log", {positive({3})}, [](const Tensors& x) { return log(x[0]); }},
      {&log1p_op, "log1p", {positive({3})}, [](const Tensors& x) { return log1p(x[0]); }},
      {&elu_op, "elu", {apart({4})}, [](const Tensors& x) { return elu(x[0]); }},
      {&elu_op,
       "elu_of_another_alpha",
       {apart({4})},
       [](const Tensors& x) { return elu(x[0], 0.3); }},
      {&relu_op, "relu", {apart({4})}, [](const Tensors& x) { return relu(x[0]); }},
      {&sigmoid_op, "sigmoid", {any_sign({3})}, [](const Tensors& x) { return sigmoid(x[0]); }},
      {&softplus_op, "softplus", {any_sign({3})}, [](const Tensors& x) { return softplus(x[0]); }},
      {&tanh_op, "tanh", {any_sign({3})}, [](const Tensors& x) { return tanh(x[0]); }},
      {&select_op,
       "select",
       {apart({4}), any_sign({4}, "b"), any_sign({1}, "c")},
       [](const Tensors& x) { return select(x[0] > 0, exp(x[1]), square(x[2])); }},
      {&reduce_sum_op,
       "reduce_sum",
       {any_sign({2, 3})},
       [](const Tensors& x) { return reduce_sum(square(x[0])); }},
      {&reduce_sum_op,
       "reduce_sum_over_inner_and_outer_axes",
       {any_sign({2, 3, 2})},
       [](const Tensors& x) {
         return reduce_sum(square(x[0]), {0, -1}, true);
       }},
      {&reduce_mean_op,
       "reduce_mean",
       {any_sign({2, 3})},
       [](const Tensors& x) { return reduce_mean(square(x[0]), 0); }},
      {&reduce_max_op,
       "reduce_max",
       {apart({2, 3})},
       [](const Tensors& x) { return reduce_max(exp(x[0]), 1); }},
      {&reduce_max_op,
       "reduce_max_over_all",
       {apart({2, 3})},
       [](const Tensors& x) { return reduce_max(exp(x[0]), {}, true); }},
      {&matmul_op,
       "matmul",
       {any_sign({2, 3}), any_sign({3, 2}, "b")},
       [](const Tensors& x) { return matmul(x[0], x[1]); }},
      {&matmul_op,
       "matmul_of_a_transposed",
       {any_sign({3, 2}), any_sign({3, 2}, "b")},
       [](const Tensors& x) { return matmul(x[0], x[1], {.transpose_a = true}); }},
      {&matmul_op,
       "matmul_of_b_transposed",
       {any_sign({2, 3}), any_sign({2, 3}, "b")},
       [](const Tensors& x) { return matmul(x[0], x[1], {.transpose_b = true}); }},
      {&matmul_op,
       "matmul_of_both_transposed",
       {any_sign({3, 2}), any_sign({2, 3}, "b")},
       [](const Tensors& x) {
         return matmul(x[0], x[1], {.transpose_a = true, .transpose_b = true});
       }},
      {&reshape_op,
       "reshape",
       {any_sign({2, 3})},
       [](const Tensors& x) {
         return square(reshape(x[0], {3, -1}));
       }},
      {&transpose_op,
       "transpose",
       {any_sign({2, 3, 2})},
       [](const Tensors& x) {
         return square(transpose(x[0], {2, 0, 1}));
       }},
      {&reshape_like_op,
       "reshape_like",
       {any_sign({2, 3}), any_sign({3, 2}, "b")},
       [](const Tensors& x) { return reshape_like(square(x[0]), x[1]) * x[1]; }},
      {&expand_like_op,
       "expand_like",
       {any_sign({2}), any_sign({2, 3}, "b")},
       [](const Tensors& x) { return expand_like(square(x[0]), x[1], 1, false) * x[1]; }},
      {&broadcast_like_op,
       "broadcast_like",
       {any_sign({3}), any_sign({2, 1}, "b")},
       [](const Tensors& x) { return broadcast_like(square(x[0]), x[1]) * x[1]; }},
      {&sum_like_op,
       "sum_like",
       {any_sign({2, 3}), any_sign({2, 1}, "b")},
       [](const Tensors& x) { return sum_like(square(x[0]), x[1]) * x[1]; }},
      {&identity_op,
       "identity",
       {any_sign({3})},
       [](const Tensors& x) { return square(identity(x[0])); }},
      {&cast_op,
       "cast",
       {any_sign({3})},
       [](const Tensors& x) { return square(cast(x[0], float64)); }},
  };
  return all;
}

TEST(Jacobian, every_op_that_hands_down_gradients_is_checked) {
  std::set<const Op*> checked;
  for (const Case& c : cases()) checked.insert(c.op);
  for (const Op* op : all_ops())
    EXPECT_EQ(
        checked.contains(op),
        std::ranges::any_of(op->gradient, [](const auto& rule) { return static_cast<bool>(rule); }))
        << op->name;
}

// d[number of x element][number of y element]
using Matrix = std::vector<std::vector<double>>;

class Jacobian {
 public:
  Jacobian(Session& session, const Tensors& xs, std::vector<Array> at)
      : session_(session), xs_(xs), at_(std::move(at)) {}

  // By gradients(), one row of y at a time.
  Matrix symbolic(const Tensor& y, const Tensor& dy, const Tensors& dxs) {
    Matrix d;
    const std::int64_t n = session_.run(y, feeds()).size();
    for (std::int64_t j = 0; j < n; ++j) {
      Array row(session_.run(y, feeds()).shape(), float64);
      row.mutable_values<double>()[static_cast<std::size_t>(j)] = 1;
      std::vector<Feed> all = feeds();
      all.emplace_back(dy, row);
      std::size_t i = 0;
      for (const Array& dx : session_.run(dxs, all))
        for (double v : dx.values<double>()) {
          if (d.size() == i) d.emplace_back();
          d[i++].push_back(v);
        }
    }
    return d;
  }

  // By five points: f' = (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h + O(h^4).
  Matrix numeric(const Tensor& y) {
    constexpr double h = 0x1p-10;
    Matrix d;
    for (Array& x : at_)
      for (std::size_t i = 0; i < static_cast<std::size_t>(x.size()); ++i) {
        const double center = x.values<double>()[i];
        const auto f = [&](double offset) {
          x.mutable_values<double>()[i] = center + offset;
          const std::vector<double> values = session_.run(y, feeds()).to_vector<double>();
          x.mutable_values<double>()[i] = center;
          return values;
        };
        const auto a = f(-2 * h), b = f(-h), c = f(h), e = f(2 * h);
        d.emplace_back();
        for (std::size_t j = 0; j < a.size(); ++j)
          d.back().push_back((8 * (c[j] - b[j]) - (e[j] - a[j])) / (12 * h));
      }
    return d;
  }

 private:
  std::vector<Feed> feeds() const {
    std::vector<Feed> all;
    for (std::size_t i = 0; i < xs_.size(); ++i) all.emplace_back(xs_[i], at_[i]);
    return all;
  }

  Session& session_;
  Tensors xs_;
  std::vector<Array> at_;
};

void expect_jacobian(Graph& g, Session& session, const Tensor& y, const Tensors& xs,
                     const std::vector<Array>& at) {
  const Tensor dy = g.placeholder(fmt::format("row_of_{}", y.name()), y.shape(), float64);
  const Tensors dxs = gradients(y, xs, {.grad_ys = {dy}, .unconnected = Unconnected::zero});
  Jacobian jacobian(session, xs, at);
  const Matrix symbolic = jacobian.symbolic(y, dy, dxs), numeric = jacobian.numeric(y);
  ASSERT_EQ(symbolic.size(), numeric.size());
  for (std::size_t i = 0; i < numeric.size(); ++i)
    for (std::size_t j = 0; j < numeric[i].size(); ++j)
      EXPECT_LE(std::abs(symbolic[i][j] - numeric[i][j]),
                1e-9 * std::max(1.0, std::abs(numeric[i][j])))
          << fmt::format("dy[{}]/dx[{}] of {}: {} and {}", j, i, y.name(), symbolic[i][j],
                         numeric[i][j]);
}

// What is repeated must be known as 1 when the graph is built.
Shape mostly_unknown(const Shape& shape) {
  std::vector<std::int64_t> dimensions = shape.to_vector();
  for (std::int64_t& size : dimensions)
    if (size != 1) size = any;
  return dimensions;
}

class EveryRule : public testing::TestWithParam<Case> {};

TEST_P(EveryRule, has_the_jacobians_of_first_and_second_order) {
  const Case& c = GetParam();
  for (const bool is_known : {true, false}) {
    Graph g;
    Session session(g, {.threads = 1});
    Tensors xs;
    for (const Array& x : c.at)
      xs.push_back(g.placeholder(fmt::format("x{}", xs.size()),
                                 is_known ? x.shape() : mostly_unknown(x.shape()), float64));
    const Tensor y = c.call(xs);
    expect_jacobian(g, session, y, xs, c.at);

    const Tensor dy = g.placeholder("dy", y.shape(), float64);
    std::vector<Feed> feeds;
    for (std::size_t i = 0; i < xs.size(); ++i) feeds.emplace_back(xs[i], c.at[i]);
    std::vector<Array> at = c.at;
    at.push_back(any_sign(session.run(y, feeds).shape(), "upstream"));
    const Tensors dxs = gradients(y, xs, {.grad_ys = {dy}, .unconnected = Unconnected::zero});
    Tensors inputs = xs;
    inputs.push_back(dy);
    for (const Tensor& dx : dxs) expect_jacobian(g, session, dx, inputs, at);
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, EveryRule, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace gradus
