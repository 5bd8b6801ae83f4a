// evaluate and predict: through data in batches, so that the memory of a run is that of one batch.
//
//   double test_loss = evaluate(session, loss, {{x, test.images}, {digit, test.labels}});
//   Array scores = predict(session, logits, {{x, test.images}}, {.batch_size = 256});
//
// Each feed has all the rows of its placeholder, which are cut along axis 0; a scalar is fed to
// every batch as it is. DataError if the feeds differ in their number of rows, or there are none,
// GraphError unless the batch size is above 0, and the errors of Session::run.
#pragma once

#include <cstdint>
#include <vector>

#include <gradus/session.h>

namespace gradus {

struct EvaluateOptions {
  std::int64_t batch_size = 32;  // rows at a time
};

// The mean over all rows of a scalar that is a mean over the rows of a batch: a loss, an accuracy.
double evaluate(Session& session, const Tensor& mean, const std::vector<Feed>& data,
                const EvaluateOptions& options = {},
                SourceLocation where = SourceLocation::current());
std::vector<double> evaluate(Session& session, const TensorList& means,
                             const std::vector<Feed>& data, const EvaluateOptions& options = {},
                             SourceLocation where = SourceLocation::current());

// The rows of y, which has one for each row of a batch (else ShapeError): those of all batches, one
// below the other.
Array predict(Session& session, const Tensor& y, const std::vector<Feed>& data,
              const EvaluateOptions& options = {},
              SourceLocation where = SourceLocation::current());
std::vector<Array> predict(Session& session, const TensorList& ys, const std::vector<Feed>& data,
                           const EvaluateOptions& options = {},
                           SourceLocation where = SourceLocation::current());

}  // namespace gradus
