// What a model file consists of; docs/keeping.md says what each part means.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "graph/node.h"

namespace gradus::model_format {

inline constexpr std::int64_t version = 1;

// Of the file's metadata.
inline constexpr const char *version_key = "gradus.model", *graph_key = "gradus.graph";
inline constexpr std::size_t part_count = 9;  // of the graph's JSON

// The tensors that are no variable's value begin so.
inline constexpr std::string_view own_prefix = "__graph__/";
inline constexpr std::string_view nodes_name = "__graph__/nodes",
                                  operands_name = "__graph__/operands",
                                  constant_prefix = "__graph__/constant_";

// The columns of the nodes.
enum Column : std::size_t { kind_column, place_column, origin_column, number_column, column_count };

inline constexpr std::array<std::string_view, 3> role_names{"forward", "gradient", "update"};
inline constexpr std::string_view name_of(Role role) {
  return role_names[static_cast<std::size_t>(role)];
}

}  // namespace gradus::model_format
