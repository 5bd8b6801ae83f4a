#include "model_json.h"

namespace gradus::model_json {

std::int64_t in_range(std::int64_t value, std::string_view what, std::int64_t low,
                      std::int64_t high, const FilePlace& place) {
  if (value < low || value > high)
    place.refuse<DataError>("{} is {}, between {} and {} are possible", what, value, low, high);
  return value;
}

std::int64_t integer(const Json& json, std::string_view what, std::int64_t low, std::int64_t high,
                     const FilePlace& place) {
  const auto value = integer_from_json(json);
  if (!value) place.refuse<DataError>("{} is no integer", what);
  return in_range(*value, what, low, high, place);
}

std::string text(const Json& json, std::string_view what, const FilePlace& place) {
  if (!json.is_string()) place.refuse<DataError>("{} is no text", what);
  return json.get<std::string>();
}

const Json& list(const Json& json, std::string_view what, const FilePlace& place) {
  if (!json.is_array()) place.refuse<DataError>("{} is no list", what);
  return json;
}

const Json& tuple(const Json& json, std::string_view what, std::size_t size,
                  const FilePlace& place) {
  if (!json.is_array() || json.size() != size)
    place.refuse<DataError>("{} is no list of {}", what, size);
  return json;
}

const Json& object(const Json& json, std::string_view what, std::size_t size,
                   const FilePlace& place) {
  if (!json.is_object() || json.size() != size)
    place.refuse<DataError>("{} is no object of {} members", what, size);
  return json;
}

const Json& member(const Json& object, std::string_view name, std::string_view what,
                   const FilePlace& place) {
  const auto found = object.find(std::string(name));
  if (found == object.end()) place.refuse<DataError>("{} has no {}", what, name);
  return *found;
}

}  // namespace gradus::model_json
