#include "run_request.h"

#include <algorithm>

#include <gradus/op/records.h>

#include "core/throw_at.h"
#include "graph/graph_state.h"

namespace gradus {

void RunRequest::read(std::span<const Tensor> fetches, std::span<const Feed> feeds,
                      SourceLocation where) {
  key_.fetches.clear();
  for (const Tensor& fetch : fetches) key_.fetches.push_back(checked(fetch, where));
  if (fetches.empty()) throw_at<FeedError>(where, "run: nothing is fetched");
  sort_feeds(feeds, where);
}

const Array& RunRequest::fed(NodeId placeholder) const {
  const auto found =
      std::ranges::lower_bound(key_.placeholders, placeholder) - key_.placeholders.begin();
  return feeds_[static_cast<std::size_t>(found)]->value();
}

NodeId RunRequest::checked(const Tensor& fetch, SourceLocation where) const {
  if (!fetch) throw_at<FeedError>(where, "run: a fetch is an empty Tensor");
  if (fetch.shared_state() != graph_.shared_state())
    throw_at<FeedError>(where, "run: fetch \"{}\" is of another graph", fetch.name());
  return fetch.id();
}

void RunRequest::check(const Feed& feed, SourceLocation where) const {
  const Tensor& p = feed.placeholder();
  const Array& value = feed.value();
  if (!p) throw_at<FeedError>(where, "run: a feed is for an empty Tensor");
  if (p.shared_state() != graph_.shared_state())
    throw_at<FeedError>(where, "run: feed \"{}\" is of another graph", p.name());
  if (graph_.state().node(p.id()).op != &placeholder_op)
    throw_at<FeedError>(where, "run: \"{}\" is a {}, only placeholders are fed", p.name(),
                        p.op_name());
  if (value.dtype() != p.dtype() || !accepts(p.shape(), value.shape()))
    throw_at<FeedError>(where, "run: placeholder \"{}\" takes {} {}, fed is {} {}", p.name(),
                        to_text(p.dtype()), to_text(p.shape()), to_text(value.dtype()),
                        to_text(value.shape()));
}

void RunRequest::sort_feeds(std::span<const Feed> feeds, SourceLocation where) {
  feeds_.clear();
  for (const Feed& feed : feeds) {
    check(feed, where);
    feeds_.push_back(&feed);
  }
  const auto id = [](const Feed* feed) { return feed->placeholder().id(); };
  std::ranges::sort(feeds_, {}, id);
  key_.placeholders.clear();
  key_.shapes.clear();
  for (const Feed* feed : feeds_) {
    if (!key_.placeholders.empty() && key_.placeholders.back() == id(feed))
      throw_at<FeedError>(where, "run: placeholder \"{}\" is fed twice",
                          feed->placeholder().name());
    key_.placeholders.push_back(id(feed));
    key_.shapes.push_back(feed->value().shape());
  }
}

}  // namespace gradus
