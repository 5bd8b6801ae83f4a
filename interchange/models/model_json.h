// Parts of the JSON in a model file, each checked to be what it must be. `what` names the part, and
// `place` the file and the node, in the DataError that says otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "attribute_json.h"
#include "interchange/file_place.h"

namespace gradus::model_json {

std::int64_t in_range(std::int64_t value, std::string_view what, std::int64_t low,
                      std::int64_t high, const FilePlace& place);
std::int64_t integer(const Json& json, std::string_view what, std::int64_t low, std::int64_t high,
                     const FilePlace& place);
std::string text(const Json& json, std::string_view what, const FilePlace& place);
const Json& list(const Json& json, std::string_view what, const FilePlace& place);
// A list of so many.
const Json& tuple(const Json& json, std::string_view what, std::size_t size,
                  const FilePlace& place);
// An object of so many members.
const Json& object(const Json& json, std::string_view what, std::size_t size,
                   const FilePlace& place);
const Json& member(const Json& object, std::string_view name, std::string_view what,
                   const FilePlace& place);

}  // namespace gradus::model_json
