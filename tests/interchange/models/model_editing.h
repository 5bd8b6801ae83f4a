// Model files that nobody saved: a right one, taken apart, changed and put together again.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include <gradus/safetensors.h>

namespace gradus {

struct ModelParts {
  std::map<std::string, std::string> metadata;
  nlohmann::ordered_json graph;
  std::vector<NamedArray> arrays;

  Array& array(const std::string& name) {
    for (NamedArray& a : arrays)
      if (a.name == name) return a.value;
    throw std::runtime_error("there is no array " + name);
  }
  std::int32_t& cell(std::int64_t node, std::int64_t column) {
    return array("__graph__/nodes")
        .mutable_values<std::int32_t>()[static_cast<std::size_t>(4 * node + column)];
  }
  std::int32_t& operand(std::size_t i) {
    return array("__graph__/operands").mutable_values<std::int32_t>()[i];
  }
};

inline ModelParts parts_of(const std::filesystem::path& path) {
  ModelParts parts{SafetensorsFile(path).metadata(), {}, read_safetensors(path)};
  parts.graph = nlohmann::ordered_json::parse(parts.metadata.at("gradus.graph"));
  return parts;
}

inline void write_parts(const std::filesystem::path& path, ModelParts parts) {
  parts.metadata["gradus.graph"] = parts.graph.dump();
  write_safetensors(path, parts.arrays, parts.metadata);
}

}  // namespace gradus
