// A data set in small parts, in an order that depends on the seed and the epoch alone.
//
//   for (int epoch = 0; epoch < 10; ++epoch)
//     for (const Array& images : batches(all_images, 10, epoch)) session.run(step, {{x, images}});
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

#include <gradus/array.h>

namespace gradus {

struct BatchOptions {
  std::uint64_t seed = 0;
  bool shuffle = true;
  bool drop_remainder = false;  // or else the last batch may be shorter
};

// Images and their labels, row by row: a data set, or one batch of it.
struct ImageSet;

// The batches of one epoch. Data is Array, ImageSet, or several Arrays of as many rows.
template <class Data>
class Batches {
 public:
  class Iterator;

  // DataError if batch_size is not from 1 to the number of rows.
  Batches(Data data, std::int64_t batch_size, std::int64_t epoch, const BatchOptions& options = {},
          SourceLocation where = SourceLocation::current());

  // One batch is in memory at a time; the next one takes its place, unless a copy of it is held.
  Iterator begin() const { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }
  // The number of batches.
  std::int64_t size() const;

 private:
  // The numbers of the rows that make a batch.
  std::span<const std::int64_t> rows_of(std::int64_t batch) const;

  Data data_;
  std::int64_t batch_size_;
  std::vector<std::int64_t> order_;
};

// Valid as long as its Batches.
template <class Data>
class Batches<Data>::Iterator {
 public:
  using value_type = Data;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::input_iterator_tag;

  explicit Iterator(const Batches& batches) : batches_(&batches) { load(); }

  const Data& operator*() const { return batch_; }
  const Data* operator->() const { return &batch_; }
  Iterator& operator++() {
    ++position_;
    load();
    return *this;
  }
  void operator++(int) { ++*this; }
  bool operator==(std::default_sentinel_t) const { return position_ == batches_->size(); }

 private:
  void load();

  const Batches* batches_;
  std::int64_t position_ = 0;
  Data batch_;
};

// The rows of an array along axis 0, batch by batch; their other dimensions stay.
Batches<Array> batches(const Array& rows, std::int64_t batch_size, std::int64_t epoch,
                       const BatchOptions& options = {},
                       SourceLocation where = SourceLocation::current());

struct ImageSet {
  Array images;  // float32 [n, pixels]
  Array labels;  // int64 [n]

  Batches<Array> batches(std::int64_t batch_size, std::int64_t epoch,
                         const BatchOptions& options = {},
                         SourceLocation where = SourceLocation::current()) const;
  // for (const auto& [images, labels] : mnist.train.labelled_batches(10, epoch)) ...
  // The images come in the same order as without labels.
  Batches<ImageSet> labelled_batches(std::int64_t batch_size, std::int64_t epoch,
                                     const BatchOptions& options = {},
                                     SourceLocation where = SourceLocation::current()) const;
};

extern template class Batches<Array>;
extern template class Batches<std::vector<Array>>;
extern template class Batches<ImageSet>;

}  // namespace gradus
