#include <gradus/model_file.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <gradus/initializer.h>
#include <gradus/op/records.h>
#include <gradus/op/table.h>
#include <gradus/safetensors.h>

#include "attribute_json.h"
#include "core/one_line.h"
#include "core/throw_at.h"
#include "graph/graph_state.h"
#include "model_format.h"

namespace gradus {
namespace {

using namespace model_format;

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// All other ops have operands.
bool is_source(const Op& op) {
  const std::array sources{&placeholder_op,    &variable_op,      &constant_op,
                           &random_uniform_op, &random_normal_op, &random_bernoulli_op};
  return std::ranges::find(sources, &op) != sources.end();
}

std::unordered_map<std::string_view, const Op*> ops_by_name(const ModelOptions& options,
                                                            SourceLocation where) {
  std::unordered_map<std::string_view, const Op*> ops;
  for (const Op* op : all_ops()) ops.emplace(op->name, op);
  for (const Op* op : options.ops) {
    if (op == nullptr) throw_at<GraphError>(where, "load_model: an op is a null pointer");
    if (ops.emplace(op->name, op).first->second != op)
      throw_at<GraphError>(where, "load_model: two ops are named \"{}\"", op->name);
  }
  return ops;
}

class Reader {
 public:
  Reader(const std::filesystem::path& path, const ModelOptions& options, SourceLocation where)
      : path_(path),
        where_(where),
        ops_(ops_by_name(options, where)),
        file_(path, where),
        state_(graph_.state()) {}

  Model read() {
    read_header();
    read_scopes();
    read_places();
    read_rows();
    for (node_ = 0; node_ < node_count_; ++node_) add_node_of_row();
    node_ = none;
    state_.context = {};
    state_.names().set_current_scope(Names::root);
    check_all_is_used();
    state_.streams_before =
        integer(part("next_stream"), "next_stream", node_count_, std::int64_t{1} << 62) -
        node_count_;
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
  struct Place {
    std::uint32_t where, scope;
    Role role;
  };
  static constexpr std::int64_t none = -1;

  // While a node is made, its number and what is known of it stand before the text.
  [[noreturn]] void fail(const std::string& text) const {
    throw_at<DataError>(where_, "load_model: {}: {}{}", path_.string(), node_text(), text);
  }
  std::string node_text() const {
    if (node_ == none) return "";
    const std::string given = given_name(),
                      op = op_name_.empty() ? "" : fmt::format(" ({})", op_name_);
    return given.empty() ? fmt::format("node {}{}: ", node_, op)
                         : fmt::format("node {} \"{}\"{}: ", node_, one_line(given), op);
  }
  // What the library refuses, it refuses here for the file's reader.
  template <class F>
  auto checked(F f) const {
    try {
      return f();
    } catch (const MemoryError&) {
      throw;
    } catch (const Error& error) {
      fail(first_line(error.what()));
    }
  }

  // --- Parts of the JSON, as what they must be.

  std::int64_t integer(const Json& json, std::string_view what, std::int64_t low,
                       std::int64_t high) const {
    const auto value = integer_from_json(json);
    if (!value) fail(fmt::format("{} is no integer", what));
    return in_range(*value, what, low, high);
  }
  std::int64_t in_range(std::int64_t value, std::string_view what, std::int64_t low,
                        std::int64_t high) const {
    if (value < low || value > high)
      fail(fmt::format("{} is {}, between {} and {} are possible", what, value, low, high));
    return value;
  }
  std::string text(const Json& json, std::string_view what) const {
    if (!json.is_string()) fail(fmt::format("{} is no text", what));
    return json.get<std::string>();
  }
  const Json& list(const Json& json, std::string_view what, std::size_t size) const {
    if (!json.is_array() || json.size() != size)
      fail(fmt::format("{} is no list of {}", what, size));
    return json;
  }
  const Json& list(std::string_view name) const {
    const Json& json = part(name);
    if (!json.is_array()) fail(fmt::format("{} is no list", name));
    return json;
  }
  const Json& part(std::string_view name) const { return member(json_, name, graph_key); }
  const Json& member(const Json& object, std::string_view name, std::string_view what) const {
    const auto found = object.find(std::string(name));
    if (found == object.end()) fail(fmt::format("{} has no {}", what, name));
    return *found;
  }
  void check_object(const Json& json, std::size_t size, std::string_view what) const {
    if (!json.is_object() || json.size() != size)
      fail(fmt::format("{} is no object of {} members", what, size));
  }

  Array array(const std::string& name) {
    if (!file_.contains(name)) fail(fmt::format("tensor \"{}\" is not there", one_line(name)));
    used_.insert(name);
    return checked([&] { return file_.read(name, {}, where_); });
  }

  // --- Tables.

  void read_header() {
    const auto& metadata = file_.metadata();
    const auto found = metadata.find(version_key);
    const auto graph = metadata.find(graph_key);
    if (found == metadata.end() || graph == metadata.end())
      fail(fmt::format("this is no model file: its metadata has no {}",
                       found == metadata.end() ? version_key : graph_key));
    check_version(found->second);
    try {
      json_ = Json::parse(graph->second);
    } catch (const Json::exception& error) {
      fail(fmt::format("{} is no JSON: {}", graph_key, one_line(error.what())));
    }
    check_object(json_, 9, graph_key);
    kinds_.resize(list("kinds").size());
  }
  void check_version(const std::string& text) const {
    const std::string own = std::to_string(version);
    if (text == own) return;
    const bool is_number =
        !text.empty() && text[0] != '0' && text.find_first_not_of("0123456789") == text.npos;
    if (!is_number) fail(fmt::format("{} \"{}\" is no version", version_key, one_line(text)));
    fail(fmt::format("the file is of version {}, this library reads files up to version {}", text,
                     own));
  }

  void read_scopes() {
    scopes_.push_back(Names::root);
    for (const Json& json : list("scopes")) {
      const std::string what = fmt::format("scope {}", scopes_.size());
      list(json, what, 3);
      const std::int64_t above = integer(json[0], what, 0, std::ssize(scopes_) - 1);
      const std::string name = text(json[1], what);
      const std::int64_t opened = integer(json[2], what, 0, std::int64_t{1} << 31);
      scopes_.push_back(checked([&] {
        return state_.names().restore_scope(scopes_[static_cast<std::size_t>(above)], name,
                                            static_cast<std::uint32_t>(opened));
      }));
    }
  }
  void read_places() {
    std::vector<const char*> files;
    for (const Json& json : list("files"))
      files.push_back(state_.keep_file_name(text(json, "a file's name")));
    for (const Json& json : list("places")) {
      const std::string what = fmt::format("place {}", places_.size());
      list(json, what, 4);
      const std::int64_t file = integer(json[0], what, -1, std::ssize(files) - 1);
      const std::int64_t line = integer(json[1], what, 0, std::int64_t{1} << 31);
      const std::int64_t scope = integer(json[2], what, 0, std::ssize(scopes_) - 1);
      const auto role = std::ranges::find(role_names, text(json[3], what));
      if (role == role_names.end()) fail(fmt::format("{} has no role", what));
      const SourceLocation where =
          file < 0 ? SourceLocation()
                   : SourceLocation::current(files[static_cast<std::size_t>(file)],
                                             static_cast<std::uint32_t>(line));
      places_.push_back({state_.location_number(where), scopes_[static_cast<std::size_t>(scope)],
                         static_cast<Role>(role - role_names.begin())});
    }
  }

  void read_rows() {
    nodes_ = array(std::string(nodes_name));
    operands_ = array(std::string(operands_name));
    if (nodes_.dtype() != int32 || nodes_.rank() != 2 || nodes_.shape()[1] != column_count)
      fail(fmt::format("{} is {} {}, not int32 [?, {}]", nodes_name, to_text(nodes_.dtype()),
                       to_text(nodes_.shape()), std::size_t{column_count}));
    if (operands_.dtype() != int32 || operands_.rank() != 1)
      fail(fmt::format("{} is {} {}, not int32 [?]", operands_name, to_text(operands_.dtype()),
                       to_text(operands_.shape())));
    node_count_ = nodes_.shape()[0];
    rest_of_operands_ = std::as_const(operands_).values<std::int32_t>();
    names_ = by_node("names");
    literals_ = by_node("literals");
    is_trainable_.resize(static_cast<std::size_t>(node_count_));
    for (const Json& json : list("trainable"))
      is_trainable_[static_cast<std::size_t>(integer(json, "trainable", 0, node_count_ - 1))] = 1;
  }
  // From a list of [node, value]: the value of each node; null if it has none.
  std::vector<const Json*> by_node(std::string_view name) const {
    std::vector<const Json*> values(static_cast<std::size_t>(node_count_));
    for (const Json& json : list(name)) {
      const std::string what = fmt::format("an item of {}", name);
      list(json, what, 2);
      const Json*& value =
          values[static_cast<std::size_t>(integer(json[0], what, 0, node_count_ - 1))];
      if (value != nullptr) fail(fmt::format("{} has a node twice", name));
      value = &json[1];
    }
    return values;
  }

  // --- Nodes.

  std::size_t at() const { return static_cast<std::size_t>(node_); }
  std::string given_name() const {
    const Json* name = names_[at()];
    return name != nullptr && name->is_string() ? name->get<std::string>() : "";
  }

  // Read when its first node is, which can be named then.
  const Kind& kind(std::int64_t number) {
    Kind& kind = kinds_[static_cast<std::size_t>(number)];
    if (kind.op != nullptr) {
      op_name_ = kind.op->name;
      return kind;
    }
    const std::string what = fmt::format("kind {}", number);
    const Json& json = part("kinds")[static_cast<std::size_t>(number)];
    check_object(json, 5, what);
    op_name_ = text(member(json, "op", what), what);
    const auto op = ops_.find(op_name_);
    if (op == ops_.end()) fail("neither the library nor options.ops has an op of this name");
    kind.operand_count = static_cast<std::size_t>(
        integer(member(json, "operands", what), "the number of operands", 0, operands_.size()));
    const auto dtype = dtype_from_json(member(json, "dtype", what));
    if (!dtype) fail("its dtype is none");
    const auto shape = shape_from_json(member(json, "shape", what));
    if (!shape) fail("its shape is none");
    kind.dtype = *dtype;
    kind.shape = *shape;
    kind.attributes = attributes(*op->second, member(json, "attributes", what));
    kind.op = op->second;
    return kind;
  }
  std::vector<Attribute> attributes(const Op& op, const Json& json) {
    if (!json.is_object()) fail("its attributes are no object");
    std::vector<Attribute> all;
    for (const auto& [name, value] : json.items()) {
      const auto key = std::ranges::find(op.attributes, std::string_view(name),
                                         [](const AnyKey* k) { return k->name; });
      if (key == op.attributes.end()) fail(fmt::format("there is no attribute {}", one_line(name)));
      auto read = attribute_from_json(value, (*key)->type,
                                      [this](const std::string& tensor) { return array(tensor); });
      if (!read) fail(fmt::format("attribute {} is of another type", name));
      all.push_back({*key, std::move(*read)});
    }
    return all;
  }

  void add_node_of_row() {
    op_name_.clear();
    const auto row =
        std::as_const(nodes_).values<std::int32_t>().subspan(at() * column_count, column_count);
    const Kind& kind =
        this->kind(in_range(row[kind_column], "its kind", 0, std::ssize(kinds_) - 1));
    const Place& place = places_[static_cast<std::size_t>(
        in_range(row[place_column], "its place", 0, std::ssize(places_) - 1))];
    const std::int64_t origin =
        in_range(row[origin_column], "what it differentiates", -1, node_ - 1);
    const std::int64_t number =
        in_range(row[number_column], "the number of its name", 0, max_number);
    const std::vector<NodeId> operands = take_operands(kind.operand_count);

    state_.context = {place.where, place.role, NodeId{static_cast<std::int32_t>(origin)}};
    state_.names().set_current_scope(place.scope);
    const NodeId id = checked([&] { return append(kind, operands); });
    check_result(kind, id);
    const std::string given = name_to_give(kind);
    checked([&] {
      state_.names().restore(id, static_cast<std::uint32_t>(number), given, state_);
      return 0;
    });
    finish(kind, id);
  }
  static constexpr std::int64_t max_number = std::numeric_limits<std::int32_t>::max();

  std::vector<NodeId> take_operands(std::size_t count) {
    if (count > rest_of_operands_.size()) fail("its operands are missing");
    std::vector<NodeId> ids;
    for (std::int32_t operand : rest_of_operands_.first(count))
      ids.push_back(
          NodeId{static_cast<std::int32_t>(in_range(operand, "an operand", 0, node_ - 1))});
    rest_of_operands_ = rest_of_operands_.subspan(count);
    return ids;
  }

  NodeId append(const Kind& kind, std::span<const NodeId> operands) {
    const Op& op = *kind.op;
    if (const Json* number = literals_[at()]) return literal(kind, *number);
    if (operands.empty() && is_source(op)) return add_node(op, graph_, kind.attributes, {}).id();
    check_operands(op, operands);
    std::vector<Operand> tensors;
    std::vector<const Operand*> addresses;
    tensors.reserve(operands.size());
    for (NodeId operand : operands)
      addresses.push_back(&tensors.emplace_back(state_.tensor(operand), SourceLocation()));
    return add_node(op, addresses, kind.attributes).id();
  }
  NodeId literal(const Kind& kind, const Json& json) {
    const auto integer = integer_from_json(json);
    const auto real = real_from_json(json);
    if (!integer && !real) fail("its number is none");
    return state_.literal(integer ? Number(*integer) : Number(*real), kind.dtype, {});
  }
  // What the functions of these ops see to, and no rule can know.
  void check_operands(const Op& op, std::span<const NodeId> operands) const {
    if (&op == &assign_op && !operands.empty() && state_.variable(operands[0]) == nullptr)
      fail("what it assigns to is no variable");
    if (&op != &custom_gradient_op) return;
    if (operands.size() < 2 || operands.size() > 32)
      fail(fmt::format("{} operands, 2 to 32 are possible", operands.size()));
    if (state_.kind(operands[0]).op != &stop_gradient_op) fail("its value is no stop_gradient");
  }
  void check_result(const Kind& kind, NodeId id) const {
    if (index(id) != at()) fail("its number is another node's, too");
    const NodeKind& made = state_.kind(id);
    if (made.op != kind.op || made.dtype != kind.dtype || state_.shape(id) != kind.shape)
      fail(fmt::format("it is {} {} in the file, and the op makes {} {}", to_text(kind.dtype),
                       to_text(kind.shape), to_text(made.dtype), to_text(state_.shape(id))));
    if (!std::ranges::equal(state_.attributes(id), kind.attributes))
      fail("its number is not its value");
  }
  std::string name_to_give(const Kind& kind) const {
    const Json* name = names_[at()];
    const bool needs_one = kind.op == &placeholder_op || kind.op == &variable_op;
    if (name == nullptr && needs_one) fail("it has no name");
    if (name != nullptr && text(*name, "its name").empty()) fail("its name is empty");
    return given_name();
  }

  void finish(const Kind& kind, NodeId id) {
    if (kind.op == &variable_op) {
      const Array value = array(state_.name(id));
      if (value.shape() != kind.shape || value.dtype() != kind.dtype)
        fail(fmt::format("the variable is {} {}, its value {} {}", to_text(kind.dtype),
                         to_text(kind.shape), to_text(value.dtype()), to_text(value.shape())));
      state_.add_variable({id, initial_value(value), is_trainable_[at()] != 0});
    }
    if (is_trainable_[at()] != 0 && (kind.op != &variable_op || !is_float(kind.dtype)))
      fail("it is no variable that can be trained");
    if (kind.op == &custom_gradient_op) {
      const std::string text = fmt::format(
          "gradients: the rules of custom_gradient \"{}\" are functions of the program that saved "
          "{}, which cannot hold them",
          state_.name(id), path_.string());
      state_.keep_rules(
          id, std::vector<GradientFunction>(
                  kind.operand_count - 1,
                  [text](const Tensor&, const Tensor&, std::span<const Tensor>) -> Tensor {
                    throw GraphError(text);
                  }));
    }
  }

  // --- The end.

  void check_all_is_used() const {
    if (!rest_of_operands_.empty()) fail("there are more operands than the nodes have");
    for (const SafetensorsFile::Entry& entry : file_.entries())
      if (!used_.contains(entry.name))
        fail(fmt::format("tensor \"{}\" is of no node", one_line(entry.name)));
    if (const auto kind = std::ranges::find(kinds_, nullptr, &Kind::op); kind != kinds_.end())
      fail(fmt::format("kind {} is of no node", kind - kinds_.begin()));
  }
  std::vector<NamedTensor> named_tensors() const {
    std::vector<NamedTensor> tensors;
    std::unordered_set<std::string> known;
    for (const Json& json : list("tensors")) {
      list(json, "an item of tensors", 2);
      const std::string name = text(json[0], "the name of a tensor");
      const std::int64_t node = integer(json[1], "the node of a tensor", 0, node_count_ - 1);
      if (name.empty()) fail("the name of a tensor is empty");
      if (!known.insert(name).second)
        fail(fmt::format("two tensors are named \"{}\"", one_line(name)));
      tensors.push_back({name, state_.tensor(NodeId{static_cast<std::int32_t>(node)})});
    }
    return tensors;
  }

  const std::filesystem::path path_;
  const SourceLocation where_;
  const std::unordered_map<std::string_view, const Op*> ops_;
  const SafetensorsFile file_;
  std::unordered_set<std::string> used_;  // of the file's tensors
  Json json_;

  std::vector<std::uint32_t> scopes_;
  std::vector<Place> places_;
  std::vector<Kind> kinds_;
  Array nodes_, operands_;
  std::int64_t node_count_ = 0;
  std::span<const std::int32_t> rest_of_operands_;
  std::vector<const Json*> names_, literals_;
  std::vector<char> is_trainable_;

  Graph graph_;
  GraphState& state_;
  std::int64_t node_ = none;  // what is made now
  std::string op_name_;
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
    return Reader(path, options, where).read();
  } catch (const std::bad_alloc&) {
    throw_at<MemoryError>(where, "load_model: no memory is left for {}", path.string());
  }
}

}  // namespace gradus
