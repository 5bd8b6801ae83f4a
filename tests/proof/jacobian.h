// Jacobians at a point, in float64: by gradients(), and by finite differences of two step sizes,
// from which the bound of their error follows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <gradus/graph.h>
#include <gradus/session.h>

#include "proof/proof.h"

namespace gradus::proof {

// [element of all xs, one after the other][element of y]
using Matrix = std::vector<std::vector<double>>;

struct Differences {
  Matrix values, bounds;
};

// Where functions of placeholders are evaluated.
class Point {
 public:
  Point(const Graph& graph, Tensors xs, std::vector<Array> at)
      : session_(graph, {.threads = 1}), xs_(std::move(xs)), at_(std::move(at)) {}

  const Tensors& xs() const { return xs_; }
  const std::vector<Array>& at() const { return at_; }
  Array value(const Tensor& y);

  // d y / d xs from dxs = gradients(y, xs, dy), one row of y at a time.
  Matrix symbolic(const Tensor& y, const Tensor& dy, const Tensors& dxs);
  // Five points: f' = (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h + O(h^4), for h and h / 2.
  Differences numeric(const Tensor& y);

 private:
  std::vector<Feed> feeds() const;
  std::vector<double> five_points(const Tensor& y, double& x, double h, double& largest);

  Session session_;
  Tensors xs_;
  std::vector<Array> at_;
};

// The first element that is wrong, not a number, or not decided by the differences.
std::optional<std::string> difference(const Matrix& symbolic, const Differences& numeric);

}  // namespace gradus::proof
