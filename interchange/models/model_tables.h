// What a model file says beside its nodes' kinds: header, scopes, lines, and the nodes' numbers,
// which were checked against each other, but not against any op.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include <gradus/array.h>
#include <gradus/safetensors.h>

#include "attribute_json.h"
#include "graph/graph_state.h"
#include "interchange/file_place.h"

namespace gradus {

// The tensors of a file, each to be read for something.
class ModelArrays {
 public:
  ModelArrays(const std::filesystem::path& path, SourceLocation where) : file_(path, where) {}

  const SafetensorsFile& file() const { return file_; }
  // DataError if there is none of this name, or it has no dtype of the library.
  Array read(const std::string& name, const FilePlace& place);
  // DataError for the first that was not read.
  void check_all_were_read(const FilePlace& place) const;

 private:
  SafetensorsFile file_;
  std::unordered_set<std::string> were_read_;
};

struct ModelTables {
  struct Place {
    std::uint32_t where, scope;  // their numbers in the graph
    Role role;
  };

  Json json;
  Array nodes, operands;
  std::vector<Place> places;
  // By node; null of those that have none.
  std::vector<const Json*> names, literals;
  std::vector<char> is_trainable;

  std::int64_t node_count() const { return nodes.shape()[0]; }
};

// Scopes and lines are made in the graph. DataError.
ModelTables read_model_tables(ModelArrays& arrays, GraphState& graph, const FilePlace& place);

// What f() returns; what the library refuses in it is refused for the reader of the file: DataError
// with the first line of its message.
template <class F>
auto refused_at(const FilePlace& place, F f) {
  try {
    return f();
  } catch (const MemoryError&) {
    throw;
  } catch (const Error& error) {
    const std::string_view text = error.what();
    place.refuse<DataError>("{}", text.substr(0, text.find('\n')));
  }
}

}  // namespace gradus
