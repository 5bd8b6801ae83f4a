#include "graph_state.h"

#include <algorithm>
#include <bit>
#include <limits>

#include <gradus/at.h>
#include <gradus/op/op.h>

#include "core/throw_at.h"

namespace gradus {
namespace {

std::int64_t element_count_of(const Shape& shape) {
  return shape.is_known() ? shape.element_count() : any_size;
}

GraphState& state_of(const Operand& operand) {
  if (!operand.tensor())
    throw_at<GraphError>(operand.where(), "tensor: {}",
                         operand.is_number() ? "a number stands where a tensor is needed"
                                             : "the handle stands for no node");
  return operand.tensor().state();
}

}  // namespace

std::size_t NodeHash::operator()(const NodeKind& kind) const {
  return mixed_hash(reinterpret_cast<std::uintptr_t>(kind.op), kind.operand_count, kind.shape,
                    kind.attributes, kind.dtype);
}
std::size_t NodeHash::operator()(const NodePlace& place) const {
  return mixed_hash(place.where, place.scope, place.role);
}
std::size_t NodeHash::operator()(std::span<const Attribute> attributes) const {
  std::size_t hash = 0;
  for (const Attribute& a : attributes)
    hash = mixed_hash(hash, a.key->name.size(), hash_value(a.value));
  return hash;
}
std::size_t NodeHash::operator()(SourceLocation where) const {
  // The file's name is a literal of the program: its address stands for it.
  return mixed_hash(reinterpret_cast<std::uintptr_t>(where.file()), where.line());
}

NodeId GraphState::append(const Op& op, std::span<const NodeId> operands,
                          std::span<const Attribute> attributes, const Shape& shape, DType dtype,
                          SourceLocation where) {
  return append(kind_number(op, operands.size(), attributes, shape, dtype), operands, where);
}

std::uint32_t GraphState::kind_number(const Op& op, std::size_t operand_count,
                                      std::span<const Attribute> attributes, const Shape& shape,
                                      DType dtype) {
  return kinds_.number(NodeKind{.op = &op,
                                .operand_count = static_cast<std::uint32_t>(operand_count),
                                .shape = shapes_.number(shape),
                                .attributes = attributes_number(attributes),
                                .dtype = dtype,
                                .element_count = element_count_of(shape)});
}

NodeId GraphState::append(std::uint32_t kind, std::span<const NodeId> operands,
                          SourceLocation where) {
  constexpr std::size_t max_nodes = std::numeric_limits<std::int32_t>::max();
  constexpr std::size_t max_operands = std::numeric_limits<std::uint32_t>::max();
  if (nodes_.kinds.size() >= max_nodes || operands_.size() + operands.size() > max_operands)
    throw_at<GraphError>(where, "{}: the graph is full", kinds_[kind].op->name);
  if (!keeps_provenances_) return push(kind, {}, operands);
  const NodePlace place{.where = context.where != 0 ? context.where : location_number(where),
                        .scope = names_.current_scope(),
                        .role = context.role};
  return push(kind, {places_.number(place), context.origin}, operands);
}

NodeId GraphState::push(std::uint32_t kind, Provenance from, std::span<const NodeId> operands) {
  // All arrays grow before one of them changes: where memory is short, the graph stays whole.
  nodes_.kinds.make_room(1);
  if (keeps_provenances_) nodes_.provenances.make_room(1);
  nodes_.first_operands.make_room(1);
  operands_.make_room(operands.size());
  nodes_.kinds.unchecked_push_back(kind);
  if (keeps_provenances_) nodes_.provenances.unchecked_push_back(from);
  nodes_.first_operands.unchecked_push_back(static_cast<std::uint32_t>(operands_.size()));
  for (NodeId operand : operands) operands_.unchecked_push_back(operand);
  return NodeId{static_cast<std::int32_t>(nodes_.kinds.size() - 1)};
}

std::shared_ptr<GraphState> GraphState::copy_of_first(std::size_t count, const GraphState& other) {
  auto graph = std::make_shared<GraphState>();
  graph->keeps_provenances_ = false;
  graph->kinds_ = other.kinds_;
  graph->shapes_ = other.shapes_;
  graph->attribute_lists_ = other.attribute_lists_;
  const StoredNodes& from = other.nodes_;
  graph->nodes_.kinds.reserve(from.kinds.size());
  graph->nodes_.first_operands.reserve(from.kinds.size());
  graph->operands_.reserve(other.operands_.size());
  const std::size_t operands =
      count < from.kinds.size() ? from.first_operands[count] : other.operands_.size();
  graph->nodes_.kinds.append(std::span(from.kinds).first(count));
  graph->nodes_.first_operands.append(std::span(from.first_operands).first(count));
  graph->operands_.append(std::span(other.operands_).first(operands));
  return graph;
}

void GraphState::copy_provenance(const GraphState& other, std::span<const NodeId> nodes) {
  places_ = other.places_;
  locations_ = other.locations_;
  file_names_ = other.file_names_;
  names_.take_scopes_of(other.names_);
  nodes_.provenances.reserve(nodes_.kinds.size());
  for (std::int32_t i = 0; i < node_count(); ++i)
    nodes_.provenances.unchecked_push_back(
        other.provenance(nodes.empty() ? NodeId{i} : nodes[static_cast<std::size_t>(i)]));
  keeps_provenances_ = true;
}

NodeId GraphState::append_moved(const GraphState& other, NodeId id, std::span<const NodeId> moved,
                                const Shape* shape) {
  const std::size_t i = index(id);
  std::uint32_t kind = other.nodes_.kinds[i];
  if (shape != nullptr) {
    NodeKind changed = kinds_[kind];
    changed.shape = shapes_.number(*shape);
    changed.element_count = element_count_of(*shape);
    kind = kinds_.number(changed);
  }
  const auto operands = other.operands(id);
  const NodeId copy = push(kind, {}, operands);
  for (NodeId& operand : std::span(operands_).last(operands.size()))
    operand = moved[index(operand)];
  return copy;
}

void GraphState::make_constant(NodeId id, const Array& value) {
  const Attribute attribute = attributes::value = value;
  nodes_.kinds[index(id)] =
      kind_number(constant_op, 0, {&attribute, 1}, value.shape(), value.dtype());
}

std::vector<NodeId> GraphState::keep_only(const NodeFlags& is_kept) {
  const std::size_t count = nodes_.kinds.size();
  std::vector<NodeId> moved(count, no_node);
  std::size_t node_count = 0, operand_count = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (is_kept[i] == 0) continue;
    // What is written lies before what is still to be read.
    const auto operands = this->operands(NodeId{static_cast<std::int32_t>(i)});
    nodes_.kinds[node_count] = nodes_.kinds[i];
    nodes_.first_operands[node_count] = static_cast<std::uint32_t>(operand_count);
    if (keeps_provenances_) nodes_.provenances[node_count] = nodes_.provenances[i];
    for (NodeId operand : operands) operands_[operand_count++] = moved[index(operand)];
    moved[i] = NodeId{static_cast<std::int32_t>(node_count++)};
  }
  nodes_.kinds.shrink(node_count);
  nodes_.first_operands.shrink(node_count);
  if (keeps_provenances_) nodes_.provenances.shrink(node_count);
  operands_.shrink(operand_count);
  for (auto& known : literals_) known.clear();
  return moved;
}

NodeId GraphState::literal(Number number, DType dtype, SourceLocation where) {
  const std::uint64_t bits = is_float(dtype) ? std::bit_cast<std::uint64_t>(number.real())
                                             : static_cast<std::uint64_t>(number.integer());
  auto& known = literals_[static_cast<std::size_t>(dtype)];
  if (const auto found = known.find(bits); found != known.end()) return found->second;
  const Attribute value = attributes::value = Array::full({}, number, dtype);
  const std::uint32_t scope = names_.current_scope();
  names_.set_current_scope(Names::root);
  // It serves the whole graph, whoever asks for it first.
  const Context asked_in = context;
  context.role = Role::forward;
  context.origin = no_node;
  const NodeId id = append(constant_op, {}, {&value, 1}, {}, dtype, where);
  names_.set_current_scope(scope);
  context = asked_in;
  known.emplace(bits, id);
  return id;
}

const Array* GraphState::literal(NodeId id) const {
  if (kind(id).op != &constant_op || kind(id).shape != 0) return nullptr;
  return &std::get<Array>(attributes(id)[0].value);
}

std::vector<std::pair<NodeId, Number>> GraphState::literals() const {
  std::vector<std::pair<NodeId, Number>> all;
  for (DType dtype : all_dtypes)
    for (const auto& [bits, id] : literals_[static_cast<std::size_t>(dtype)])
      all.emplace_back(id, is_float(dtype) ? Number(std::bit_cast<double>(bits))
                                           : Number(static_cast<std::int64_t>(bits)));
  std::ranges::sort(all, {}, &std::pair<NodeId, Number>::first);
  return all;
}

const char* GraphState::keep_file_name(const std::string& file) {
  if (!file_names_) file_names_ = std::make_shared<std::deque<std::string>>();
  return file_names_->emplace_back(file).c_str();
}

void GraphState::set_trainable(NodeId id, bool trainable) {
  std::ranges::lower_bound(variables_, id, {}, &VariableRecord::node)->is_trainable = trainable;
}

const VariableRecord* GraphState::variable(NodeId id) const {
  const auto found = std::ranges::lower_bound(variables_, id, {}, &VariableRecord::node);
  return found == variables_.end() || found->node != id ? nullptr : &*found;
}

At::At(const Operand& operand) : At(state_of(operand), operand.where()) {}
At::At(GraphState& state, SourceLocation where) : state_(state), before_(state.context.where) {
  if (before_ == 0) state.context.where = state.location_number(where);
}
At::~At() { state_.context.where = before_; }

}  // namespace gradus
