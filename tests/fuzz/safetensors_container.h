// Safetensors files whose metadata are mutated as what they are, so that mutants stay whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

// libFuzzer's own, of bytes.
extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace gradus {

using Json = nlohmann::ordered_json;

// A safetensors file, as its header and the bytes behind it.
struct Container {
  Json header;
  std::vector<std::uint8_t> data;
};

inline bool take_apart(const std::uint8_t* bytes, std::size_t size, Container& container) {
  std::uint64_t length = 0;
  if (size < sizeof length) return false;
  std::memcpy(&length, bytes, sizeof length);
  if (length > size - sizeof length) return false;
  const std::uint8_t* begin = bytes + sizeof length;
  container.header = Json::parse(begin, begin + length, nullptr, false);
  container.data.assign(begin + length, bytes + size);
  return container.header.is_object() && container.header.contains("__metadata__") &&
         container.header["__metadata__"].is_object();
}

inline std::size_t put_together(const Container& container, std::uint8_t* bytes,
                                std::size_t max_size) {
  const std::string text = container.header.dump(-1, ' ', false, Json::error_handler_t::replace);
  const std::uint64_t length = text.size();
  if (sizeof length + text.size() + container.data.size() > max_size) return 0;
  std::memcpy(bytes, &length, sizeof length);
  std::memcpy(bytes + sizeof length, text.data(), text.size());
  std::copy(container.data.begin(), container.data.end(), bytes + sizeof length + text.size());
  return sizeof length + text.size() + container.data.size();
}

// Some value of the JSON becomes another value of it, or a number.
inline void change_json(Json& json, std::minstd_rand& random) {
  const Json flat = json.flatten();
  if (flat.empty()) return;
  const auto any = [&] {
    auto item = flat.begin();
    std::advance(item, static_cast<std::ptrdiff_t>(random() % flat.size()));
    return item;
  };
  const Json::json_pointer place(any().key());
  switch (random() % 4) {
    case 0:
      json[place] = any().value();
      break;
    case 1:
      json[place] = static_cast<std::int64_t>(random() % 9) - 2;
      break;
    case 2:
      json[place] = Json::array({any().value(), any().value()});
      break;
    default:
      if (json[place].is_number_integer())
        // Unsigned, for the largest number wraps.
        json[place] = static_cast<std::int64_t>(json[place].get<std::uint64_t>() +
                                                (random() % 2 == 0 ? 1U : ~std::uint64_t{0}));
      else
        json[place] = nullptr;
  }
}

// A mutant of a file: change(container, random) gives whether it changed something, unless the file
// is no safetensors with metadata; then, and in one of four, bytes are mutated.
template <class Change>
std::size_t mutate_container(std::uint8_t* data, std::size_t size, std::size_t max_size,
                             unsigned seed, Change change) {
  std::minstd_rand random(seed);
  Container container;
  std::size_t made = 0;
  if (random() % 4 != 0 && take_apart(data, size, container) && change(container, random))
    made = put_together(container, data, max_size);
  return made != 0 ? made : LLVMFuzzerMutate(data, size, max_size);
}

}  // namespace gradus
