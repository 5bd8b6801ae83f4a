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
  // A number becomes a scalar of the placeholder's dtype.
  template <OperandNumber T>
  Feed(Tensor placeholder, T number) : Feed(placeholder, full({}, number, placeholder.dtype())) {}

  const Tensor& placeholder() const { return placeholder_; }
  const Array& value() const { return value_; }

 private:
  Tensor placeholder_;
  Array value_;
};

}  // namespace gradus
