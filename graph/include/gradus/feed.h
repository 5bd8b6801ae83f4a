// Feed: what a placeholder is in one run.
#pragma once

#include <utility>

#include <gradus/array.h>
#include <gradus/tensor.h>

namespace gradus {

// A placeholder and its value in one run.
class Feed {
 public:
  Feed(Tensor placeholder, Array value)
      : placeholder_(std::move(placeholder)), value_(std::move(value)) {}
  // A number becomes a scalar of the placeholder's dtype; FeedError if it does not fit.
  template <OperandNumber T>
  Feed(Tensor placeholder, T number, SourceLocation where = SourceLocation::current())
      : Feed(placeholder, scalar(placeholder, number, where)) {}

  const Tensor& placeholder() const { return placeholder_; }
  const Array& value() const { return value_; }

 private:
  static Array scalar(const Tensor& placeholder, Number number, SourceLocation where);

  Tensor placeholder_;
  Array value_;
};

}  // namespace gradus
