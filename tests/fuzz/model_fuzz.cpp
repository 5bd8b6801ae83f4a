// rooms: interchange runtime autodiff compiler ops graph kernels core
// Model files of any bytes are refused by an Error, or are models that can be run.
//
// Most mutations keep the container whole and change what is in it: the graph's JSON, the numbers
// of its nodes, or a node's op, whose attributes are drawn by their types.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gradus/model_file.h>
#include <gradus/op/table.h>

#include "fuzz_file.h"
#include "safetensors_container.h"

namespace {

using namespace gradus;

constexpr const char* graph_key = "gradus.graph";

// Attributes of each type, as a file has them.
Json some_attribute(std::size_t type, std::minstd_rand& random) {
  const auto number = [&] { return static_cast<std::int64_t>(random() % 7) - 2; };
  const auto numbers = [&] {
    Json list = Json::array();
    for (auto n = random() % 4; n > 0; --n) list.push_back(number());
    return list;
  };
  if (type == attribute_type<bool>) return random() % 2 == 0;
  if (type == attribute_type<std::int64_t>) return number();
  if (type == attribute_type<double>) return 0.5 * static_cast<double>(number());
  if (type == attribute_type<DType>) return to_text(all_dtypes[random() % all_dtypes.size()]);
  if (type == attribute_type<std::string>)
    return std::array{"same", "valid", "constant", "reflect", "symmetric"}[random() % 5];
  if (type == attribute_type<Axes> && random() % 3 == 0) return "all";
  if (type == attribute_type<Array>) return "__graph__/constant_0";
  return numbers();
}

// A kind becomes one of any op, of as many operands as that has.
void change_op(Json& graph, std::minstd_rand& random) {
  Json& kinds = graph["kinds"];
  if (!kinds.is_array() || kinds.empty()) return;
  const Op& op = *all_ops()[random() % all_ops().size()];
  Json& kind = kinds[random() % kinds.size()];
  if (!kind.is_object()) return;
  kind["op"] = op.name;
  if (!op.operands.empty()) kind["operands"] = op.operands.size();
  kind["attributes"] = Json::object();
  for (const AnyKey* key : op.attributes)
    kind["attributes"][std::string(key->name)] = some_attribute(key->type, random);
}

bool change(Container& container, std::minstd_rand& random) {
  const std::size_t count = container.data.size() / sizeof(std::int32_t);
  if (random() % 3 == 0 && count > 0) {
    // Of the last numbers most are nodes and operands.
    const std::size_t i = count - 1 - random() % count;
    const auto number = static_cast<std::int32_t>(random() % 40) - 2;
    std::memcpy(container.data.data() + i * sizeof number, &number, sizeof number);
    return true;
  }
  Json& text = container.header["__metadata__"][graph_key];
  Json graph = Json::parse(text.is_string() ? text.get<std::string>() : "", nullptr, false);
  if (!graph.is_object()) return false;
  for (auto changes = 1 + random() % 3; changes > 0; --changes) {
    try {
      if (random() % 3 == 0)
        change_op(graph, random);
      else
        change_json(graph, random);
    } catch (const Json::exception&) {
      break;  // a pointer into what an earlier change made something else
    }
  }
  text = graph.dump(-1, ' ', false, Json::error_handler_t::replace);
  return true;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  return mutate_container(data, size, max_size, seed, change);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return fuzz_file(data, size, [&](const std::string& path) {
    const Model model = load_model(path);
    Session session =
        model.session({.threads = 1, .memory_limit = 16 << 20, .interpret = size % 2 == 0});
    std::vector<Feed> feeds;
    for (const NamedTensor& t : model.tensors()) {
      if (t.tensor.op_name() != "placeholder") continue;
      std::vector<std::int64_t> sizes = t.tensor.shape().to_vector();
      std::ranges::replace(sizes, any_size, 2);
      if (Shape(sizes).element_count() < 10'000)
        feeds.emplace_back(t.tensor, Array::zeros(sizes, t.tensor.dtype()));
    }
    for (const NamedTensor& t : model.tensors()) {
      try {
        session.run(t.tensor, feeds);
      } catch (const Error&) {
      }
    }
  });
}
