#include "model_tables.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "model_format.h"
#include "model_json.h"

namespace gradus {
namespace {

using namespace model_format;
using namespace model_json;

void check_version(const std::string& text, const FilePlace& place) {
  if (text == std::to_string(version)) return;
  const bool is_number =
      !text.empty() && text[0] != '0' && text.find_first_not_of("0123456789") == text.npos;
  if (!is_number) place.refuse<DataError>("{} {} is no version", version_key, excerpt(text));
  place.refuse<DataError>("the file is of version {}, this library reads files up to version {}",
                          excerpt(text), version);
}

Json read_header(const SafetensorsFile& file, const FilePlace& place) {
  const auto& metadata = file.metadata();
  for (const char* key : {version_key, graph_key})
    if (!metadata.contains(key))
      place.refuse<DataError>("this is no model file: its metadata has no {}", key);
  check_version(metadata.at(version_key), place);
  try {
    Json json = Json::parse(metadata.at(graph_key));
    object(json, graph_key, part_count, place);
    return json;
  } catch (const Json::exception& error) {
    place.refuse<DataError>("{} is no JSON: {}", graph_key, one_line(error.what()));
  }
}

const Json& list_of(const Json& json, std::string_view name, const FilePlace& place) {
  return list(member(json, name, graph_key, place), name, place);
}

// The numbers that the scopes of the file have in the graph.
std::vector<std::uint32_t> read_scopes(const Json& json, GraphState& graph,
                                       const FilePlace& place) {
  constexpr std::int64_t most = std::int64_t{1} << 31;
  std::vector<std::uint32_t> scopes{Names::root};
  for (const Json& item : list_of(json, "scopes", place)) {
    const std::string what = fmt::format("scope {}", scopes.size());
    tuple(item, what, 3, place);
    const std::int64_t above = integer(item[0], what, 0, std::ssize(scopes) - 1, place);
    const std::string name = text(item[1], what, place);
    const std::int64_t opened = integer(item[2], what, 0, most, place);
    scopes.push_back(refused_at(place, [&] {
      return graph.names().restore_scope(scopes[static_cast<std::size_t>(above)], name,
                                         static_cast<std::uint32_t>(opened));
    }));
  }
  return scopes;
}

std::vector<ModelTables::Place> read_places(const Json& json, GraphState& graph,
                                            const FilePlace& place) {
  constexpr std::int64_t most = std::int64_t{1} << 31;
  const std::vector<std::uint32_t> scopes = read_scopes(json, graph, place);
  std::vector<const char*> files;
  for (const Json& item : list_of(json, "files", place))
    files.push_back(graph.keep_file_name(text(item, "a file's name", place)));
  std::vector<ModelTables::Place> places;
  for (const Json& item : list_of(json, "places", place)) {
    const std::string what = fmt::format("place {}", places.size());
    tuple(item, what, 4, place);
    const std::int64_t file = integer(item[0], what, -1, std::ssize(files) - 1, place);
    const std::int64_t line = integer(item[1], what, 0, most, place);
    const std::int64_t scope = integer(item[2], what, 0, std::ssize(scopes) - 1, place);
    const auto role = std::ranges::find(role_names, text(item[3], what, place));
    if (role == role_names.end()) place.refuse<DataError>("{} has no role", what);
    const SourceLocation where =
        file < 0 ? SourceLocation()
                 : SourceLocation::current(files[static_cast<std::size_t>(file)],
                                           static_cast<std::uint32_t>(line));
    places.push_back({graph.location_number(where), scopes[static_cast<std::size_t>(scope)],
                      static_cast<Role>(role - role_names.begin())});
  }
  return places;
}

// int32 of this shape, where any size may stand for any other.
Array read_numbers(ModelArrays& arrays, std::string_view name, const Shape& shape,
                   const FilePlace& place) {
  Array numbers = arrays.read(std::string(name), place);
  if (numbers.dtype() != int32 || !accepts(shape, numbers.shape()))
    place.refuse<DataError>("{} is {} {}, not int32 {}", name, to_text(numbers.dtype()),
                            to_text(numbers.shape()), to_text(shape));
  return numbers;
}

// From a list of [node, value]: the value of each node.
std::vector<const Json*> by_node(const Json& json, std::string_view name, std::int64_t node_count,
                                 const FilePlace& place) {
  const std::string what = fmt::format("an item of {}", name);
  std::vector<const Json*> values(static_cast<std::size_t>(node_count));
  for (const Json& item : list_of(json, name, place)) {
    tuple(item, what, 2, place);
    const std::int64_t node = integer(item[0], what, 0, node_count - 1, place);
    const Json*& value = values[static_cast<std::size_t>(node)];
    if (value != nullptr) place.refuse<DataError>("{} has node {} twice", name, node);
    value = &item[1];
  }
  return values;
}

}  // namespace

Array ModelArrays::read(const std::string& name, const FilePlace& place) {
  if (!file_.contains(name)) place.refuse<DataError>("tensor {} is not there", excerpt(name));
  were_read_.insert(name);
  return refused_at(place, [&] { return file_.read(name, {}, place.where()); });
}

void ModelArrays::check_all_were_read(const FilePlace& place) const {
  for (const SafetensorsFile::Entry& entry : file_.entries())
    if (!were_read_.contains(entry.name))
      place.refuse<DataError>("tensor {} is of no node", excerpt(entry.name));
}

ModelTables read_model_tables(ModelArrays& arrays, GraphState& graph, const FilePlace& place) {
  ModelTables tables;
  tables.json = read_header(arrays.file(), place);
  const Json& json = tables.json;
  tables.places = read_places(json, graph, place);
  tables.nodes = read_numbers(arrays, nodes_name, {any_size, column_count}, place);
  tables.operands = read_numbers(arrays, operands_name, {any_size}, place);
  const std::int64_t count = tables.node_count();
  tables.names = by_node(json, "names", count, place);
  tables.literals = by_node(json, "literals", count, place);
  tables.is_trainable.resize(static_cast<std::size_t>(count));
  for (const Json& item : list_of(json, "trainable", place))
    tables.is_trainable[static_cast<std::size_t>(
        integer(item, "an item of trainable", 0, count - 1, place))] = 1;
  return tables;
}

}  // namespace gradus
