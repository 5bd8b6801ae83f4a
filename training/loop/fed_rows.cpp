#include "fed_rows.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/throw_at.h"

namespace gradus {

FedRows::FedRows(std::string_view caller, const std::vector<Feed>& data, std::int64_t batch_size,
                 SourceLocation where)
    : batch_size_(batch_size), where_(where) {
  if (batch_size < 1)
    throw_at<GraphError>(where, "{}: the batch size must be above 0, got {}", caller, batch_size);
  for (const Feed& feed : data) {
    if (feed.value().rank() == 0) {
      scalars_.push_back(feed);
      continue;
    }
    placeholders_.push_back(feed.placeholder());
    arrays_.push_back(feed.value());
    if (feed.value().shape()[0] != count())
      throw_at<DataError>(where, "{}: \"{}\" is fed with {} rows, \"{}\" with {}", caller,
                          placeholders_[0].name(), count(), feed.placeholder().name(),
                          feed.value().shape()[0]);
  }
  if (arrays_.empty() || count() == 0) throw_at<DataError>(where, "{}: there are no rows", caller);
}

Batches<std::vector<Array>> FedRows::batches(std::int64_t epoch,
                                             const BatchOptions& options) const {
  return {arrays_, std::min(batch_size_, count()), epoch, options, where_};
}

std::vector<Feed> FedRows::feeds(const std::vector<Array>& batch) const {
  std::vector<Feed> feeds = scalars_;
  for (std::size_t i = 0; i < batch.size(); ++i) feeds.emplace_back(placeholders_[i], batch[i]);
  return feeds;
}

}  // namespace gradus
