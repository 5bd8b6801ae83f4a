// Rule: a captureless lambda in an op's record that names its operands, in order. One that asks for
// attributes, for the node itself, or refuses operands takes the call before them.
//
//   .gradient = {[](Tensor dy, Tensor x) { return dy * sigmoid(x); }}
//   .gradient = {[](const Call& f, Tensor dy) { return f[alpha] * dy; }}
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include <gradus/op/attribute.h>
#include <gradus/tensor.h>

namespace gradus {

struct Op;

// What a rule throws through Call::fail; whoever called the rule adds node, line and operands.
struct RuleFailure {
  enum class Kind { shape, dtype, argument, value } kind;
  std::string text;
};

// What a rule sees of the node that it speaks about.
class Call {
 public:
  Call(const Op& op, std::span<const Attribute> attributes, const Tensor* result = nullptr,
       std::size_t operand = 0)
      : op_(op), attributes_(attributes), result_(result), operand_(operand) {}

  const Op& op() const { return op_; }
  // The attribute of a key that the op's record lists.
  template <class T>
  const T& operator[](const Key<T>& key) const {
    if (const T* found = std::get_if<T>(&value(key))) return *found;
    fail_argument("attribute " + std::string(key.name) + " is of another type");
  }
  // The node itself: in gradient rules alone.
  const Tensor& y() const { return *result_; }
  // The number of the operand whose gradient is asked for: in gradient rules alone, for ops of any
  // number of operands, whose rule gets dy and all of them.
  std::size_t operand() const { return operand_; }

  // What the op's shape rule says; a result that no Shape can have is refused as fail() does.
  Shape shape_of(std::span<const Shape> operands) const;

  // Refuses the operands: ShapeError, DTypeError or GraphError "<op>: <text>".
  [[noreturn]] void fail(std::string text) const;
  [[noreturn]] void fail_dtype(std::string text) const;
  [[noreturn]] void fail_argument(std::string text) const;
  // Refuses a value that only a run knows, an index out of range, say: DataError. For kernels.
  [[noreturn]] void fail_value(std::string text) const;

 private:
  const AttributeValue& value(const AnyKey& key) const;

  const Op& op_;
  std::span<const Attribute> attributes_;
  const Tensor* result_;
  std::size_t operand_;
};

template <class Result, class Value>
class Rule {
 public:
  static constexpr int none = -2, variadic = -1;

  constexpr Rule() = default;
  template <class F>
  requires(std::is_empty_v<F>&& std::is_default_constructible_v<F>) constexpr Rule(F)
      : Rule(F{}, &F::operator()) {}

  // Not call_ != nullptr: under -fsanitize=undefined g++ 12 takes that for no constant expression.
  constexpr explicit operator bool() const { return parameters_ != none; }
  // How many operands the rule names; variadic rules take the span of all.
  constexpr int parameters() const { return parameters_; }
  Result operator()(const Call& f, std::span<const Value> values) const { return call_(f, values); }

 private:
  template <class F, class R, class... T>
  constexpr Rule(F, R (F::*)(const Call&, T...) const)
      : call_([](const Call& f, std::span<const Value> values) -> Result {
          return [&]<std::size_t... i>(std::index_sequence<i...>) {
            return F{}(f, static_cast<T>(values[i])...);
          }
          (std::index_sequence_for<T...>{});
        }),
        parameters_(static_cast<int>(sizeof...(T))) {}
  template <class F, class R>
  constexpr Rule(F, R (F::*)(const Call&, std::span<const Value>) const)
      : call_(
            [](const Call& f, std::span<const Value> values) -> Result { return F{}(f, values); }),
        parameters_(variadic) {}
  template <class F, class R, class... T>
  constexpr Rule(F, R (F::*)(T...) const)
      : Rule([](const Call&, T... values) { return F{}(static_cast<T&&>(values)...); }) {}

  Result (*call_)(const Call&, std::span<const Value>) = nullptr;
  int parameters_ = none;
};

// A short list that can live in a constexpr record; too many items do not compile.
template <class T, std::size_t capacity>
class Few {
 public:
  constexpr Few() = default;
  constexpr Few(std::initializer_list<T> items) {
    for (const T& item : items) push_back(item);
  }
  constexpr void push_back(const T& item) { items_[size_++] = item; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const T& operator[](std::size_t i) const { return items_[i]; }
  constexpr const T* begin() const { return items_.data(); }
  constexpr const T* end() const { return items_.data() + size_; }

 private:
  std::array<T, capacity> items_{};
  std::size_t size_ = 0;
};

}  // namespace gradus
