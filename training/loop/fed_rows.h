// FedRows: data that is fed in parts.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <gradus/batches.h>
#include <gradus/feed.h>

namespace gradus {

// Feeds whose arrays have as many rows; scalars among them are fed with every batch.
class FedRows {
 public:
  // DataError if there are no rows, or their numbers differ; GraphError unless the batch size is
  // above 0.
  FedRows(std::string_view caller, const std::vector<Feed>& data, std::int64_t batch_size,
          SourceLocation where);

  std::int64_t count() const { return arrays_[0].shape()[0]; }
  Batches<std::vector<Array>> batches(std::int64_t epoch, const BatchOptions& options) const;
  // What a run with one of these batches is fed with.
  std::vector<Feed> feeds(const std::vector<Array>& batch) const;

 private:
  std::vector<Tensor> placeholders_;
  std::vector<Array> arrays_;  // of each placeholder
  std::vector<Feed> scalars_;
  std::int64_t batch_size_;
  SourceLocation where_;
};

}  // namespace gradus
