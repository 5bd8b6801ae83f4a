#include <cmath>

#include <gtest/gtest.h>

#include <gradus/check_gradients.h>
#include <gradus/gradients.h>

#include "ops/wrong_input.h"

namespace gradus {
namespace {

// y, the gradients of the sum of w y by the xs, and those of the sum of v times these by the xs.
std::vector<Array> derivatives(const Tensor& y, const std::vector<Tensor>& xs) {
  Graph g(y.shared_state());
  const Tensor w = g.constant({{1, 2, 3}, {4, -5, 6}, {-7, 8, 0.5}}, float64);
  const Tensor v = g.constant({{0.5, -1, 2}, {1, 3, -2}, {0.25, 1, 1}}, float64);
  const auto columns_of = [](const Tensor& all, const Tensor& like) {
    return slice(all, {{}, {.stop = like.shape()[1]}});
  };
  const std::vector<Tensor> first = gradients(reduce_sum(columns_of(w, y) * y), xs);
  Tensor sum = g.constant(0, float64);
  for (std::size_t i = 0; i < xs.size(); ++i)
    sum = sum + reduce_sum(columns_of(v, xs[i]) * first[i]);
  std::vector<Tensor> all{y};
  all.insert(all.end(), first.begin(), first.end());
  for (const Tensor& second : gradients(sum, xs)) all.push_back(second);
  Session session(g, {.threads = 1});
  return session.run(all);
}

void expect_all_close(const std::vector<Array>& found, const std::vector<Array>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].shape(), expected[i].shape());
    for (std::size_t k = 0; k < static_cast<std::size_t>(found[i].size()); ++k)
      EXPECT_NEAR(found[i].values<double>()[k], expected[i].values<double>()[k], 1e-12)
          << "array " << i << ", element " << k;
  }
}

Array numbers(const Values& values) { return Array(values, float64); }

// PyTorch 1.13 in float64: torch.linalg.cholesky(x @ x.mT + torch.eye(3)), and torch.autograd.grad
// with create_graph=True of (w * y).sum() and of (v * dx).sum().
TEST(Cholesky, has_the_values_and_gradients_of_PyTorch) {
  Graph g;
  const Tensor x = g.constant({{1, 2, 0.5}, {-1, 0.25, 3}, {0.5, -2, 1}}, float64);
  const Tensor product = matmul(x, x, {.transpose_b = true});
  const Tensor y = cholesky(product + eye(g, 3, float64));
  expect_all_close(
      derivatives(y, {x}),
      {numbers(
           {{2.5, 0, 0}, {0.4, 3.30189339621981, 0}, {-1.2, 0.751084212118792, 2.06055150537566}}),
       numbers({{-6.15642484041483, 3.77030008378248, 5.35228464232085},
                {6.30161457334976, 0.8813379068634, -2.25844391442698},
                {-5.30868022641431, -6.01809552316537, 5.81444503335944}}),
       numbers({{-8.90148961581532, 8.1105270323458, -12.2531357788541},
                {5.82755491674039, -5.69337512699202, 8.80223437519203},
                {-6.03097599213531, 0.805167177147486, -8.07950922958486}})});
}

// The same of torch.linalg.solve(a, b), whose first pivot is 0 without an exchange of rows.
TEST(Solve, has_the_values_and_gradients_of_PyTorch) {
  Graph g;
  const Tensor a = g.constant({{0, 2, 1}, {4, -1, 3}, {2, 5, -6}}, float64);
  const Tensor b = g.constant({{1, 2}, {3, -4}, {0.5, 6}}, float64);
  expect_all_close(derivatives(solve(a, b), {a, b}),
                   {numbers({{0.554878048780488, -0.536585365853659},
                             {0.317073170731707, 1.1219512195122},
                             {0.365853658536585, -0.24390243902439}}),
                    numbers({{0.34332242712671, 0.0568114217727541, 0.215645449137418},
                             {0.625892325996431, -0.966389054134444, 0.310826888756692},
                             {-0.992638310529447, 0.652290303390839, -0.560678167757287}}),
                    numbers({{-0.524390243902439, 0.0975609756097562},
                             {-0.231707317073171, 0.926829268292683},
                             {0.963414634146341, -0.853658536585366}}),
                    numbers({{0.303725461035098, -0.053948542534206, 0.163890541344438},
                             {0.109700327186199, -0.367675490779298, -0.194601427721594},
                             {-0.363381171921475, 0.833172218917311, 0.0472189173111244}}),
                    numbers({{-0.419207317073171, 0.0884146341463416},
                             {0.0533536585365853, 0.00914634146341464},
                             {0.0198170731707318, -0.399390243902439}})});
}

// The same of torch.linalg.solve_triangular(a.mT, b, upper=True).
TEST(TriangularSolve, has_the_values_and_gradients_of_PyTorch) {
  Graph g;
  const Tensor a = g.constant({{2, 7, 7}, {1, -4, 7}, {3, 0.5, 5}}, float64);
  const Tensor b = g.constant({{1, 2}, {3, -4}, {0.5, 6}}, float64);
  expect_all_close(
      derivatives(triangular_solve(a, b, {.lower = true, .transpose = true}), {a, b}),
      {numbers({{0.71875, -1.375}, {-0.7375, 1.15}, {0.1, 1.2}}),
       numbers({{1.015625, 0, 0}, {-0.78125, -2.3703125, 0}, {-1.25, -1.7125, -0.85875}}),
       numbers({{0.5, 1}, {-0.875, 1.5}, {-1.6125, 0.85}}),
       numbers({{0.38671875, 0, 0}, {0.175, -3.213046875, 0}, {0.3375, -1.4325, 0.6235}}),
       numbers({{-0.125, -0.25}, {-0.5625, 1.3125}, {0.60375, -0.50125}})});
}

TEST(Solve, takes_a_vector_for_one_column_of_each_matrix) {
  Graph g;
  const Tensor a = g.constant({{{2, 0}, {0, 4}}, {{0, 1}, {1, 0}}});
  EXPECT_EQ(value(solve(a, g.constant({2, 8}))), Array({{1, 2}, {8, 2}}));
  // Of rank 2, b is a matrix, whatever its size: NumPy's rule since 2.0.
  EXPECT_EQ(value(solve(a, g.constant({{2, 8}, {4, 0}}))),
            Array({{{1, 4}, {1, 0}}, {{4, 0}, {2, 8}}}));
  EXPECT_EQ(triangular_solve(a, g.constant({2, 8})).shape(), (Shape{2, 2}));
  const Tensor unknown = g.placeholder("a", {any_size, any_size});
  const Tensor column = solve(unknown, g.placeholder("b", {any_size}));
  EXPECT_EQ(column.shape(), Shape{any_size});
}

TEST(TriangularSolve, reads_one_triangle_alone) {
  Graph g;
  const double nan = std::nan("");
  const Tensor lower = g.constant({{2.0, nan}, {1.0, 4.0}}), b = g.constant({{2}, {5}});
  EXPECT_EQ(value(triangular_solve(lower, b)), Array({{1}, {1}}));
  EXPECT_EQ(value(cholesky(g.constant({{4.0, nan}, {2.0, 5.0}}))), Array({{2, 0}, {1, 2}}));
  const Tensor upper = g.constant({{2.0, 1.0}, {nan, 4.0}});
  EXPECT_EQ(value(triangular_solve(upper, g.constant({{3}, {4}}), {.lower = false})),
            Array({{1}, {1}}));
}

TEST(Solve, lets_nan_pass) {
  Graph g;
  const Tensor x = solve(g.constant({{std::nan(""), 1.0}, {1.0, 1.0}}), g.constant({1, 2}));
  EXPECT_TRUE(std::isnan(value(x).values<float>()[0]));
}

TEST(Solve, has_the_same_bits_for_any_number_of_threads) {
  for (const DType dtype : {float32, float64}) {
    Graph g;
    const Tensor a = g.placeholder("a", {any_size, any_size, any_size}, dtype);
    const Tensor b = g.placeholder("b", {any_size, any_size}, dtype);
    const Tensor spd = matmul(a, a, {.transpose_b = true}) + diag(ones_like(diag_part(a)));
    const std::vector<Tensor> all{solve(a, b), cholesky(spd), triangular_solve(cholesky(spd), b)};
    Session one(g, {.threads = 1}), three(g, {.threads = 3});
    for (const std::int64_t n : {2, 70}) {
      const std::vector<Feed> feeds{{a, sample({9, n, n}, dtype, 1)},
                                    {b, sample({n, 5}, dtype, 2)}};
      EXPECT_EQ(one.run(all, feeds), three.run(all, feeds));
    }
  }
}

// 200 equations: what is left of a x - b, and of l l^T - a, is rounding.
TEST(Solve, of_many_equations_leaves_no_more_than_rounding) {
  Graph g;
  const std::int64_t n = 200;
  const Tensor a = g.constant(sample({n, n}, float64, 1)),
               b = g.constant(sample({n, 3}, float64, 2));
  const Tensor x = solve(a, b), rest = matmul(a, x) - b;
  const Tensor spd = matmul(a, a, {.transpose_b = true}) + eye(g, n, float64);
  const Tensor l = cholesky(spd), difference = matmul(l, l, {.transpose_b = true}) - spd;
  EXPECT_LT(value(reduce_max(abs(rest))).item<double>(), 5e-12);
  EXPECT_LT(value(reduce_max(abs(difference))).item<double>(), 5e-12);
}

TEST(Cholesky, has_gradients_that_check_gradients_confirms) {
  Graph g;
  const Variable x = g.variable("x", Array({{5, 9, 9}, {1, 6, 9}, {2, -1, 7}}));
  const Tensor l = cholesky(x);
  const Tensor y = triangular_solve(l, g.constant({1, 2, 3}));
  Session session(g);
  EXPECT_TRUE(check_gradients(session, reduce_sum(square(y)), {x}).ok());
}

using WrongSolve = WrongInput;

TEST_F(WrongSolve, matrices_that_do_not_fit_are_refused) {
  const std::string tail = "\n  at  here, node \"";
  EXPECT_EQ(refusal<ShapeError>([&] { cholesky(m); }),
            "cholesky: a must be square matrices, got [2, 3]" + tail +
                "cholesky\"\n  a   \"m\"  float32 [2, 3]");
  const Tensor a = g.placeholder("a", {5, 2, 2}), b = g.placeholder("b", {4, 2, 1});
  EXPECT_EQ(refusal<ShapeError>([&] { solve(a, b); }),
            "solve: batches do not broadcast: [5, 2, 2] and [4, 2, 1]" + tail +
                "solve\"\n  a   \"a\"  float32 [5, 2, 2]\n  b   \"b\"  float32 [4, 2, 1]");
  EXPECT_EQ(refusal<ShapeError>([&] { triangular_solve(a, n); }),
            "triangular_solve: a [5, 2, 2] and b [4, 5] have 2 and 4 rows" + tail +
                "triangular_solve\"\n  a   \"a\"  float32 [5, 2, 2]\n  b   \"n\"  float32 [4, 5]");
  EXPECT_EQ(refusal<ShapeError>([&] { solve(a, 1); }),
            "solve: b must be matrices, got []" + tail +
                "solve\"\n  a   \"a\"  float32 [5, 2, 2]\n  b   1    float32 []");
}

TEST_F(WrongSolve, sizes_that_a_run_knows_are_refused_in_it) {
  const Tensor a = g.placeholder("a", {any_size, any_size});
  const Tensor y = cholesky(a);
  EXPECT_EQ(refusal<ShapeError>([&] {
              value(y, {{a, Array::zeros({2, 3})}});
            }),
            "cholesky: a must be square matrices, got [2, 3]\n  at  " + to_text(y.where()) +
                ", node \"cholesky\"\n  a   \"a\"  float32 [2, 3]");
}

// The first of those that are wrong, whichever thread meets its own first; and the same where the
// compiler tries to fold constants.
TEST_F(WrongSolve, matrices_without_a_solution_are_refused_by_number) {
  Array identities = Array::zeros({3000, 3, 3});
  for (std::size_t row = 0; row < 9000; ++row)
    identities.mutable_values<float>()[row / 3 * 9 + row % 3 * 4] = 1;
  Array zeros = identities;
  for (const std::size_t number : {2500u, 1750u, 1700u})
    zeros.mutable_values<float>()[number * 9 + 4] = 0;
  const Tensor fed = g.placeholder("a", {any_size, 3, 3}), b = g.constant({1, 2, 3});
  for (const Tensor& a : {fed, g.constant(zeros)})
    for (const int threads : {1, 3}) {
      const std::vector<Feed> feeds =
          a.id() == fed.id() ? std::vector<Feed>{{fed, zeros}} : std::vector<Feed>{};
      const auto first_line = [&](const Tensor& y) {
        const std::string text =
            refusal<DataError>([&] { Session(g, {.threads = threads}).run(y, feeds); });
        EXPECT_NE(text.find("\n  at  " + to_text(y.where()) + ", node \""), text.npos) << text;
        return text.substr(0, text.find('\n'));
      };
      EXPECT_EQ(first_line(cholesky(a)),
                "cholesky: matrix 1700 is not positive definite: the square of [1, 1] would be 0");
      const Tensor column = expand_dims(b, -1);
      EXPECT_EQ(first_line(triangular_solve(a, column)),
                "triangular_solve: matrix 1700 is singular: element [1, 1] is 0");
      EXPECT_EQ(first_line(solve(a, column)), "solve: matrix 1700 is singular: pivot 1 is 0");
    }
}

TEST_F(WrongSolve, a_matrix_that_holds_nan_has_no_factor) {
  const Tensor y = cholesky(g.constant({{1.0, 0.0}, {std::nan(""), 1.0}}));
  const std::string text = refusal<DataError>([&] { value(y); });
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "cholesky: matrix 0 is not positive definite: the square of [1, 1] would be nan");
}

}  // namespace
}  // namespace gradus
