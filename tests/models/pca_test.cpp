#include <gradus/pca.h>

#include <cmath>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"
#include "support/error_text.h"

namespace gradus::models {
namespace {

// 400 points in 6 dimensions with deviations 5, 3, 1, 0.5, 0.2, 0.1 along rotated axes, mean
// removed.
Array centred_points() {
  constexpr std::int64_t n = 400, size = 6;
  const double deviations[] = {5, 3, 1, 0.5, 0.2, 0.1};
  Random random(11, "points");
  Array x = Array::zeros({n, size}, float64);
  const auto v = x.mutable_values<double>();
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = deviations[i % 6] * random.normal();
  for (std::size_t a = 0; a < 5; ++a)  // rotations by one radian in neighbouring planes
    for (std::size_t row = 0; row < n; ++row) {
      double& p = v[row * 6 + a];
      double& q = v[row * 6 + a + 1];
      const double turned = std::cos(1.0) * p - std::sin(1.0) * q;
      q = std::sin(1.0) * p + std::cos(1.0) * q;
      p = turned;
    }
  for (std::size_t column = 0; column < 6; ++column) {
    double mean = 0;
    for (std::size_t row = 0; row < n; ++row) mean += v[row * 6 + column] / n;
    for (std::size_t row = 0; row < n; ++row) v[row * 6 + column] -= mean;
  }
  return x;
}

TEST(Pca, components_are_orthonormal_and_variances_descend) {
  const Pca pca(centred_points(), 3);
  const auto c = pca.components().values<double>();
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      double dot = 0;
      for (std::size_t k = 0; k < 6; ++k) dot += c[i * 6 + k] * c[j * 6 + k];
      EXPECT_NEAR(dot, i == j, 1e-12);
    }
  const auto variances = pca.variances().values<double>();
  for (std::size_t i = 1; i < 6; ++i) EXPECT_GE(variances[i - 1], variances[i]);
  EXPECT_NEAR(std::sqrt(variances[0]), 5, 0.5);
}

TEST(Pca, the_error_is_the_sum_of_the_variances_left_out) {
  const Array x = centred_points();
  const Pca pca(x, 2);
  double rest = 0;
  for (std::size_t i = 2; i < 6; ++i) rest += pca.variances().values<double>()[i];
  EXPECT_NEAR(pca.reconstruction_error(x), rest, 1e-10);
}

TEST(Pca, all_components_reconstruct_exactly) {
  const Array x = centred_points();
  EXPECT_LT(Pca(x, 6).reconstruction_error(x), 1e-24);
}

TEST(Pca, of_integers_is_refused) {
  const Array x({{1, 2}, {3, 5}}, int64);
  EXPECT_EQ(refusal<DTypeError>([&] { Pca(x, 1); }),
            "pca: x must be float32 or float64, got int64\n  at  here");
  const Pca pca(x.cast(float64), 1);
  EXPECT_EQ(refusal<DTypeError>([&] { pca.encode(x); }),
            "pca: x must be float32 or float64, got int64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { pca.decode(Array({{1}}, int32)); }),
            "pca: code must be float32 or float64, got int32\n  at  here");
}

TEST(Pca, wrong_arguments_are_refused) {
  const SourceLocation nowhere;
  const Array x = centred_points();
  EXPECT_EQ(error_text<DataError>([&] { Pca(x, 7, nowhere); }), "pca: 7 components of [400, 6]");
  EXPECT_EQ(error_text<DataError>([&] { Pca(x, 0, nowhere); }), "pca: 0 components of [400, 6]");
  EXPECT_EQ(error_text<ShapeError>([&] {
              Pca(Array({1, 2}), 1, nowhere);
            }),
            "pca: x must be [n, size], got [2]");
  EXPECT_EQ(error_text<ShapeError>([&] {
              Pca(x, 2).encode(Array({{1, 2}}), nowhere);
            }),
            "pca: x must be [n, 6], got [1, 2]");
}

// A tied linear auto-encoder without nonlinearity can do no better than PCA, and reaches it.
TEST(LinearAutoEncoder, reaches_pcas_optimum_and_spans_its_plane) {
  const Array x64 = centred_points();
  const Array data = x64.cast(float32);
  const Pca pca(x64, 2);
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 6});
  AutoEncoder ae(g, {6, 2}, {.activation = "linear", .output_activation = "linear"});
  Tensor loss = reconstruction_error(ae(x), x);
  Tensor step = Adam{.learning_rate = 0.01}.minimize(loss);
  Session session(g, {.seed = 4});
  for (int i = 0; i < 3000; ++i) session.run(step, {{x, data}});

  const double optimum = pca.reconstruction_error(x64);
  const double reached = session.run(loss, {{x, data}}).item<double>();
  EXPECT_LE(reached, 1.001 * optimum);
  EXPECT_GE(reached, 0.999 * optimum);

  // Every row of W lies in the plane: its part along PCA's components is all of it.
  const auto W = session.value(ae.variables()[0]).cast(float64);
  for (std::int64_t row = 0; row < 2; ++row) {
    double length = 0, inside = 0;
    for (std::int64_t k = 0; k < 6; ++k) length += std::pow(W.at<double>({row, k}), 2);
    for (std::int64_t c = 0; c < 2; ++c) {
      double dot = 0;
      for (std::int64_t k = 0; k < 6; ++k)
        dot += W.at<double>({row, k}) * pca.components().at<double>({c, k});
      inside += dot * dot;
    }
    EXPECT_GE(inside / length, 0.999);
  }
}

}  // namespace
}  // namespace gradus::models
