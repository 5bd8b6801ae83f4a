#include <gradus/array.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <new>
#include <utility>

#include <fmt/format.h>

#include "check_number.h"
#include "gather_rows.h"
#include "memory.h"
#include "throw_at.h"

namespace gradus {
namespace {

std::shared_ptr<std::byte[]> allocate(const Shape& shape, DType dtype) {
  const std::size_t bytes = static_cast<std::size_t>(shape.element_count()) * size_of(dtype);
  const auto refuse = [&]() {
    throw MemoryError(fmt::format("array: no memory for {} {} ({})", to_text(dtype), to_text(shape),
                                  bytes_text(bytes)));
  };
  if (bytes > physical_memory()) refuse();
  // Large blocks all start at the same place of a page: an element-wise loop over ten of them would
  // have each element ten times in the same places of the first cache. So each starts at a line of
  // its own.
  constexpr std::size_t large = 1 << 16, page = 4096, line = 64;
  const std::size_t room = bytes < large ? 0 : page;
  std::shared_ptr<std::byte[]> memory = uninitialized_bytes(bytes + room);
  if (memory == nullptr) refuse();
  if (room == 0) return memory;
  // Neighbouring pages give lines that are some apart.
  const std::size_t first_line = reinterpret_cast<std::uintptr_t>(memory.get()) / page * 9;
  std::byte* const first = memory.get() + first_line * line % page;
  return {std::move(memory), first};
}

// Not even for a list of sizes.
[[noreturn]] void refuse_small() { throw MemoryError("array: no memory is left"); }

template <Element To, Element From>
To convert(From value) {
  if constexpr (std::floating_point<From> && std::integral<To> && !std::same_as<To, bool>) {
    // The largest integers are no floats: compare with the power of two above them.
    constexpr double end = -static_cast<double>(std::numeric_limits<To>::min());
    if (std::isnan(value)) return 0;
    if (static_cast<double>(value) >= end) return std::numeric_limits<To>::max();
    if (static_cast<double>(value) < -end) return std::numeric_limits<To>::min();
    return static_cast<To>(value);
  } else if constexpr (std::same_as<To, bool>) {
    return value != From{};
  } else {
    return static_cast<To>(value);
  }
}

template <Element T>
T number_as(const Number& n) {
  return n.is_integer() ? convert<T>(n.integer()) : convert<T>(n.real());
}

void measure(const Values& values, std::size_t depth, std::vector<std::int64_t>& shape) {
  if (!values.is_list()) return;
  if (shape.size() == depth) shape.push_back(std::ssize(values.list()));
  if (depth + 1 <= static_cast<std::size_t>(max_rank) && !values.list().empty())
    measure(values.list().front(), depth + 1, shape);
}

template <Element T>
void flatten(const Values& values, std::size_t depth, const Shape& shape, T*& out,
             SourceLocation where) {
  const bool should_be_list = static_cast<std::int64_t>(depth) < shape.rank();
  if (values.is_list() != should_be_list ||
      (should_be_list && std::ssize(values.list()) != shape[static_cast<std::int64_t>(depth)]))
    throw_at<ShapeError>(where,
                         "array: the lists differ in length or depth; the first ones have shape {}",
                         to_text(shape));
  if (!should_be_list) {
    check_fits("array", values.number(), dtype_of<T>(), where);
    *out++ = number_as<T>(values.number());
    return;
  }
  for (const Values& part : values.list()) flatten(part, depth + 1, shape, out, where);
}

template <class Relation>
Array compare(std::string_view function, const Array& a, const Array& b, Relation holds,
              SourceLocation where) {
  if (a.dtype() != b.dtype())
    throw_at<DTypeError>(where, "{}: dtypes differ: {} and {}", function, to_text(a.dtype()),
                         to_text(b.dtype()));
  if (a.shape() != b.shape())
    throw_at<ShapeError>(where, "{}: shapes differ: {} and {}", function, to_text(a.shape()),
                         to_text(b.shape()));
  Array result = Array::uninitialized(a.shape(), boolean);
  visit(a.dtype(), [&]<class T>(T) {
    std::ranges::transform(a.values<T>(), b.values<T>(), result.mutable_values<bool>().begin(),
                           holds);
  });
  return result;
}

template <Element T>
std::string element_text(T value, int digits) {
  if constexpr (std::same_as<T, bool>)
    return value ? "true" : "false";
  else if constexpr (std::floating_point<T>)
    return std::isnan(value) ? "nan" : fmt::format("{:.{}g}", value, digits);
  else
    return fmt::format("{}", value);
}

template <Element T>
void write(std::string& text, const T* values, const Shape& shape, std::int64_t axis,
           std::int64_t stride, bool is_cut, int digits) {
  constexpr std::int64_t edge = 3;
  if (axis == shape.rank()) {
    text += element_text(*values, digits);
    return;
  }
  const std::int64_t n = shape[axis];
  stride /= n;
  text += "[";
  for (std::int64_t i = 0; i < n; ++i) {
    if (i != 0) text += ", ";
    if (is_cut && n > 2 * edge && i == edge) {
      text += "..., ";
      i = n - edge;
    }
    write(text, values + i * stride, shape, axis + 1, stride, is_cut, digits);
  }
  text += "]";
}

}  // namespace

bool Number::fits(DType dtype) const {
  if (is_float(dtype)) return true;
  if (!is_integer_)
    return real_ >= -0x1p63 && real_ < 0x1p63 && std::trunc(real_) == real_ &&
           Number(static_cast<std::int64_t>(real_)).fits(dtype);
  if (dtype == int32) return std::in_range<std::int32_t>(integer_);
  return dtype == int64 || integer_ == 0 || integer_ == 1;
}

std::string to_text(const Number& number) {
  return number.is_integer() ? std::to_string(number.integer()) : fmt::format("{}", number.real());
}

void check_dtype(std::string_view function, DType dtype, SourceLocation where) {
  if (!is_dtype(dtype))
    throw_at<DTypeError>(where, "{}: {} is no dtype", function, static_cast<int>(dtype));
}

void check_fits(std::string_view function, const Number& number, DType dtype,
                SourceLocation where) {
  check_dtype(function, dtype, where);
  if (number.fits(dtype)) return;
  throw_at<DTypeError>(where, "{}: {} is no {}", function, to_text(number), to_text(dtype));
}

Array::Array() : Array(zeros({})) {}

Array::Array(const Values& values, DType dtype, SourceLocation where) try : dtype_(dtype) {
  std::vector<std::int64_t> sizes;
  measure(values, 0, sizes);
  *this = Array(Shape(sizes, where), dtype, Uninitialized{}, where);
  visit(dtype, [&]<class T>(T) {
    T* out = mutable_values<T>().data();
    flatten(values, 0, shape_, out, where);
  });
} catch (const std::bad_alloc&) {
  refuse_small();
}

Array& Array::operator=(Array&& other) noexcept {
  Array taken(std::move(other));
  std::swap(shape_, taken.shape_);
  std::swap(dtype_, taken.dtype_);
  std::swap(size_, taken.size_);
  std::swap(bytes_, taken.bytes_);
  return *this;
}

Array::Array(const Shape& shape, DType dtype, Uninitialized, SourceLocation where)
    : shape_(shape), dtype_(dtype) {
  check_dtype("array", dtype, where);
  if (!shape.is_known())
    throw_at<ShapeError>(where, "array: a dimension is unknown: {}", gradus::to_text(shape));
  size_ = shape.element_count();
  bytes_ = allocate(shape, dtype);
}

Array Array::zeros(const Shape& shape, DType dtype, SourceLocation where) {
  Array result(shape, dtype, Uninitialized{}, where);
  std::memset(result.bytes_.get(), 0, result.byte_count());
  return result;
}

Array Array::full(const Shape& shape, Number value, DType dtype, SourceLocation where) {
  check_fits("full", value, dtype, where);
  Array result(shape, dtype, Uninitialized{}, where);
  visit(dtype,
        [&]<class T>(T) { std::ranges::fill(result.mutable_values<T>(), number_as<T>(value)); });
  return result;
}

Array Array::uninitialized(const Shape& shape, DType dtype) {
  return Array(shape, dtype, Uninitialized{}, {});
}

void* Array::mutable_data() {
  // Another thread may have read a copy before it dropped it. use_count() puts nothing in order
  // with that, counting down does.
  if (is_unique()) {
    std::shared_ptr<std::byte[]> counted_down = bytes_;
    counted_down.reset();
  } else if (bytes_ != nullptr) {
    auto own = allocate(shape_, dtype_);
    std::memcpy(own.get(), bytes_.get(), byte_count());
    bytes_ = std::move(own);
  }
  return bytes_.get();
}

void Array::expect(DType dtype, SourceLocation where) const {
  if (dtype != dtype_)
    throw_at<DTypeError>(where, "array: elements are {}, asked for as {}", gradus::to_text(dtype_),
                         gradus::to_text(dtype));
}

std::int64_t Array::offset(std::initializer_list<std::int64_t> index, SourceLocation where) const {
  std::int64_t position = 0, axis = 0;
  bool fits = std::ssize(index) == rank();
  for (auto i = index.begin(); fits && i != index.end(); ++i, ++axis) {
    const std::int64_t counted = *i < 0 ? *i + shape_[axis] : *i;
    fits = counted >= 0 && counted < shape_[axis];
    position = position * shape_[axis] + counted;
  }
  if (!fits)
    throw_at<ShapeError>(where, "array: no element [{}] in shape {}",
                         fmt::join(index.begin(), index.end(), ", "), gradus::to_text(shape_));
  return position;
}

Array Array::reshaped(const Shape& shape, SourceLocation where) const try {
  std::vector<std::int64_t> sizes = shape.to_vector();
  if (const auto open = std::ranges::find(sizes, any_size); open != sizes.end()) {
    *open = 1;
    const std::int64_t rest = Shape(sizes).is_known() ? Shape(sizes).element_count() : 0;
    *open = rest > 0 ? size_ / rest : any_size;
  }
  const Shape full_shape(sizes);
  if (!full_shape.is_known() || full_shape.element_count() != size_)
    throw_at<ShapeError>(where, "array: {} cannot be reshaped to {}", gradus::to_text(shape_),
                         gradus::to_text(shape));
  Array result = *this;
  result.shape_ = full_shape;
  return result;
} catch (const std::bad_alloc&) {
  refuse_small();
}

Array Array::rows(std::int64_t first, std::int64_t last, SourceLocation where) const try {
  if (rank() == 0 || first < 0 || last < first || last > shape_[0])
    throw_at<ShapeError>(where, "array: no rows {} to {} in shape {}", first, last,
                         gradus::to_text(shape_));
  std::vector<std::int64_t> sizes = shape_.to_vector();
  sizes[0] = last - first;
  Array result = uninitialized(sizes, dtype_);
  if (result.size_ == 0) return result;
  const std::size_t row_bytes = byte_count() / static_cast<std::size_t>(shape_[0]);
  std::memcpy(result.bytes_.get(), bytes_.get() + static_cast<std::size_t>(first) * row_bytes,
              result.byte_count());
  return result;
} catch (const std::bad_alloc&) {
  refuse_small();
}

Array Array::rows(std::span<const std::int64_t> indices, SourceLocation where) const try {
  if (rank() == 0) throw_at<ShapeError>(where, "array: no rows in shape []");
  const std::int64_t count = shape_[0];
  std::vector<std::int64_t> counted(indices.begin(), indices.end());
  for (std::int64_t& row : counted) {
    if (row < -count || row >= count)
      throw_at<ShapeError>(where, "array: no row {} in shape {}", row, gradus::to_text(shape_));
    if (row < 0) row += count;
  }
  Array result;
  gather_rows(*this, counted, result, where);
  return result;
} catch (const std::bad_alloc&) {
  refuse_small();
}

Array Array::rows(const Array& chosen, SourceLocation where) const {
  if (is_float(chosen.dtype()))
    throw_at<DTypeError>(where, "array: rows are chosen by int32, int64 or bool, not by {}",
                         gradus::to_text(chosen.dtype()));
  if (chosen.rank() != 1)
    throw_at<ShapeError>(where, "array: rows are chosen by an array of one axis, not by {}",
                         gradus::to_text(chosen.shape()));
  const bool is_mask = chosen.dtype() == boolean;
  if (is_mask && rank() > 0 && chosen.size() != shape_[0])
    throw_at<ShapeError>(where, "array: a mask {} for the rows of shape {}",
                         gradus::to_text(chosen.shape()), gradus::to_text(shape_));
  const Array indices = is_mask ? flatnonzero(chosen) : chosen.cast(int64);
  return rows(indices.values<std::int64_t>(), where);
}

Array Array::cast(DType dtype, SourceLocation where) const {
  check_dtype("cast", dtype, where);
  if (dtype == dtype_) return *this;
  Array result = uninitialized(shape_, dtype);
  visit(dtype, [&]<class To>(To) {
    visit(dtype_, [&]<class From>(From) {
      std::ranges::transform(values<From>(), result.mutable_values<To>().begin(),
                             convert<To, From>);
    });
  });
  return result;
}

void gather_rows(const Array& from, std::span<const std::int64_t> rows, Array& to,
                 SourceLocation where) {
  std::vector<std::int64_t> sizes = from.shape().to_vector();
  sizes[0] = std::ssize(rows);
  const Shape shape(sizes, where);
  if (to.shape() != shape || to.dtype() != from.dtype() || !to.is_unique())
    to = Array::uninitialized(shape, from.dtype());
  if (to.size() == 0) return;
  const std::size_t row_bytes = from.byte_count() / static_cast<std::size_t>(from.shape()[0]);
  const auto* const source = static_cast<const std::byte*>(from.data());
  auto* target = static_cast<std::byte*>(to.mutable_data());
  for (const std::int64_t row : rows) {
    std::memcpy(target, source + static_cast<std::size_t>(row) * row_bytes, row_bytes);
    target += row_bytes;
  }
}

Array equal(const Array& a, const Array& b, SourceLocation where) {
  return compare("equal", a, b, std::equal_to(), where);
}
Array equal(const Array& a, Number b, SourceLocation where) {
  check_fits("equal", b, a.dtype(), where);
  return equal(a, Array::full(a.shape(), b, a.dtype()));
}
Array not_equal(const Array& a, const Array& b, SourceLocation where) {
  return compare("not_equal", a, b, std::not_equal_to(), where);
}
Array not_equal(const Array& a, Number b, SourceLocation where) {
  check_fits("not_equal", b, a.dtype(), where);
  return not_equal(a, Array::full(a.shape(), b, a.dtype()));
}

Array flatnonzero(const Array& x) try {
  const Array mask = x.cast(boolean);
  const auto holds = mask.values<bool>();
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < holds.size(); ++i)
    if (holds[i]) places.push_back(static_cast<std::int64_t>(i));
  return Array({std::ssize(places)}, places);
} catch (const std::bad_alloc&) {
  refuse_small();
}

bool operator==(const Array& a, const Array& b) {
  return a.dtype_ == b.dtype_ && a.shape_ == b.shape_ &&
         (a.size_ == 0 || std::memcmp(a.data(), b.data(), a.byte_count()) == 0);
}

std::string to_text(const Array& array, int digits, SourceLocation where) {
  constexpr std::int64_t threshold = 1000;
  constexpr int most = 100;
  if (digits < 1 || digits > most)
    throw_at<DataError>(where, "array: {} significant digits, 1 to {} are possible", digits, most);
  if (array.size() == 0) return "[]";
  std::string text;
  visit(array.dtype(), [&]<class T>(T) {
    write(text, array.values<T>().data(), array.shape(), 0, array.size(), array.size() > threshold,
          digits);
  });
  return text;
}

}  // namespace gradus
