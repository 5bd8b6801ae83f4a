#include <gradus/model_file.h>

#include <cstring>
#include <limits>
#include <map>
#include <new>
#include <unordered_map>
#include <utility>

#include <gradus/op/op.h>
#include <gradus/op/table.h>
#include <gradus/safetensors.h>

#include "attribute_json.h"
#include "core/one_line.h"
#include "core/throw_at.h"
#include "core/utf8.h"
#include "graph/graph_state.h"
#include "graph/interned.h"
#include "graph/node_flags.h"
#include "model_format.h"
#include "runtime/held_values.h"

namespace gradus {
namespace {

using namespace model_format;

void check_text(std::string_view text, std::string_view what, SourceLocation where) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = utf8_length(rest);
    if (length == 0)
      throw_at<GraphError>(where, "save_model: {} \"{}\" is no UTF-8", what, one_line(text));
    rest.remove_prefix(length);
  }
}

// The graph of all tensors.
std::shared_ptr<GraphState> checked(const std::vector<NamedTensor>& tensors, SourceLocation where) {
  if (tensors.empty()) throw_at<GraphError>(where, "save_model: there are no tensors");
  std::map<std::string_view, NodeId> known;
  for (const auto& [name, tensor] : tensors) {
    if (name.empty()) throw_at<GraphError>(where, "save_model: the name of a tensor is empty");
    check_text(name, "the name", where);
    if (!tensor) throw_at<GraphError>(where, "save_model: \"{}\" is an empty Tensor", name);
    if (tensor.shared_state() != tensors[0].tensor.shared_state())
      throw_at<GraphError>(where, "save_model: \"{}\" is of another graph than \"{}\"", name,
                           tensors[0].name);
    if (!known.emplace(name, tensor.id()).second)
      throw_at<GraphError>(where, "save_model: two tensors are named \"{}\"", name);
  }
  return tensors[0].tensor.shared_state();
}

class Writer {
 public:
  Writer(GraphState& graph, Session& session, SourceLocation where)
      : graph_(graph), held_(session, where), where_(where) {}

  void write(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors) {
    choose(tensors);
    write_nodes();
    write_places();
    Json named = Json::array();
    for (const auto& [name, tensor] : tensors)
      named.push_back({name, number_of_[index(tensor.id())]});
    write_literals();
    const Json graph{{"tensors", std::move(named)},
                     {"kinds", std::move(kinds_)},
                     {"places", std::move(places_json_)},
                     {"scopes", std::move(scopes_)},
                     {"files", std::move(files_)},
                     {"names", std::move(names_)},
                     {"trainable", std::move(trainable_)},
                     {"literals", std::move(literals_)},
                     {"next_stream", graph_.streams_before + graph_.node_count()}};
    for (NamedArray& constant : constants_) arrays_.push_back(std::move(constant));
    arrays_.push_back({std::string(nodes_name), std::move(nodes_)});
    arrays_.push_back({std::string(operands_name), std::move(operands_)});
    write_safetensors(path, arrays_,
                      {{version_key, std::to_string(version)}, {graph_key, graph.dump()}}, where_);
  }

 private:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  // Operands and what a gradient differentiates come before their node: one descending sweep.
  void choose(const std::vector<NamedTensor>& tensors) {
    const auto count = static_cast<std::size_t>(graph_.node_count());
    NodeFlags is_kept(count);
    for (const NamedTensor& t : tensors) is_kept[index(t.tensor.id())] = 1;
    std::int64_t operand_count = 0;
    for (std::size_t i = count; i-- > 0;) {
      if (!is_kept[i]) continue;
      const NodeId id{static_cast<std::int32_t>(i)};
      for (NodeId operand : graph_.operands(id)) is_kept[index(operand)] = 1;
      if (const NodeId origin = graph_.node(id).origin; origin != no_node)
        is_kept[index(origin)] = 1;
      operand_count += graph_.kind(id).operand_count;
    }
    number_of_.assign(count, -1);
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_kept[i]) continue;
      number_of_[i] = static_cast<std::int32_t>(kept_.size());
      kept_.push_back(NodeId{static_cast<std::int32_t>(i)});
    }
    nodes_ = Array::uninitialized({std::ssize(kept_), column_count}, int32);
    operands_ = Array::uninitialized({operand_count}, int32);
  }

  void write_nodes() {
    kind_number_.assign(graph_.kind_count(), none);
    std::int32_t* row = nodes_.mutable_values<std::int32_t>().data();
    std::int32_t* operand = operands_.mutable_values<std::int32_t>().data();
    for (NodeId id : kept_) {
      const Node node = graph_.node(id);
      row[kind_column] = static_cast<std::int32_t>(kind_number(id));
      row[place_column] = static_cast<std::int32_t>(
          places_.number(NodePlace{.where = node.where, .scope = node.scope, .role = node.role}));
      row[origin_column] = node.origin == no_node ? -1 : number_of_[index(node.origin)];
      row[number_column] = static_cast<std::int32_t>(graph_.names().number(id, graph_));
      row += column_count;
      for (NodeId o : graph_.operands(id)) *operand++ = number_of_[index(o)];
      if (graph_.names().is_given(id)) write_name(id);
      if (const VariableRecord* variable = graph_.variable(id)) write_variable(id, *variable);
    }
  }

  std::uint32_t kind_number(NodeId id) {
    std::uint32_t& number = kind_number_[graph_.kind_number(id)];
    if (number != none) return number;
    const NodeKind& kind = graph_.kind(id);
    check_op(*kind.op);
    Json attributes = Json::object();
    for (const Attribute& a : graph_.attributes(id)) {
      if (const auto* text = std::get_if<std::string>(&a.value))
        check_text(*text, "an attribute", where_);
      attributes[std::string(a.key->name)] =
          attribute_to_json(a.value, [this](const Array& value) { return keep(value); });
    }
    kinds_.push_back({{"op", kind.op->name},
                      {"operands", kind.operand_count},
                      {"dtype", to_text(kind.dtype)},
                      {"shape", graph_.shape(id).to_vector()},
                      {"attributes", std::move(attributes)}});
    return number = static_cast<std::uint32_t>(kinds_.size() - 1);
  }
  // Who reads the file finds records by their names.
  void check_op(const Op& op) {
    if (ops_.empty())
      for (const Op* known : all_ops()) ops_.emplace(known->name, known);
    if (ops_.emplace(op.name, &op).first->second == &op) return;
    throw_at<GraphError>(where_, "save_model: two ops are named \"{}\"", op.name);
  }
  std::string keep(const Array& value) {
    constants_.push_back({std::string(constant_prefix) + std::to_string(constants_.size()), value});
    return constants_.back().name;
  }

  void write_places() {
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      const NodePlace& place = places_[i];
      const SourceLocation line = graph_.location(place.where);
      places_json_.push_back({line ? file_number(line.file()) : -1, line.line(),
                              scope_number(place.scope), name_of(place.role)});
    }
  }
  // The file alone, as messages and pictures show it: where it lay says nothing elsewhere.
  std::int64_t file_number(std::string_view path) {
    std::string name = one_line(path.substr(path.find_last_of('/') + 1));
    const auto [found, is_new] = file_numbers_.try_emplace(name, std::ssize(files_));
    if (is_new) files_.push_back(std::move(name));
    return found->second;
  }
  // What stands above a scope has a smaller number there, and is written before it here.
  std::uint32_t scope_number(std::uint32_t scope) {
    if (scope == Names::root) return 0;
    std::vector<std::uint32_t> missing;
    for (; scope != Names::root && !scope_numbers_.contains(scope);
         scope = graph_.names().paths().above(scope))
      missing.push_back(scope);
    std::uint32_t above = scope == Names::root ? 0 : scope_numbers_[scope];
    for (; !missing.empty(); missing.pop_back()) {
      const std::string& name = graph_.names().paths().last_part(missing.back());
      check_text(name, "the scope", where_);
      scopes_.push_back({above, name, graph_.names().times_opened(missing.back())});
      above = static_cast<std::uint32_t>(scopes_.size());
      scope_numbers_.emplace(missing.back(), above);
    }
    return above;
  }

  void write_name(NodeId id) {
    const std::string name = graph_.names().given_name(id, graph_);
    check_text(name, "the name", where_);
    names_.push_back({number_of_[index(id)], name});
  }
  void write_variable(NodeId id, const VariableRecord& record) {
    const std::string name = graph_.name(id);
    check_text(name, "the name", where_);
    if (name.starts_with(own_prefix))
      throw_at<GraphError>(where_,
                           "save_model: variable \"{}\": names in \"{}\" are the file's own", name,
                           own_prefix);
    arrays_.push_back({name, held_.value(Variable(graph_.tensor(id)))});
    if (record.is_trainable) trainable_.push_back(number_of_[index(id)]);
  }
  void write_literals() {
    for (const auto& [id, number] : graph_.literals())
      if (number_of_[index(id)] >= 0)
        literals_.push_back({number_of_[index(id)], number.is_integer()
                                                        ? Json(number.integer())
                                                        : real_to_json(number.real())});
  }

  GraphState& graph_;
  const HeldValues held_;
  const SourceLocation where_;

  std::vector<NodeId> kept_;
  std::vector<std::int32_t> number_of_;  // in the file, by node; -1 of those that are not kept
  std::vector<std::uint32_t> kind_number_;
  Interned<NodePlace, NodeHash> places_;  // number 0 is of no line and no scope
  std::unordered_map<std::string, std::int64_t> file_numbers_;
  std::unordered_map<std::uint32_t, std::uint32_t> scope_numbers_;
  std::unordered_map<std::string_view, const Op*> ops_;

  Array nodes_, operands_;
  std::vector<NamedArray> arrays_, constants_;
  Json kinds_ = Json::array(), places_json_ = Json::array(), scopes_ = Json::array(),
       files_ = Json::array(), names_ = Json::array(), trainable_ = Json::array(),
       literals_ = Json::array();
};

}  // namespace

void save_model(const std::filesystem::path& path, Session& session,
                const std::vector<NamedTensor>& tensors, SourceLocation where) {
  const std::shared_ptr<GraphState> graph = checked(tensors, where);
  try {
    Writer(*graph, session, where).write(path, tensors);
  } catch (const std::bad_alloc&) {
    throw_at<MemoryError>(where, "save_model: no memory is left for {}", path.string());
  }
}

}  // namespace gradus
