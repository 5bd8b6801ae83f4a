#include <gradus/batches.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <gradus/random.h>

#include "core/gather_rows.h"
#include "core/throw_at.h"

namespace gradus {
namespace {

std::int64_t row_count(const Array& array, SourceLocation where) {
  if (array.rank() == 0) throw_at<DataError>(where, "batches: a scalar has no rows");
  return array.shape()[0];
}

std::int64_t row_count(const ImageSet& set, SourceLocation where) {
  const std::int64_t count = row_count(set.images, where);
  const std::int64_t label_count = row_count(set.labels, where);
  if (count != label_count)
    throw_at<DataError>(where, "batches: images and labels differ in number: {} and {}", count,
                        label_count);
  return count;
}

std::int64_t row_count(const std::vector<Array>& arrays, SourceLocation where) {
  if (arrays.empty()) throw_at<DataError>(where, "batches: there are no arrays");
  const std::int64_t count = row_count(arrays[0], where);
  for (const Array& array : arrays)
    if (const std::int64_t other = row_count(array, where); other != count)
      throw_at<DataError>(where, "batches: arrays differ in their number of rows: {} and {}", count,
                          other);
  return count;
}

// Fisher and Yates: each of the n! orders is as likely.
std::vector<std::int64_t> order_of_rows(std::int64_t count, std::int64_t epoch,
                                        const BatchOptions& options) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  if (!options.shuffle) return order;
  Random random(options.seed, fmt::format("batches/{}", epoch));
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1],
              order[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i)))]);
  return order;
}

void gather(const Array& from, std::span<const std::int64_t> rows, Array& to) {
  gather_rows(from, rows, to, {});
}

void gather(const ImageSet& from, std::span<const std::int64_t> rows, ImageSet& to) {
  gather(from.images, rows, to.images);
  gather(from.labels, rows, to.labels);
}

void gather(const std::vector<Array>& from, std::span<const std::int64_t> rows,
            std::vector<Array>& to) {
  to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) gather(from[i], rows, to[i]);
}

}  // namespace

template <class Data>
Batches<Data>::Batches(Data data, std::int64_t batch_size, std::int64_t epoch,
                       const BatchOptions& options, SourceLocation where)
    : data_(std::move(data)), batch_size_(batch_size) {
  const std::int64_t count = row_count(data_, where);
  if (batch_size < 1 || batch_size > count)
    throw_at<DataError>(where, "batches: batch size is not from 1 to the {} rows: {}", count,
                        batch_size);
  order_ = order_of_rows(count, epoch, options);
  if (options.drop_remainder) order_.resize(static_cast<std::size_t>(count - count % batch_size));
}

template <class Data>
std::int64_t Batches<Data>::size() const {
  return (std::ssize(order_) - 1) / batch_size_ + 1;
}

template <class Data>
std::span<const std::int64_t> Batches<Data>::rows_of(std::int64_t batch) const {
  const auto first = static_cast<std::size_t>(batch * batch_size_);
  const auto most = static_cast<std::size_t>(batch_size_);
  return std::span(order_).subspan(first, std::min(most, order_.size() - first));
}

template <class Data>
void Batches<Data>::Iterator::load() {
  if (position_ < batches_->size()) gather(batches_->data_, batches_->rows_of(position_), batch_);
}

template class Batches<Array>;
template class Batches<std::vector<Array>>;
template class Batches<ImageSet>;

Batches<Array> batches(const Array& rows, std::int64_t batch_size, std::int64_t epoch,
                       const BatchOptions& options, SourceLocation where) {
  return Batches<Array>(rows, batch_size, epoch, options, where);
}

Batches<Array> ImageSet::batches(std::int64_t batch_size, std::int64_t epoch,
                                 const BatchOptions& options, SourceLocation where) const {
  return Batches<Array>(images, batch_size, epoch, options, where);
}

Batches<ImageSet> ImageSet::labelled_batches(std::int64_t batch_size, std::int64_t epoch,
                                             const BatchOptions& options,
                                             SourceLocation where) const {
  return Batches<ImageSet>(*this, batch_size, epoch, options, where);
}

}  // namespace gradus
