// measure_slopes: derivatives by small steps, without any gradient rule.
//
//   for (const Slope& slope : measure_slopes(session, loss, W, {{x, images}}))
//     std::cout << slope.value;                    // dloss/dW at slope.index
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <gradus/array.h>
#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

// A difference quotient is wrong by about step^2 (the function bends) plus eps / step (y is
// rounded, eps = 2^-53 or 2^-24). So float32, of y or of x, needs a long step.
struct SlopeOptions {
  double step = 0;  // times max(1, |element|); 0: 2^-18 for float64, 2^-8 for float32
  std::int64_t max_elements = 100;  // above that a fixed sample is measured
  std::uint64_t seed = 0;           // of the sample
  // u: of y's shape, or nothing for a scalar y, which has 1.
  std::optional<Array> upstream = {};
};

// The slope along one element of x.
struct Slope {
  std::vector<std::int64_t> index = {};
  double value = 0;
  double uncertainty = 0;  // what the measurement itself cannot know
  // The one-sided slopes, and whether they differ as beside a kink: a point within the step where f
  // has no derivative.
  double left = 0, right = 0;
  bool is_kink = false;
};

// The slopes of sum(u y) by central differences (f(x + h) - f(x - h)) / 2h, summed in float64; the
// quotient for 4h tells how far it can be trusted. x is a variable of the session, which is left as
// it was, or a placeholder that is fed. FeedError, GraphError.
std::vector<Slope> measure_slopes(Session& session, const Tensor& y, const Tensor& x,
                                  const std::vector<Feed>& feeds = {},
                                  const SlopeOptions& options = {},
                                  SourceLocation where = SourceLocation::current());

}  // namespace gradus
