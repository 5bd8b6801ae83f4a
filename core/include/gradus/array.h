// A concrete n-dimensional value: what goes into a run and comes out of it.
//
//   Array x({{1, 2}, {3, 4}});                      // float32 [2, 2]
//   x.at<float>({1, 0});                            // 3
//   for (float& v : x.mutable_values<float>()) v *= 2;
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gradus/dtype.h>
#include <gradus/error.h>
#include <gradus/shape.h>

namespace gradus {

// A number written in C++, kept exactly: integers above 2^53 are no doubles. What is beyond int64
// counts as real.
template <class T>
concept Scalar = std::integral<T> || std::floating_point<T>;
class Number {
 public:
  constexpr Number() = default;
  template <Scalar T>
  constexpr Number(T value) : real_(static_cast<double>(value)), is_integer_(is_int64(value)) {
    if (is_integer_) integer_ = static_cast<std::int64_t>(value);
  }

  constexpr bool is_integer() const { return is_integer_; }
  constexpr double real() const { return real_; }
  constexpr std::int64_t integer() const { return integer_; }
  // Whether it has a place in this dtype: in an integer one if it is whole and in its range.
  bool fits(DType dtype) const;

  friend constexpr bool operator==(const Number&, const Number&) = default;

 private:
  template <Scalar T>
  static constexpr bool is_int64(T value) {
    if constexpr (std::integral<T>)
      return std::signed_integral<T> || static_cast<std::uint64_t>(value) >> 63 == 0;
    return false;
  }

  double real_ = 0;
  std::int64_t integer_ = 0;
  bool is_integer_ = true;
};

// Numbers in nested braces, as deep as the rank.
class Values {
 public:
  template <Scalar T>
  Values(T value) : number_(value) {}
  Values(std::initializer_list<Values> list) : list_(list), is_list_(true) {}

  bool is_list() const { return is_list_; }
  const Number& number() const { return number_; }
  const std::vector<Values>& list() const { return list_; }

 private:
  Number number_;
  std::vector<Values> list_;
  bool is_list_ = false;
};

// Row-major, contiguous, 64-byte aligned. A value: a copy behaves as one of its own, though the
// bytes are shared until one of the two is written (mutable_values, mutable_data): ask anew for
// what is written after a copy was made. A moved-from Array has shape [0].
class Array {
 public:
  Array();  // float32 scalar 0
  Array(const Array&) = default;
  Array& operator=(const Array&) = default;
  Array(Array&& other) noexcept
      : shape_(std::exchange(other.shape_, Shape{0})),
        dtype_(other.dtype_),
        size_(std::exchange(other.size_, 0)),
        bytes_(std::move(other.bytes_)) {}
  Array& operator=(Array&& other) noexcept;
  // Array({{1, 2}, {3, 4}}), and Array(5.0) for a scalar. ShapeError if the rows differ in length,
  // DTypeError if a number does not fit the dtype: 2.7 is no int32, 2 is no bool.
  explicit Array(std::initializer_list<Values> rows, DType dtype = float32,
                 SourceLocation where = SourceLocation::current())
      : Array(Values(rows), dtype, where) {}
  template <Scalar T>
  explicit Array(T value, DType dtype = float32, SourceLocation where = SourceLocation::current())
      : Array(Values(value), dtype, where) {}
  explicit Array(const Values& values, DType dtype = float32,
                 SourceLocation where = SourceLocation::current());
  // Elements in row-major order; ShapeError if their number is not the shape's.
  template <Element T>
  Array(const Shape& shape, std::span<const T> elements,
        SourceLocation where = SourceLocation::current());
  template <Element T>
  Array(const Shape& shape, const std::vector<T>& elements,
        SourceLocation where = SourceLocation::current())
      : Array(shape, std::span<const T>(elements), where) {}
  // Every element the same, or 0. MemoryError if the machine has not that much memory, ShapeError
  // if a dimension is `any_size`, DTypeError as above.
  static Array zeros(const Shape& shape, DType dtype = float32,
                     SourceLocation where = SourceLocation::current());
  static Array full(const Shape& shape, Number value, DType dtype = float32,
                    SourceLocation where = SourceLocation::current());
  // Elements not set: for code that writes them all.
  static Array uninitialized(const Shape& shape, DType dtype);

  const Shape& shape() const { return shape_; }
  DType dtype() const { return dtype_; }
  std::int64_t rank() const { return shape_.rank(); }
  std::int64_t size() const { return size_; }  // number of elements
  std::size_t byte_count() const { return static_cast<std::size_t>(size_) * size_of(dtype_); }

  // Whether no other Array shares the bytes: then they can be written without a copy.
  bool is_unique() const { return bytes_.use_count() == 1; }
  const void* data() const { return bytes_.get(); }
  void* mutable_data();
  // DTypeError if T is not the array's type.
  template <Element T>
  std::span<const T> values(SourceLocation where = SourceLocation::current()) const;
  template <Element T>
  std::span<T> mutable_values(SourceLocation where = SourceLocation::current());

  // The element at an index, each axis counted from its end if negative.
  template <Element T>
  T at(std::initializer_list<std::int64_t> index,
       SourceLocation where = SourceLocation::current()) const;
  // The one element, converted to T; ShapeError if there are more or fewer.
  template <Element T = float>
  T item(SourceLocation where = SourceLocation::current()) const;
  template <Element T>
  std::vector<T> to_vector(SourceLocation where = SourceLocation::current()) const;

  // The same elements in another shape of as many; at most one dimension may be `any_size`.
  Array reshaped(const Shape& shape, SourceLocation where = SourceLocation::current()) const;
  // The rows first .. last - 1 of axis 0.
  Array rows(std::int64_t first, std::int64_t last,
             SourceLocation where = SourceLocation::current()) const;
  // The rows of axis 0 with these numbers, in this order, each counted from the end if negative;
  // ShapeError if there is no such row.
  Array rows(std::span<const std::int64_t> indices,
             SourceLocation where = SourceLocation::current()) const;
  Array rows(std::initializer_list<std::int64_t> indices,
             SourceLocation where = SourceLocation::current()) const {
    return rows(std::span(indices.begin(), indices.size()), where);
  }
  // The same by an int32 or int64 array [m]; by a bool one, as long as there are rows, those where
  // it is true: images.rows(equal(labels, 3)). ShapeError or DTypeError if it is no such array.
  Array rows(const Array& chosen, SourceLocation where = SourceLocation::current()) const;
  // Of which elements something holds: bool, of this shape. DTypeError if T is not the array's
  // type.
  //   labels.mask<std::int64_t>([](std::int64_t label) { return label % 2 == 1; })
  template <Element T, std::predicate<T> Predicate>
  Array mask(Predicate holds, SourceLocation where = SourceLocation::current()) const;
  // Converted: from a float to an integer by cutting the fraction (NaN is 0, out of range is the
  // nearest end); from int64 to int32 by keeping the low 32 bits; to bool: whether it is not 0.
  Array cast(DType dtype, SourceLocation where = SourceLocation::current()) const;

  // Same dtype, shape and bits.
  friend bool operator==(const Array& a, const Array& b);

 private:
  struct Uninitialized {};
  Array(const Shape& shape, DType dtype, Uninitialized, SourceLocation where);
  void expect(DType dtype, SourceLocation where) const;
  std::int64_t offset(std::initializer_list<std::int64_t> index, SourceLocation where) const;

  Shape shape_;
  DType dtype_ = float32;
  std::int64_t size_ = 1;
  std::shared_ptr<std::byte[]> bytes_;
};

// Element by element, bool: NaN equals nothing. The two arrays have one shape (ShapeError) and
// dtype (DTypeError); a number is one of this dtype (DTypeError). Whether two arrays are the same
// as a whole is a == b.
Array equal(const Array& a, const Array& b, SourceLocation where = SourceLocation::current());
Array equal(const Array& a, Number b, SourceLocation where = SourceLocation::current());
Array not_equal(const Array& a, const Array& b, SourceLocation where = SourceLocation::current());
Array not_equal(const Array& a, Number b, SourceLocation where = SourceLocation::current());
// The places in row-major order, int64 [m], of the elements that are true, or not 0.
Array flatnonzero(const Array& x);

// NumPy's form, with so many significant digits, 1 to 100: "[[1, 2], [3, 4]]". Above 1,000 elements
// only the first and last three along each axis are written; of no element "[]".
std::string to_text(const Array& array, int digits = 7,
                    SourceLocation where = SourceLocation::current());

// ---------------------------------------------------------------------------------------------

template <Element T>
Array::Array(const Shape& shape, std::span<const T> elements, SourceLocation where)
    : Array(shape, dtype_of<T>(), Uninitialized{}, where) {
  if (std::ssize(elements) != size_)
    throw ShapeError(at_line("array: " + std::to_string(elements.size()) + " elements for shape " +
                                 gradus::to_text(shape_),
                             where));
  T* out = static_cast<T*>(mutable_data());
  for (std::size_t i = 0; i < elements.size(); ++i) out[i] = elements[i];
}

template <Element T>
std::span<const T> Array::values(SourceLocation where) const {
  expect(dtype_of<T>(), where);
  return {static_cast<const T*>(data()), static_cast<std::size_t>(size_)};
}
template <Element T>
std::span<T> Array::mutable_values(SourceLocation where) {
  expect(dtype_of<T>(), where);
  return {static_cast<T*>(mutable_data()), static_cast<std::size_t>(size_)};
}
template <Element T>
T Array::at(std::initializer_list<std::int64_t> index, SourceLocation where) const {
  return values<T>(where)[static_cast<std::size_t>(offset(index, where))];
}
template <Element T>
T Array::item(SourceLocation where) const {
  if (size_ != 1)
    throw ShapeError(at_line("array: item() of shape " + gradus::to_text(shape_), where));
  const Array converted = dtype_ == dtype_of<T>() ? *this : cast(dtype_of<T>());
  return converted.values<T>()[0];
}
template <Element T, std::predicate<T> Predicate>
Array Array::mask(Predicate holds, SourceLocation where) const {
  const auto elements = values<T>(where);
  Array result = uninitialized(shape_, boolean);
  bool* out = result.mutable_values<bool>().data();
  for (const T element : elements) *out++ = holds(element);
  return result;
}
template <Element T>
std::vector<T> Array::to_vector(SourceLocation where) const {
  const auto all = values<T>(where);
  return {all.begin(), all.end()};
}

}  // namespace gradus
