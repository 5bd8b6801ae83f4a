#include <gradus/graph_state.h>

#include <bit>
#include <limits>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/op.h>

namespace gradus {

GraphState::GraphState() {
  // Number 0 everywhere is the usual case: a scalar, no attributes, no line.
  shapes_.emplace_back();
  shape_numbers_.emplace(Shape{}, 0);
  attribute_lists_.emplace_back();
  locations_.emplace_back();
}

NodeId GraphState::append(const Op& op, std::span<const NodeId> operands,
                          std::span<const Attribute> attributes, const Shape& shape, DType dtype,
                          SourceLocation where) {
  constexpr std::size_t most_nodes = std::numeric_limits<std::int32_t>::max();
  constexpr std::size_t most_operands = std::numeric_limits<std::uint16_t>::max();
  if (nodes_.size() >= most_nodes ||
      operands_.size() + operands.size() > std::numeric_limits<std::uint32_t>::max())
    throw GraphError(at_line(fmt::format("{}: the graph is full", op.name), where));
  if (operands.size() > most_operands)
    throw GraphError(at_line(fmt::format("{}: {} operands, at most {} are possible", op.name,
                                         operands.size(), most_operands),
                             where));
  const Node node{
      .op = &op,
      .first_operand = static_cast<std::uint32_t>(operands_.size()),
      .shape = shape_number(shape),
      .attributes = attributes_number(attributes),
      .where = context.where != 0 ? context.where : location_number(where),
      .scope = names_.current_scope(),
      .origin = context.origin,
      .operand_count = static_cast<std::uint16_t>(operands.size()),
      .dtype = dtype,
      .role = context.role,
  };
  operands_.insert(operands_.end(), operands.begin(), operands.end());
  nodes_.push_back(node);
  return NodeId{static_cast<std::int32_t>(nodes_.size() - 1)};
}

std::shared_ptr<GraphState> GraphState::with_tables_of(const GraphState& other) {
  auto graph = std::make_shared<GraphState>();
  graph->shapes_ = other.shapes_;
  graph->shape_numbers_ = other.shape_numbers_;
  graph->attribute_lists_ = other.attribute_lists_;
  graph->attribute_numbers_ = other.attribute_numbers_;
  graph->locations_ = other.locations_;
  graph->location_numbers_ = other.location_numbers_;
  graph->names_.take_scopes_of(other.names_);
  return graph;
}

NodeId GraphState::append_copy(const Node& node, std::span<const NodeId> operands,
                               const Shape* shape) {
  Node& copy = nodes_.emplace_back(node);
  copy.first_operand = static_cast<std::uint32_t>(operands_.size());
  copy.operand_count = static_cast<std::uint16_t>(operands.size());
  if (shape != nullptr) copy.shape = shape_number(*shape);
  operands_.insert(operands_.end(), operands.begin(), operands.end());
  return NodeId{static_cast<std::int32_t>(nodes_.size() - 1)};
}

NodeId GraphState::literal(Number number, DType dtype, SourceLocation where) {
  const std::uint64_t bits = is_float(dtype) ? std::bit_cast<std::uint64_t>(number.real())
                                             : static_cast<std::uint64_t>(number.integer());
  auto& known = literals_[static_cast<std::size_t>(dtype)];
  if (const auto found = known.find(bits); found != known.end()) return found->second;
  const Attribute value = attributes::value = full({}, number, dtype);
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
  const Node& n = node(id);
  if (n.op != &constant_op || n.shape != 0) return nullptr;
  return &std::get<Array>(attributes(id)[0].value);
}

const VariableRecord* GraphState::variable(NodeId id) const {
  const auto found = variable_numbers_.find(id);
  return found == variable_numbers_.end() ? nullptr : &variables_[found->second];
}

void GraphState::add_variable(VariableRecord record) {
  variable_numbers_.emplace(record.node, variables_.size());
  variables_.push_back(std::move(record));
}

std::uint32_t GraphState::shape_number(const Shape& shape) {
  if (shapes_[last_shape_] == shape) return last_shape_;
  const auto [found, is_new] =
      shape_numbers_.try_emplace(shape, static_cast<std::uint32_t>(shapes_.size()));
  if (is_new) shapes_.push_back(shape);
  return last_shape_ = found->second;
}

std::uint32_t GraphState::attributes_number(std::span<const Attribute> attributes) {
  if (attributes.empty()) return 0;
  const auto equals = [&](std::uint32_t number) {
    const auto& list = attribute_lists_[number];
    return std::equal(list.begin(), list.end(), attributes.begin(), attributes.end());
  };
  if (equals(last_attributes_)) return last_attributes_;
  std::size_t hash = 0;
  for (const Attribute& a : attributes)
    hash = hash * 31 + std::hash<std::string_view>{}(a.key->name) + hash_value(a.value);
  const auto [first, last] = attribute_numbers_.equal_range(hash);
  for (auto i = first; i != last; ++i)
    if (equals(i->second)) return last_attributes_ = i->second;
  last_attributes_ = static_cast<std::uint32_t>(attribute_lists_.size());
  attribute_lists_.emplace_back(attributes.begin(), attributes.end());
  attribute_numbers_.emplace(hash, last_attributes_);
  return last_attributes_;
}

std::uint32_t GraphState::location_number(SourceLocation where) {
  if (locations_[last_location_] == where) return last_location_;
  // The file's name is a literal of the program: its address stands for it.
  const std::uint64_t key =
      reinterpret_cast<std::uintptr_t>(where.file()) * 0x9e3779b97f4a7c15u + where.line();
  const auto [found, is_new] =
      location_numbers_.try_emplace(key, static_cast<std::uint32_t>(locations_.size()));
  if (is_new) locations_.push_back(where);
  return last_location_ = found->second;
}

At::At(GraphState& state, SourceLocation where) : state_(state), before_(state.context.where) {
  if (before_ == 0) state.context.where = state.location_number(where);
}

}  // namespace gradus
