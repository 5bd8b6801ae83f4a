// hvp, jvp and jacobian: numbers of PyTorch, differences, shapes, refusals.
#include <gradus/derivatives.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "runtime/support.h"

namespace gradus {
namespace {

Array value_of(const Tensor& t, const std::vector<Feed>& feeds = {}) {
  Session session(Graph(t.shared_state()), {.threads = 1});
  return session.run(t, feeds);
}

void expect_near(const Array& found, const Array& expected, double tolerance) {
  ASSERT_EQ(found.shape(), expected.shape());
  ASSERT_EQ(found.dtype(), float64);
  const std::vector<double> a = found.to_vector<double>();
  const std::vector<double> b = expected.cast(float64).to_vector<double>();
  for (std::size_t i = 0; i < a.size(); ++i)
    EXPECT_NEAR(a[i], b[i], tolerance * std::max(1.0, std::abs(b[i]))) << "element " << i;
}

// The numbers are those of torch.autograd.functional.hvp, jvp and jacobian (PyTorch 1.13, float64)
// for the functions of the same formulas, printed with 12 decimals.
struct Numbers : testing::Test {
  Graph g;
  Tensor x = g.constant({0.5, -1, 2}, float64);
  Variable W = g.variable("W", Array({{0.1, -0.2, 0.3}, {0.4, 0.5, -0.6}}, float64));
  Variable b = g.variable("b", Array({0.7, -0.8}, float64));
  Tensor vW = g.constant({{1, 2, -1}, {0.5, -2, 3}}, float64);
  Tensor vb = g.constant({-1, 0.25}, float64);
  std::vector<Variable> variables{W, b};

  Tensor times(const Tensor& matrix, const Tensor& vector) {
    return reshape(matmul(matrix, reshape(vector, {3, 1})), {2});
  }
  Tensor b0 = slice(b, {{0, 1}});
};

TEST_F(Numbers, of_hvp_are_pytorchs) {
  const Tensor h = tanh(times(W, x) + b);
  const Tensor y =
      reduce_sum(exp(h) * g.constant({1, 2}, float64)) + reduce_sum(power(W, 3)) * reshape(b0, {});
  const std::vector<Tensor> product = hvp(y, variables, {vW, vb});
  expect_near(value_of(product[0]),
              Array({{1.929179801406, -4.878359602812, 4.626719205624},
                     {0.611379861475, -5.452759722951, -7.634480554098}},
                    float64),
              1e-11);
  expect_near(value_of(product[1]), Array({5.058359602812, 0.502759722951}, float64), 1e-11);
}

TEST_F(Numbers, of_jvp_are_pytorchs) {
  const Tensor first = tanh(times(W, x) + b), second = times(softmax(W), x * b0);
  const std::vector<Tensor> product = jvp({first, second}, variables, {vW, vb});
  expect_near(value_of(product[0]), Array({-0.742482351226, 0.334993959221}, float64), 1e-11);
  expect_near(value_of(product[1]), Array({-1.773959152309, 1.277438850657}, float64), 1e-11);
}

TEST_F(Numbers, of_a_jacobian_are_pytorchs) {
  const Tensor y = softmax(times(W, x) + b) * reduce_sum(W);
  expect_near(value_of(jacobian(y, W)),
              Array({{{9.842642032978e-01, 9.689625598484e-01, 9.995658467471e-01},
                      {9.740631076649e-01, 9.893647511142e-01, 9.587614642155e-01}},
                     {{1.573579670224e-02, 3.103744015157e-02, 4.341532529011e-04},
                      {2.593689233513e-02, 1.063524888579e-02, 4.123853578446e-02}}},
                    float64),
              1e-11);
}

TEST_F(Numbers, of_a_jacobian_of_a_jacobian_are_pytorchs) {
  const std::vector<Tensor> parts = unstack(x);
  const Tensor y = stack({square(parts[0]) * parts[1], sin(parts[1] * parts[2])});
  const Tensor second = jacobian(jacobian(y, x), x);
  EXPECT_EQ(second.shape(), (Shape{2, 3, 3}));
  expect_near(
      value_of(second),
      Array(
          {{{-2, 1, 0}, {1, 0, 0}, {0, 0, 0}},
           {{0, 0, 0}, {0, 3.637189707303, -2.234741690199}, {0, -2.234741690199, 0.909297426826}}},
          float64),
      1e-11);
}

// Functions of one x [3, 4], to compare derivatives with differences.
struct Case {
  const char* name;
  Tensor (*call)(const Tensor&);
};
const Case cases[] = {
    {"products", [](const Tensor& x) { return matmul(x * x, sin(x), {.transpose_b = true}); }},
    {"softmax", [](const Tensor& x) { return log_softmax(3 * x) * softmax(x); }},
    {"quotients", [](const Tensor& x) { return x / (2 + cos(x)) + sqrt(square(x) + 1); }},
    {"reductions", [](const Tensor& x) { return reduce_logsumexp(x, 0) * reduce_mean(x * x); }},
    {"parts",
     [](const Tensor& x) {
       return concat({slice(x, {{0, 2}}), tanh(x)}) * 2;
     }},
    {"windows",
     [](const Tensor& x) {
       return average_pool2d(reshape(exp(x), {1, 3, 4, 1}));
     }},
    {"rows", [](const Tensor& x) { return l2_normalize(x * x); }},
    {"sums", [](const Tensor& x) { return cumsum(x, 1) * elu(x); }},
};

TEST(Jvp, agrees_with_differences) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Graph g;
    const Tensor x = g.placeholder("x", {3, 4}, float64), v = g.placeholder("v", {3, 4}, float64);
    const Array at = random_array({3, 4}, "x"), along = random_array({3, 4}, "v");
    const Tensor y = c.call(x), moved = c.call(x + 1e-5 * v), back = c.call(x - 1e-5 * v);
    const std::vector<Feed> feeds{{x, at}, {v, along}};
    const Tensor slope = jvp({y}, {x}, {v})[0];
    EXPECT_EQ(slope.shape(), y.shape());
    expect_near(value_of(slope, feeds), value_of((moved - back) / 2e-5, feeds), 1e-8);
  }
}

TEST(Hvp, agrees_with_differences_of_gradients) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Graph g;
    const Tensor x = g.placeholder("x", {3, 4}, float64), v = g.placeholder("v", {3, 4}, float64);
    const std::vector<Feed> feeds{{x, random_array({3, 4}, "x")}, {v, random_array({3, 4}, "v")}};
    const auto gradient_at = [&](const Tensor& place) {
      return gradient(reduce_sum(square(c.call(place))), place);
    };
    const Tensor moved = gradient_at(x + 1e-5 * v), back = gradient_at(x - 1e-5 * v);
    expect_near(value_of(hvp(reduce_sum(square(c.call(x))), {x}, {v})[0], feeds),
                value_of((moved - back) / 2e-5, feeds), 1e-7);
  }
}

// J v and v^T J are products with the Jacobian.
TEST(Jacobian, agrees_with_the_products) {
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Graph g;
    const Tensor x = g.constant(random_array({3, 4}, "x")),
                 v = g.constant(random_array({12, 1}, "v"));
    const Tensor y = reshape(c.call(x), {-1});
    const Tensor J = jacobian(y, x);
    expect_near(value_of(matmul(reshape(J, {-1, 12}), v)),
                value_of(reshape(jvp({y}, {x}, {reshape(v, {3, 4})})[0], {-1, 1})), 1e-12);
  }
}

TEST(Jvp, can_be_differentiated_again) {
  Graph g;
  const Tensor x = g.constant({1, 2}, float64), v = g.constant({3, 5}, float64);
  const Tensor slope = jvp({power(x, 3)}, {x}, {v})[0];  // 3 x^2 v
  expect_near(value_of(gradient(reduce_sum(slope), x)), Array({18, 60}, float64), 1e-12);
  expect_near(value_of(jvp({slope}, {x}, {v})[0]), Array({54, 300}, float64), 1e-12);
}

TEST(Hvp, can_be_differentiated_again) {
  Graph g;
  const Tensor x = g.constant({1, 2}, float64), v = g.constant({3, 5}, float64);
  const Tensor product = hvp(reduce_sum(power(x, 4)), {x}, {v})[0];  // 12 x^2 v
  expect_near(value_of(product), Array({36, 240}, float64), 1e-12);
  expect_near(value_of(gradient(reduce_sum(product), x)), Array({72, 240}, float64), 1e-12);
}

// Not d(H x)/dx, though v is x.
TEST(Hvp, takes_directions_as_constants) {
  Graph g;
  const Tensor x = g.constant({1, 2}, float64);
  expect_near(value_of(hvp(reduce_sum(power(x, 3)), {x}, {x})[0]), Array({6, 24}, float64), 1e-12);
  expect_near(value_of(jvp({power(x, 3)}, {x}, {x * x})[0]), Array({3, 48}, float64), 1e-12);
}

// 0 in J and H, exactly.
TEST(Derivatives, are_0_where_nothing_depends) {
  Graph g;
  const Tensor a = g.constant({1, 2}, float64), b = g.constant({3, 4}, float64);
  const Tensor v = g.constant({7, 7}, float64);
  const std::vector<Tensor> linear = hvp(reduce_sum(a + square(b)), {a, b}, {v, v});
  EXPECT_EQ(value_of(linear[0]), Array({0, 0}, float64));
  EXPECT_EQ(value_of(linear[1]), Array({14, 14}, float64));
  const std::vector<Tensor> products = jvp({square(a), square(b)}, {b}, {v});
  EXPECT_EQ(value_of(products[0]), Array({0, 0}, float64));
  EXPECT_EQ(value_of(products[1]), Array({42, 56}, float64));
  EXPECT_EQ(value_of(jacobian(concat({a, b}), b)),
            Array({{0, 0}, {0, 0}, {1, 0}, {0, 1}}, float64));

  EXPECT_EQ(value_of(jacobian(a, b, Unconnected::zero)), Array({{0, 0}, {0, 0}}, float64));
  EXPECT_EQ(value_of(hvp(reduce_sum(a), {b}, {v}, Unconnected::zero)[0]), Array({0, 0}, float64));
  EXPECT_EQ(value_of(jvp({a}, {b}, {v}, Unconnected::zero)[0]), Array({0, 0}, float64));
}

TEST(Derivatives, know_sizes_in_the_run_alone) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, any_size}, float64);
  const Tensor v = g.placeholder("v", {any_size, 2}, float64);
  const std::vector<Feed> feeds{{x, Array({{1, 2}, {3, 4}, {5, 6}}, float64)},
                                {v, Array({{1, 0}, {0, 1}, {1, 1}}, float64)}};
  expect_near(value_of(jvp({square(x)}, {x}, {v})[0], feeds),
              Array({{2, 0}, {0, 8}, {10, 12}}, float64), 1e-12);
  expect_near(value_of(hvp(reduce_sum(power(x, 3)), {x}, {v})[0], feeds),
              Array({{6, 0}, {0, 24}, {30, 36}}, float64), 1e-12);
  const Tensor two = stack({reduce_sum(x), reduce_sum(square(x))});
  const Tensor J = jacobian(two, x);
  EXPECT_EQ(J.shape(), (Shape{2, any_size, any_size}));
  expect_near(value_of(J, feeds),
              Array({{{1, 1}, {1, 1}, {1, 1}}, {{2, 4}, {6, 8}, {10, 12}}}, float64), 1e-12);
}

TEST(Jacobian, has_the_shape_of_y_and_then_of_x) {
  Graph g;
  const Tensor s = g.constant(3, float64), m = g.constant({{1, 2, 3}}, float64);
  EXPECT_EQ(value_of(jacobian(square(s), s)), Array(6, float64));
  EXPECT_EQ(value_of(jacobian(s * m, s)), Array({{1, 2, 3}}, float64));
  EXPECT_EQ(value_of(jacobian(reduce_sum(m), m)), Array({{1, 1, 1}}, float64));
  EXPECT_EQ(value_of(jacobian(reshape(slice(m, {{0, 0}}), {0, 3}), m)),
            Array::zeros({0, 3, 1, 3}, float64));
  const Tensor wide = g.constant(Array::full({1, 1, 1, 1, 1, 1, 2}, 3, float64));
  EXPECT_EQ(value_of(jacobian(reduce_sum(wide, {0, 1, 2, 3, 4, 5}), wide)).shape(),
            (Shape{2, 1, 1, 1, 1, 1, 1, 2}));
}

TEST(Derivatives, refuse_directions_that_do_not_match) {
  Graph g, other;
  const Tensor x = g.placeholder("x", {any_size, 3}), narrow = g.placeholder("narrow", {2});
  const Tensor wide = g.placeholder("wide", {2, 3}, float64);
  const Tensor y = reduce_sum(x * x), foreign = other.placeholder("foreign", {2, 3});
  const auto both = [&]<class Error>(const std::vector<Tensor>& vs, const std::string& text) {
    EXPECT_EQ(message_of<Error>([&] { hvp(y, {x}, vs, Unconnected::error, user_line); }),
              "hvp: " + text + at_user_line);
    EXPECT_EQ(message_of<Error>([&] { jvp({y}, {x}, vs, Unconnected::error, user_line); }),
              "jvp: " + text + at_user_line);
  };
  const std::int64_t nodes = g.node_count();
  both.operator()<GraphError>({}, "0 vs for 1 xs");
  both.operator()<GraphError>({Tensor()}, "v is an empty Tensor");
  both.operator()<GraphError>({foreign}, "v \"foreign\" is of another graph than x \"x\"");
  both.operator()<ShapeError>({narrow}, "v \"narrow\" has shape [2], x \"x\" has [?, 3]");
  both.operator()<DTypeError>({wide}, "v \"wide\" is float64, x \"x\" is float32");
  EXPECT_EQ(g.node_count(), nodes);
}

TEST(Derivatives, refuse_what_gradients_refuse) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), z = g.placeholder("z", {2});
  const Tensor y = square(x);
  const auto refusal = [&](auto f) { return message_of<GraphError>(f); };
  const std::string no_path =
      "gradients: no path leads from x \"z\" to y \"square\"" + at_user_line;
  EXPECT_EQ(refusal([&] { jvp({y}, {z}, {z}, Unconnected::error, user_line); }), no_path);
  EXPECT_EQ(refusal([&] { jacobian(y, z, Unconnected::error, user_line); }), no_path);
  EXPECT_EQ(refusal([&] { jvp({}, {z}, {z}, Unconnected::error, user_line); }),
            "jvp: there is nothing to differentiate" + at_user_line);
  EXPECT_EQ(refusal([&] { hvp({}, {z}, {z}, Unconnected::error, user_line); }),
            "hvp: y is an empty Tensor" + at_user_line);
  EXPECT_EQ(refusal([&] { jacobian(y, {}, Unconnected::error, user_line); }),
            "jacobian: x is an empty Tensor" + at_user_line);
  EXPECT_EQ(message_of<ShapeError>([&] { hvp(y, {x}, {x}, Unconnected::error, user_line); }),
            "hvp: y \"square\" has shape [2], not []" + at_user_line);
}

TEST(Jacobian, refuses_shapes_that_it_cannot_have) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3});
  const auto refusal = [&](const Tensor& y, const Tensor& of) {
    return message_of<ShapeError>([&] { jacobian(y, of, Unconnected::error, user_line); });
  };
  EXPECT_EQ(refusal(exp(x), x),
            "jacobian: the shape of y \"exp\" must be known, it is [?, 3]" + at_user_line);
  const Tensor a = g.placeholder("a", {1, 1, 1, 1, 2});
  EXPECT_EQ(refusal(named(sin(a), "sine"), a),
            "jacobian: y \"sine\" [1, 1, 1, 1, 2] and x \"a\" [1, 1, 1, 1, 2] have more than 8 "
            "axes" +
                at_user_line);
  const Tensor large = g.placeholder("large", {1025, 1024});
  EXPECT_EQ(refusal(large, large),
            "jacobian: y \"large\" [1025, 1024] has more than 1048576 elements" + at_user_line);
}

TEST(Derivatives, stand_in_scopes_and_keep_the_lines_of_what_they_differentiate) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const Tensor y = exp(Operand(x, SourceLocation::current("forward.cpp", 7)));
  const Tensor slope = jvp({y}, {x}, {x}, Unconnected::error, user_line)[0];
  EXPECT_EQ(slope.name(), "jvp/gradients_1/multiply_no_nan");
  EXPECT_EQ(to_text(slope.where()), "forward.cpp:7");
  const Tensor J = jacobian(y, x, Unconnected::error, user_line);
  EXPECT_EQ(J.name(), "jacobian/reshape_like");
  EXPECT_EQ(to_text(J.where()), "model.cpp:41");
}

}  // namespace
}  // namespace gradus
