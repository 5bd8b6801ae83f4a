// Random programs for others to judge. By default one line for each, with checksums of its graph
// and of all bits that it computes: builds of two compilers must print the same. With --describe
// one JSON object for each, with all numbers: compare_with_pytorch.py computes them again.
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <gradus/auto_encoder.h>
#include <gradus/error.h>
#include <gradus/gradients.h>
#include <gradus/losses.h>
#include <gradus/optimizers.h>
#include <gradus/text.h>

#include "graph/graph_state.h"
#include "proof/random_graph.h"
#include "proof/samples.h"

namespace gradus::proof {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::uint64_t seed = 0;
  std::uint64_t count = 300;
  bool describe = false;
};

// A program with the gradients of its loss, and those of a loss of these.
struct Derived {
  explicit Derived(const Program& program, DType dtype) : built(build(program)) {
    for (std::size_t i = 0; i < program.sources.size(); ++i)
      if (program.sources[i].dtype == dtype) xs.push_back(built.tensors[i]);
    forward_nodes = built.graph.node_count();
    if (xs.empty()) return;
    first = gradients(loss_of(built.tensors), xs, {.unconnected = Unconnected::zero});
    second = gradients(loss_of(first), xs, {.unconnected = Unconnected::zero});
  }

  Built built;
  Tensors xs, first, second;
  std::int64_t forward_nodes = 0;
};

// FNV-1a.
class Checksum {
 public:
  void add(std::uint64_t word) {
    for (int shift = 0; shift < 64; shift += 8) add_byte(word >> shift & 0xff);
  }
  void add(std::string_view text) {
    for (const char c : text) add_byte(static_cast<unsigned char>(c));
  }
  // All NaNs are one: IEEE 754 leaves their bits open.
  void add(const Array& array) {
    add(to_text(array.shape()));
    visit(array.dtype(), [&]<class T>(T) {
      for (const T value : array.values<T>())
        if constexpr (std::same_as<T, float>)
          add(std::isnan(value) ? 1 : std::uint64_t{std::bit_cast<std::uint32_t>(value)});
        else if constexpr (std::same_as<T, double>)
          add(std::isnan(value) ? 1 : std::bit_cast<std::uint64_t>(value));
        else
          add(static_cast<std::uint64_t>(value));
    });
  }
  std::string text() const { return fmt::format("{:016x}", hash_); }

 private:
  void add_byte(std::uint64_t byte) { hash_ = (hash_ ^ byte) * 0x100000001b3; }

  std::uint64_t hash_ = 0xcbf29ce484222325;
};

std::string checksum(const std::vector<Array>& arrays) {
  Checksum sum;
  for (const Array& array : arrays) sum.add(array);
  return sum.text();
}
std::string checksum(const Graph& graph) {
  Checksum sum;
  sum.add(to_text(graph));
  return sum.text();
}

void print_checksums(std::string_view name, const Program& program, DType dtype) {
  const Derived derived(program, dtype);
  Session session(derived.built.graph, {.threads = 2});
  const auto computed = [&](const Tensors& fetches) {
    return fetches.empty() ? "-" : checksum(session.run(fetches, derived.built.feeds));
  };
  std::cout << fmt::format("{} {}: graph {}, values {}, gradients {} and {}\n", name,
                           to_text(dtype), checksum(derived.built.graph),
                           computed(derived.built.tensors), computed(derived.first),
                           computed(derived.second));
}

// The nodes of both derivatives of every op, whatever random programs choose.
void print_checksum_of_graph(const Proof& proof) {
  const auto cases = shape_cases(proof);
  const std::vector<Array> operands =
      samples(proof, cases[cases.size() / 2], proof.has_gradient ? float64 : proof.dtypes[0]);
  Graph g;
  Tensors xs, floats;
  for (const Array& x : operands) {
    xs.push_back(g.placeholder(fmt::format("x{}", xs.size()), x.shape(), x.dtype()));
    if (x.dtype() == float64) floats.push_back(xs.back());
  }
  const Tensor y = proof.call(xs);
  if (proof.has_gradient && !floats.empty()) {
    const Tensors first = gradients(loss_of({y}), floats, {.unconnected = Unconnected::zero});
    gradients(loss_of(first), floats, {.unconnected = Unconnected::zero});
  }
  std::cout << fmt::format("{}: graph {}\n", proof.title(), checksum(g));
}

void print_checksums_of_training() {
  const auto print = [](std::string_view name, const auto& optimizer, bool tied) {
    Graph g;
    const Tensor x = g.placeholder("x", {any_size, 6});
    models::AutoEncoder model(g, {6, 4, 2}, {.tied = tied});
    const Tensor error = reconstruction_error(model(x), x);
    const Tensor loss = error + 0.5 * l2(model.trainable_variables());
    optimizer.minimize(loss);
    std::cout << fmt::format("{}: graph {}\n", name, checksum(g));
  };
  print("sgd", SGD{}, true);
  print("sgd with momentum", SGD{.momentum = 0.5}, false);
  print("sgd with Nesterov's momentum", SGD{.momentum = 0.5, .nesterov = true}, false);
  print("rmsprop", RMSprop{}, true);
  print("rmsprop, centered", RMSprop{.momentum = 0.5, .centered = true}, true);
  print("adam", Adam{}, true);
}

Json numbers(const Array& array) {
  Json list = Json::array();
  visit(array.dtype(), [&]<class T>(T) {
    for (const T value : array.values<T>())
      if constexpr (std::same_as<T, bool>)
        list.push_back(value);
      else if constexpr (std::integral<T>)
        list.push_back(value);
      else if (std::isfinite(value))
        list.push_back(value);
      else
        list.push_back(fmt::format("{}", value));  // JSON has no inf and NaN
  });
  return list;
}

Json described(const Array& array) {
  return {{"shape", array.shape().to_vector()}, {"numbers", numbers(array)}};
}

Json described(const AttributeValue& value) {
  return std::visit(
      []<class T>(const T& v) -> Json {
        if constexpr (std::same_as<T, DType>)
          return to_text(v);
        else if constexpr (std::same_as<T, Axes>)
          return v.is_all() ? Json() : Json(v.list());
        else if constexpr (std::same_as<T, Shape>)
          return v.to_vector();
        else if constexpr (std::same_as<T, Array>)
          return described(v);
        else
          return v;
      },
      value);
}

void describe(std::uint64_t seed, const Program& program) {
  const Derived derived(program, float64);
  const GraphState& graph = derived.built.graph.state();
  Session session(derived.built.graph, {.threads = 1});
  Tensors forward;
  for (std::int32_t i = 0; i < derived.forward_nodes; ++i)
    forward.push_back(derived.built.graph.state().tensor(NodeId{i}));
  const std::vector<Array> values = session.run(forward, derived.built.feeds);

  Json json{{"seed", seed}, {"nodes", Json::array()}};
  for (std::size_t i = 0; i < forward.size(); ++i) {
    const NodeId id = forward[i].id();
    Json node = described(values[i]);
    node["op"] = forward[i].op_name();
    node["dtype"] = to_text(forward[i].dtype());
    node["operands"] = Json::array();
    for (const NodeId operand : graph.operands(id)) node["operands"].push_back(index(operand));
    node["attributes"] = Json::object();
    for (const Attribute& attribute : graph.attributes(id))
      node["attributes"][attribute.key->name] = described(attribute.value);
    json["nodes"].push_back(std::move(node));
  }
  const auto ids = [](const Tensors& tensors) {
    Json list = Json::array();
    for (const Tensor& x : tensors) list.push_back(index(x.id()));
    return list;
  };
  json["tensors"] = ids(derived.built.tensors);
  json["xs"] = ids(derived.xs);
  for (const auto& [name, dxs] :
       {std::pair{"first", &derived.first}, {"second", &derived.second}}) {
    json[name] = Json::array();
    if (dxs->empty()) continue;
    for (const Array& dx : session.run(*dxs, derived.built.feeds))
      json[name].push_back(described(dx));
  }
  std::cout << json.dump() << "\n";
}

void print(const Options& options) {
  if (!options.describe) {
    for (const Proof& proof : all_proofs()) print_checksum_of_graph(proof);
    print_checksums_of_training();
  }
  for (std::uint64_t seed = options.seed; seed < options.seed + options.count; ++seed) {
    const Program program = random_program(seed, seed % 2 == 0 ? usual_shapes : odd_shapes);
    if (options.describe) {
      describe(seed, program);
      continue;
    }
    print_checksums(std::to_string(seed), program, float64);
    if (const auto narrow = in_float32(program))
      print_checksums(std::to_string(seed), *narrow, float32);
  }
}

}  // namespace
}  // namespace gradus::proof

int main(int argc, char** argv) {
  gradus::proof::Options options;
  CLI::App app("Prints checksums of random programs, or all that they compute.");
  app.add_option("--seed", options.seed, "of the first program")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'000'000'000}))
      ->capture_default_str();
  app.add_option("--count", options.count, "how many programs")
      ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1'000'000'000}))
      ->capture_default_str();
  app.add_flag("--describe", options.describe, "print each program and its numbers as JSON");
  try {
    app.parse(argc, argv);
    gradus::proof::print(options);
    return std::cout.flush() ? 0 : 1;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "random_programs: " << error.what() << "\n";
    return 1;
  }
}
