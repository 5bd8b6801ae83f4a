// Attributes as JSON, each as its type: true, 3, 0.5, "float32", "same", [1, 2], "all" or [0, -1]
// for axes, [-1, 784] for shapes. A real number that JSON does not have is "0x" and its bits. An
// array is the name of a tensor.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include <gradus/op/attribute.h>

namespace gradus {

// Objects keep the order of their keys.
using Json = nlohmann::ordered_json;

// `keep` stores an array, and gives the name of its tensor.
Json attribute_to_json(const AttributeValue& value,
                       const std::function<std::string(const Array&)>& keep);

// Nothing if the JSON is no value of this type of attribute (AttributeValue::index()). `find` gives
// the array of a tensor.
std::optional<AttributeValue> attribute_from_json(
    const Json& json, std::size_t type, const std::function<Array(const std::string&)>& find);

// Of a list of integers as int64.
std::optional<std::vector<std::int64_t>> integers_from_json(const Json& json);
std::optional<std::int64_t> integer_from_json(const Json& json);
// ShapeError becomes nothing, too.
std::optional<Shape> shape_from_json(const Json& json);
std::optional<DType> dtype_from_json(const Json& json);
// For graphs' numbers, too.
Json real_to_json(double number);
std::optional<double> real_from_json(const Json& json);

}  // namespace gradus
