#include <gradus/model_file.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <gradus/initializer.h>
#include <gradus/op/records.h>
#include <gradus/op/table.h>

#include "core/throw_at.h"
#include "model_format.h"
#include "model_json.h"
#include "model_tables.h"

namespace gradus {
namespace {

using namespace model_format;
using namespace model_json;

// All other ops have operands.
bool is_source(const Op& op) {
  const std::array sources{&placeholder_op,    &variable_op,      &constant_op,
                           &random_uniform_op, &random_normal_op, &random_bernoulli_op};
  return std::ranges::find(sources, &op) != sources.end();
}

using OpsByName = std::unordered_map<std::string_view, const Op*>;

OpsByName ops_by_name(const ModelOptions& options, SourceLocation where) {
  OpsByName ops;
  for (const Op* op : all_ops()) ops.emplace(op->name, op);
  for (const Op* op : options.ops) {
    if (op == nullptr) throw_at<GraphError>(where, "load_model: an op is a null pointer");
    if (ops.emplace(op->name, op).first->second != op)
      throw_at<GraphError>(where, "load_model: two ops are named \"{}\"", op->name);
  }
  return ops;
}

// Makes the nodes of a file in a graph, one after the other.
class Loader {
 public:
  Loader(const std::filesystem::path& path, const ModelOptions& options, SourceLocation where)
      : file_(fmt::format("load_model: {}", path.string()), where),
        ops_(ops_by_name(options, where)),
        arrays_(path, where),
        state_(graph_.state()),
        tables_(read_model_tables(arrays_, state_, file_)),
        rest_of_operands_(std::as_const(tables_.operands).values<std::int32_t>()),
        kinds_(list(part("kinds"), "kinds", file_).size()) {}

  Model load() {
    for (std::int64_t node = 0; node < tables_.node_count(); ++node) make_node(node);
    state_.context = {};
    state_.names().set_current_scope(Names::root);
    check_all_is_used();
    constexpr std::int64_t most = std::int64_t{1} << 62;
    const std::int64_t count = tables_.node_count();
    state_.streams_before = integer(part("next_stream"), "next_stream", count, most, file_) - count;
    return Model(graph_, named_tensors());
  }

 private:
  struct Kind {
    const Op* op = nullptr;  // null: not read yet
    std::size_t operand_count = 0;
    DType dtype = float32;
    Shape shape;
    std::vector<Attribute> attributes;
  };

  const Json& part(std::string_view name) const {
    return member(tables_.json, name, graph_key, file_);
  }

  // What is said of the node that is being made.
  FilePlace place() const {
    const std::string op = op_name_.empty() ? "" : fmt::format(" ({})", one_line(op_name_));
    const std::string name = given_name_.empty() ? "" : " " + excerpt(given_name_);
    return file_.within(fmt::format("node {}{}{}", node_, name, op));
  }
  template <class... T>
  [[noreturn]] void refuse(fmt::format_string<T...> text, T&&... values) const {
    place().refuse<DataError>(text, std::forward<T>(values)...);
  }
  std::int64_t in_range(std::int64_t value, std::string_view what, std::int64_t low,
                        std::int64_t high) const {
    // The place is made where it is needed alone.
    return value >= low && value <= high ? value
                                         : model_json::in_range(value, what, low, high, place());
  }
  // What f() returns; what it refuses is refused at this node.
  template <class F>
  auto checked(F f) const {
    try {
      return f();
    } catch (const Error&) {
      return refused_at(place(), []() -> decltype(f()) { throw; });
    }
  }
  std::size_t at() const { return static_cast<std::size_t>(node_); }

  void make_node(std::int64_t node) {
    node_ = node;
    op_name_.clear();
    const Json* name = tables_.names[at()];
    given_name_ = name != nullptr && name->is_string() ? name->get<std::string>() : "";

    const auto row = std::as_const(tables_.nodes)
                         .values<std::int32_t>()
                         .subspan(at() * column_count, column_count);
    const Kind& kind =
        this->kind(in_range(row[kind_column], "its kind", 0, std::ssize(kinds_) - 1));
    const std::int64_t place_number =
        in_range(row[place_column], "its place", 0, std::ssize(tables_.places) - 1);
    const ModelTables::Place& from = tables_.places[static_cast<std::size_t>(place_number)];
    const std::int64_t origin =
        in_range(row[origin_column], "what it differentiates", -1, node_ - 1);
    const std::int64_t number = in_range(row[number_column], "the number of its name", 0,
                                         std::numeric_limits<std::int32_t>::max());
    check_name(kind);
    const std::vector<NodeId> operands = take_operands(kind.operand_count);

    state_.context = {from.where, from.role, NodeId{static_cast<std::int32_t>(origin)}};
    state_.names().set_current_scope(from.scope);
    const NodeId id = append(kind, operands);
    check_result(kind, id);
    restore_name(id, static_cast<std::uint32_t>(number));
    finish(kind, id);
  }

  // Read when its first node is made, which an error can name.
  const Kind& kind(std::int64_t number) {
    Kind& kind = kinds_[static_cast<std::size_t>(number)];
    if (kind.op == nullptr) read_kind(number, kind);
    op_name_ = kind.op->name;
    return kind;
  }
  void read_kind(std::int64_t number, Kind& kind) {
    const std::string what = fmt::format("kind {}", number);
    const Json& json = part("kinds")[static_cast<std::size_t>(number)];
    object(json, what, 5, place());
    op_name_ = text(member(json, "op", what, place()), "its op", place());
    const auto op = ops_.find(op_name_);
    if (op == ops_.end()) refuse("neither the library nor options.ops has an op of this name");
    kind.operand_count = static_cast<std::size_t>(integer(member(json, "operands", what, place()),
                                                          "the number of its operands", 0,
                                                          tables_.operands.size(), place()));
    const auto dtype = dtype_from_json(member(json, "dtype", what, place()));
    if (!dtype) refuse("its dtype is none");
    const auto shape = shape_from_json(member(json, "shape", what, place()));
    if (!shape) refuse("its shape is none");
    kind.dtype = *dtype;
    kind.shape = *shape;
    kind.attributes = attributes(*op->second, member(json, "attributes", what, place()));
    kind.op = op->second;
  }
  std::vector<Attribute> attributes(const Op& op, const Json& json) {
    if (!json.is_object()) refuse("its attributes are no object");
    std::vector<Attribute> all;
    for (const auto& [name, value] : json.items()) {
      const auto key = std::ranges::find(op.attributes, std::string_view(name),
                                         [](const AnyKey* k) { return k->name; });
      if (key == op.attributes.end()) refuse("there is no attribute {}", one_line(name));
      auto read = attribute_from_json(value, (*key)->type, [this](const std::string& tensor) {
        return arrays_.read(tensor, place());
      });
      if (!read) refuse("attribute {} is of another type", name);
      all.push_back({*key, std::move(*read)});
    }
    return all;
  }

  void check_name(const Kind& kind) const {
    const Json* name = tables_.names[at()];
    const bool needs_one = kind.op == &placeholder_op || kind.op == &variable_op;
    if (name == nullptr && needs_one) refuse("it has no name");
    if (name != nullptr && !name->is_string()) refuse("its name is no text");
    if (name != nullptr && given_name_.empty()) refuse("its name is empty");
  }

  std::vector<NodeId> take_operands(std::size_t count) {
    if (count > rest_of_operands_.size()) refuse("its operands are missing");
    std::vector<NodeId> ids;
    for (std::int32_t operand : rest_of_operands_.first(count))
      ids.push_back(
          NodeId{static_cast<std::int32_t>(in_range(operand, "an operand", 0, node_ - 1))});
    rest_of_operands_ = rest_of_operands_.subspan(count);
    return ids;
  }

  // By the same functions as the user's.
  NodeId append(const Kind& kind, std::span<const NodeId> operands) {
    if (const Json* number = tables_.literals[at()]) return literal(kind, *number);
    check_operands(*kind.op, operands);
    std::vector<Operand> tensors;
    std::vector<const Operand*> addresses;
    tensors.reserve(operands.size());
    for (NodeId operand : operands)
      addresses.push_back(&tensors.emplace_back(state_.tensor(operand), SourceLocation()));
    return checked([&] {
      return operands.empty() && is_source(*kind.op)
                 ? add_node(*kind.op, graph_, kind.attributes, {}).id()
                 : add_node(*kind.op, addresses, kind.attributes).id();
    });
  }
  NodeId literal(const Kind& kind, const Json& json) {
    if (kind.op != &constant_op) refuse("it is no constant");
    const auto integer = integer_from_json(json);
    const auto real = real_from_json(json);
    if (!integer && !real) refuse("its number is none");
    return checked(
        [&] { return state_.literal(integer ? Number(*integer) : Number(*real), kind.dtype, {}); });
  }
  // What the functions of these ops see to, and no rule can know.
  void check_operands(const Op& op, std::span<const NodeId> operands) const {
    if (&op == &assign_op && !operands.empty() && state_.variable(operands[0]) == nullptr)
      refuse("what it assigns to is no variable");
    if (&op != &custom_gradient_op) return;
    if (operands.size() < 2 || operands.size() > 32)
      refuse("{} operands, 2 to 32 are possible", operands.size());
    if (state_.kind(operands[0]).op != &stop_gradient_op) refuse("its value is no stop_gradient");
  }

  void check_result(const Kind& kind, NodeId id) const {
    if (index(id) != at()) refuse("its number is another node's, too");
    const NodeKind& made = state_.kind(id);
    if (made.dtype != kind.dtype || state_.shape(id) != kind.shape)
      refuse("it is {} {} in the file, and the op makes {} {}", to_text(kind.dtype),
             to_text(kind.shape), to_text(made.dtype), to_text(state_.shape(id)));
    if (tables_.literals[at()] != nullptr &&
        !std::ranges::equal(state_.attributes(id), kind.attributes))
      refuse("its number is not its value");
  }
  void restore_name(NodeId id, std::uint32_t number) {
    checked([&] { state_.names().restore(id, number, given_name_, state_); });
  }

  void finish(const Kind& kind, NodeId id) {
    const bool is_trainable = tables_.is_trainable[at()] != 0;
    if (is_trainable && (kind.op != &variable_op || !is_float(kind.dtype)))
      refuse("it is no variable that can be trained");
    if (kind.op == &variable_op) {
      const Array value = arrays_.read(state_.name(id), place());
      if (value.shape() != kind.shape || value.dtype() != kind.dtype)
        refuse("the variable is {} {}, its value {} {}", to_text(kind.dtype), to_text(kind.shape),
               to_text(value.dtype()), to_text(value.shape()));
      state_.add_variable({id, initial_value(value), is_trainable});
    }
    if (kind.op == &custom_gradient_op) keep_no_rules(kind, id);
  }
  void keep_no_rules(const Kind& kind, NodeId id) {
    const std::string text = fmt::format(
        "gradients: the rules of custom_gradient \"{}\" are functions of the program that saved "
        "the model, which no file holds",
        state_.name(id));
    const GradientFunction rule = [text](const Tensor&, const Tensor&,
                                         std::span<const Tensor>) -> Tensor {
      throw GraphError(text);
    };
    state_.keep_rules(id, std::vector(kind.operand_count - 1, rule));
  }

  void check_all_is_used() const {
    if (!rest_of_operands_.empty())
      file_.refuse<DataError>("there are {} operands more than the nodes have",
                              rest_of_operands_.size());
    arrays_.check_all_were_read(file_);
    const auto unused = std::ranges::find(kinds_, nullptr, &Kind::op);
    if (unused != kinds_.end())
      file_.refuse<DataError>("kind {} is of no node", unused - kinds_.begin());
  }
  std::vector<NamedTensor> named_tensors() const {
    std::vector<NamedTensor> tensors;
    std::unordered_set<std::string> known;
    for (const Json& json : list(part("tensors"), "tensors", file_)) {
      tuple(json, "an item of tensors", 2, file_);
      const std::string name = text(json[0], "the name of a tensor", file_);
      const std::int64_t node =
          integer(json[1], "the node of a tensor", 0, tables_.node_count() - 1, file_);
      if (name.empty()) file_.refuse<DataError>("the name of a tensor is empty");
      if (!known.insert(name).second)
        file_.refuse<DataError>("two tensors are named {}", excerpt(name));
      tensors.push_back({name, state_.tensor(NodeId{static_cast<std::int32_t>(node)})});
    }
    return tensors;
  }

  const FilePlace file_;
  const OpsByName ops_;
  ModelArrays arrays_;
  Graph graph_;
  GraphState& state_;
  const ModelTables tables_;
  std::span<const std::int32_t> rest_of_operands_;
  std::vector<Kind> kinds_;
  // The node that is being made.
  std::int64_t node_ = 0;
  std::string op_name_, given_name_;
};

}  // namespace

Tensor Model::operator[](const TensorName& name) const {
  const auto found = std::ranges::find(tensors_, name.text(), &NamedTensor::name);
  if (found != tensors_.end()) return found->tensor;
  std::string all;
  for (const NamedTensor& t : tensors_) all += (all.empty() ? "" : ", ") + t.name;
  throw_at<GraphError>(name.where(), "model: no tensor is named \"{}\"; there are: {}", name.text(),
                       all);
}

Model load_model(const std::filesystem::path& path, const ModelOptions& options,
                 SourceLocation where) {
  try {
    return Loader(path, options, where).load();
  } catch (const std::bad_alloc&) {
    throw_at<MemoryError>(where, "load_model: no memory is left for {}", path.string());
  }
}

}  // namespace gradus
