// Lbfgs: minimizes a loss over all data at once, by gradients and what they tell of its curvature
// (Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", 1989).
//
//   const Lbfgs lbfgs(loss, model.trainable_variables(), {.max_iterations = 200});
//   const LbfgsResult result = lbfgs.minimize(session, {{x, data}});
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/session.h>
#include <gradus/tensor.h>

namespace gradus {

// Of minimize(); the tolerances are those of SciPy's L-BFGS-B.
struct LbfgsOptions {
  std::int64_t max_iterations = 100;
  std::int64_t history_size = 10;    // steps that the curvature is known from: two copies of all
                                     // variables each, in float64
  double gradient_tolerance = 1e-5;  // of the gradient's largest element
  double change_tolerance = 2.2e-9;  // of the loss in one iteration, as a part of it, or of 1 if
                                     // it is less
  double curvature = 0.9;            // c_2 of the line search: the part of the slope that may be
                                     // left; less is more exact, and takes more evaluations
};

// Why a minimization ended.
enum class LbfgsEnd {
  gradient_tolerance,
  change_tolerance,
  max_iterations,
  line_search,  // found no lower loss along the gradient, though it is not 0
};

struct LbfgsResult {
  std::vector<double> losses;    // at the start, and after each iteration: they never rise
  std::int64_t evaluations = 0;  // runs of the session, each of the loss and all gradients
  LbfgsEnd end = LbfgsEnd::max_iterations;

  double loss() const { return losses.back(); }
  std::int64_t iterations() const { return static_cast<std::int64_t>(losses.size()) - 1; }
};

class Lbfgs {
 public:
  // Appends the gradients of the scalar loss with respect to these variables; minimize() appends
  // nothing. GraphError for no variables, one twice or without gradient, for a loss that assigns a
  // variable, or an option out of its range; DTypeError for a variable that is no float.
  Lbfgs(const Tensor& loss, const std::vector<Variable>& variables,
        const LbfgsOptions& options = {}, SourceLocation where = SourceLocation::current());

  // Goes on from the values that the variables have, and leaves them at the best that were found,
  // also when it throws. Where the loss is NaN or infinite the step is shortened; DataError if it
  // is so at the start. Random ops draw the same numbers in all evaluations; averages of layers
  // (see BatchNorm) stay as they are. Each iteration is a line search to the strong Wolfe
  // conditions (Nocedal and Wright, "Numerical optimization", 2006, algorithms 3.5, 3.6 and 7.5).
  LbfgsResult minimize(Session& session, const std::vector<Feed>& feeds = {},
                       SourceLocation where = SourceLocation::current()) const;

 private:
  std::vector<Variable> variables_;
  std::vector<Tensor> fetches_;  // the loss, and its gradients
  LbfgsOptions options_;
};

}  // namespace gradus
