// Tensor: the symbolic handle of a node. Operand: what an op accepts, with the user's line.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gradus/array.h>
#include <gradus/source_location.h>

namespace gradus {

class GraphState;

// The number of a node in its graph. An operand's number is smaller than its reader's.
enum class NodeId : std::int32_t {};
constexpr std::size_t index(NodeId id) { return static_cast<std::size_t>(id); }

// A small value that keeps its graph alive. A default-constructed or moved-from Tensor stands for
// nothing; using it is a GraphError.
class Tensor {
 public:
  Tensor() = default;
  // GraphError if the graph has no such node.
  Tensor(std::shared_ptr<GraphState> graph, NodeId id,
         SourceLocation where = SourceLocation::current());

  explicit operator bool() const { return graph_ != nullptr; }
  const Shape& shape() const;  // `any_size` where a dimension is known only in the run
  std::int64_t rank() const { return shape().rank(); }
  DType dtype() const;
  std::string name() const;  // unique in the graph: "encoder_1/matmul"
  std::string op_name() const;
  SourceLocation where() const;

  NodeId id() const { return id_; }
  // GraphError if the handle stands for nothing.
  GraphState& state() const;
  const std::shared_ptr<GraphState>& shared_state() const { return graph_; }

  // Whether both are the same node. Element-wise equality is equal(a, b).
  friend bool operator==(const Tensor&, const Tensor&) = default;

 private:
  std::shared_ptr<GraphState> graph_;
  NodeId id_{};
};

// Numbers that may stand beside tensors: not bool, not characters.
template <class T>
concept OperandNumber = std::floating_point<T> ||
    (std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
     !std::same_as<T, signed char> && !std::same_as<T, unsigned char> &&
     !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> && !std::same_as<T, char16_t> &&
     !std::same_as<T, char32_t>);

// A tensor or a number, with the line where it became an operand. It is made implicitly; a library
// function that is written over ops takes Operands and passes them on, and the line with them.
class Operand {
 public:
  Operand(Tensor tensor, SourceLocation where = SourceLocation::current())
      : tensor_(std::move(tensor)), where_(where) {}
  template <OperandNumber T>
  Operand(T number, SourceLocation where = SourceLocation::current())
      : number_(number), is_number_(true), where_(where) {}

  bool is_number() const { return is_number_; }
  const Tensor& tensor() const { return tensor_; }
  const Number& number() const { return number_; }
  SourceLocation where() const { return where_; }

 private:
  Tensor tensor_;
  Number number_;
  bool is_number_ = false;
  SourceLocation where_;
};

// A tensor whose value lives in the Session and lasts from run to run. The one place where
// inheritance reads best: a Variable is a Tensor wherever one is asked for, never the reverse.
class Variable : public Tensor {
 public:
  Variable() = default;
  // GraphError if the node is no variable.
  explicit Variable(Tensor tensor);

  // Whether minimize(loss), which is not told what to train, moves it.
  bool is_trainable() const;
  // Of the minimize() calls that follow. GraphError if the variable is no float, and true.
  void set_trainable(bool trainable, SourceLocation where = SourceLocation::current()) const;
  // The part of the name after its last '/': "W1" of "auto_encoder/W1".
  std::string local_name() const;
};

// A parameter for several tensors, or variables: gradients(loss, g.trainable_variables()). Of
// tensors it is a view, which lives as long as the call.
class TensorList {
 public:
  TensorList(std::initializer_list<Tensor> tensors) : view_(tensors.begin(), tensors.size()) {}
  TensorList(const std::vector<Tensor>& tensors) : view_(tensors) {}
  TensorList(const std::vector<Variable>& variables)
      : of_variables_(variables.begin(), variables.end()), view_(of_variables_) {}
  TensorList(const TensorList&) = delete;
  TensorList& operator=(const TensorList&) = delete;

  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  const Tensor& operator[](std::size_t i) const { return view_[i]; }
  auto begin() const { return view_.begin(); }
  auto end() const { return view_.end(); }

  operator std::span<const Tensor>() const { return view_; }
  operator std::vector<Tensor>() const { return {view_.begin(), view_.end()}; }

 private:
  std::vector<Tensor> of_variables_;
  std::span<const Tensor> view_;
};

}  // namespace gradus

template <>
struct std::hash<gradus::Tensor> {
  std::size_t operator()(const gradus::Tensor& t) const {
    return std::hash<const void*>{}(t.shared_state().get()) ^ gradus::index(t.id());
  }
};
