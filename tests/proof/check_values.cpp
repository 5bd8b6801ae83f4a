#include "proof/check_values.h"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/graph.h>
#include <gradus/session.h>

#include "proof/samples.h"

namespace gradus::proof {
namespace {

// How an operand comes to the op: as it is fed, or through another op that moves its elements.
struct Layout {
  std::string_view name;
  Array (*stored)(const Array& x);          // what is fed
  Tensor (*operand)(const Tensor& stored);  // makes x of it again
};

Array permuted(const Array& x, const std::function<Indices(Indices)>& place, Indices shape) {
  const Value from = value_of(x);
  return array_of(Value::from(std::move(shape), [&](const Indices& i) { return from[place(i)]; }),
                  x.dtype());
}
Indices reversed(Indices indices) {
  std::ranges::reverse(indices);
  return indices;
}
Array turned(const Array& x) {
  return permuted(
      x,
      [&](Indices i) {
        for (std::size_t k = 0; k < i.size(); ++k)
          i[k] = x.shape()[static_cast<std::int64_t>(k)] - 1 - i[k];
        return i;
      },
      x.shape().to_vector());
}
// Every second element of an array that is larger by one in front.
Array spread(const Array& x) {
  Indices shape = x.shape().to_vector();
  for (std::int64_t& size : shape) size = 2 * size + 1;
  return permuted(
      x,
      [&](Indices i) {
        for (std::size_t k = 0; k < i.size(); ++k) {
          const std::int64_t size = x.shape()[static_cast<std::int64_t>(k)];
          i[k] = std::clamp<std::int64_t>((i[k] - 1) / 2, 0, size - 1);
        }
        return i;
      },
      shape);
}
Tensor every_second(const Tensor& x) {
  return slice(x, std::vector<Slice>(static_cast<std::size_t>(x.rank()), {.start = 1, .step = 2}));
}

const std::array layouts{
    Layout{"dense", [](const Array& x) { return x; }, [](const Tensor& x) { return x; }},
    Layout{"transposed",
           [](const Array& x) { return permuted(x, reversed, reversed(x.shape().to_vector())); },
           [](const Tensor& x) { return transpose(x); }},
    Layout{"reversed", turned, [](const Tensor& x) { return reverse(x); }},
    Layout{"sliced", spread, every_second},
};

Report check_case(const Proof& proof, const std::vector<Array>& operands, const Layout& layout) {
  Report report;
  const std::string what =
      fmt::format("{} of {} ({})", proof.title(), types_text(operands), layout.name);
  try {
    Graph g;
    Tensors tensors;
    std::vector<Feed> feeds;
    Values values;
    for (const Array& x : operands) {
      const Array stored = layout.stored(x);
      const Tensor fed =
          g.placeholder(fmt::format("x{}", tensors.size()), stored.shape(), stored.dtype());
      feeds.emplace_back(fed, stored);
      tensors.push_back(layout.operand(fed));
      values.push_back(value_of(x));
    }
    const Tensor y = proof.call(tensors);
    ++report.checked;
    const Value expected = proof.oracle.value(values);
    for (const bool interprets : {false, true}) {
      const Array found = Session(g, {.threads = 1, .interpret = interprets}).run(y, feeds);
      if (const auto text = difference(found, expected, proof.units))
        report.fail(fmt::format("{}{}: {}", what, interprets ? ", interpreted" : "", *text));
    }
  } catch (const Error& error) {
    report.fail(what + ": " + error.what());
  }
  return report;
}

}  // namespace

Report check_values(const Proof& proof) {
  Report report;
  for (DType dtype : proof.dtypes)
    for (const std::vector<Shape>& shapes : shape_cases(proof))
      for (const Layout& layout : layouts) {
        const std::vector<Array> operands = samples(proof, shapes, dtype);
        // Nothing lies in no element in any order.
        const bool is_empty =
            std::ranges::any_of(operands, [](const Array& x) { return x.size() == 0; });
        if (!is_empty || &layout == &layouts[0]) report += check_case(proof, operands, layout);
      }
  return report;
}

}  // namespace gradus::proof
