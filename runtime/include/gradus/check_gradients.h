// check_gradients: do the gradients of a graph agree with the slopes that small steps measure?
//
//   GradientReport report = check_gradients(session, loss, {W, b}, {{x, images}});
//   report.ok();         // true
//   to_text(report);     // "gradients agree: 35 elements, worst error 2.1e-10 ..."
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gradus/session.h>
#include <gradus/slopes.h>
#include <gradus/tensor.h>

namespace gradus {

// See SlopeOptions. Where float32 is measured, the tolerance must be wide, too.
struct GradientCheckOptions {
  double step = 0;       // times max(1, |element|); 0: 2^-18 for float64, 2^-8 for float32
  double tolerance = 0;  // relative; 0: 1e-6 for float64, 1e-3 for float32
  std::int64_t max_elements = 100;  // of each x; above that a fixed sample is checked
  std::uint64_t seed = 0;           // of the sample and of the upstream gradient
};

// One element of one x.
struct GradientDifference {
  std::string x;                    // name
  std::vector<std::int64_t> index;  // in x
  double symbolic = 0;              // by gradients()
  double numeric = 0;               // by differences
  // |symbolic - numeric|, less what the measurement itself cannot know, relative to the larger of
  // the two; infinity if one of them is NaN.
  double error = 0;
};

// An element of an x beside a point where y has no derivative.
struct GradientKink {
  std::string x;
  std::vector<std::int64_t> index;
  double left = 0, right = 0;  // the slopes on both sides
};

struct GradientReport {
  std::int64_t checked = 0;  // elements
  std::int64_t unclear = 0;  // of these: only within the measurement's own uncertainty
  double tolerance = 0;
  GradientDifference worst;
  // Elements that would be wrong, were it not for a kink: the gradient lies between the slopes on
  // its two sides.
  std::vector<GradientKink> kinks = {};

  // The worst element is within the tolerance, and most elements could be measured.
  bool ok() const {
    return worst.error <= tolerance &&
           2 * (unclear + static_cast<std::int64_t>(kinks.size())) <= checked;
  }
};

// Compares d(sum of u y)/dx with measured slopes (see measure_slopes), where u is a fixed upstream
// gradient of random signs, so that y may have any shape. Both are computed by a copy of the graph
// in float64, whatever its types are, where random numbers stay as they were in one run; only where
// an op of it refuses float64 they are computed in the graph's own types. Each x is a Variable of
// the session or a placeholder that is fed; one without a path to y counts as having gradient 0.
// The graph gets the nodes of the gradients; the variables are left as they were. GraphError for an
// x that is neither or a y that assigns variables, FeedError, DTypeError.
GradientReport check_gradients(Session& session, const Tensor& y, const TensorList& xs,
                               const std::vector<Feed>& feeds = {},
                               const GradientCheckOptions& options = {},
                               SourceLocation where = SourceLocation::current());

// Judges one element more: for checks of one's own, against slopes that were measured elsewhere.
void add(GradientReport& report, const std::string& x, double symbolic, const Slope& numeric);

std::string to_text(const GradientReport& report);

}  // namespace gradus
