// What every op says to operands of wrong dtypes, shapes and graphs: derived from the proofs, and
// compared whole with tests/reference/refusals.txt. GRADUS_UPDATE_REFERENCE=1 writes the file anew,
// for a person to read.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gradus/error.h>
#include <gradus/graph.h>

#include "paths.h"
#include "proof/proof.h"
#include "proof/samples.h"

namespace gradus::proof {
namespace {

struct OperandType {
  Shape shape;
  DType dtype;
  bool is_empty = false, is_foreign = false;
};
using Types = std::vector<OperandType>;

std::string error_of(const Proof& proof, const Types& types) {
  Graph g, other;
  Tensors xs;
  for (const OperandType& type : types)
    xs.push_back(type.is_empty
                     ? Tensor()
                     : (type.is_foreign ? other : g)
                           .placeholder(fmt::format("x{}", xs.size()), type.shape, type.dtype));
  try {
    proof.call(xs);
  } catch (const ShapeError& error) {
    return fmt::format("ShapeError: {}", error.what());
  } catch (const DTypeError& error) {
    return fmt::format("DTypeError: {}", error.what());
  } catch (const GraphError& error) {
    return fmt::format("GraphError: {}", error.what());
  }
  return "";
}

// Each is the right call with one operand that is wrong, or may be.
std::vector<Types> variations(const Proof& proof) {
  Types right;
  for (const std::vector<Shape>& shapes : shape_cases(proof)) {
    right.clear();
    for (std::size_t k = 0; k < shapes.size(); ++k)
      right.push_back({shapes[k], proof.operands[k].dtype.value_or(proof.dtypes[0])});
    if (!right.empty() && right[0].shape.rank() == 2 && right[0].shape.element_count() > 0) break;
  }
  std::vector<Types> all;
  const auto vary = [&](std::size_t k, auto change) {
    all.push_back(right);
    change(all.back()[k]);
  };
  for (std::size_t k = 0; k < right.size(); ++k) {
    for (DType dtype : {boolean, int32, float32, float64})
      vary(k, [&](OperandType& type) { type.dtype = dtype; });
    for (const Shape& shape : {Shape{}, Shape{4}, Shape{4, 5}, Shape{2, 7, 11, 3}})
      vary(k, [&](OperandType& type) { type.shape = shape; });
    vary(k, [](OperandType& type) { type.is_empty = true; });
    if (k > 0) vary(k, [](OperandType& type) { type.is_foreign = true; });
  }
  return all;
}

// "here" for each "file.cpp:12": lines move, messages do not.
std::string without_places(std::string_view message) {
  const auto is_word = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string text;
  while (!message.empty()) {
    const std::string_view name(message.begin(), std::ranges::find_if_not(message, is_word));
    std::string_view rest = message.substr(name.size());
    for (std::string_view ending : {".cpp:", ".h:"})
      if (!name.empty() && rest.starts_with(ending) && rest.size() > ending.size() &&
          is_digit(rest[ending.size()])) {
        rest.remove_prefix(ending.size());
        rest = {std::ranges::find_if_not(rest, is_digit), rest.end()};
        text += "here";
        break;
      }
    if (rest.size() == message.size() - name.size()) {
      const std::size_t kept = std::max<std::size_t>(name.size(), 1);
      text += message.substr(0, kept);
      rest = message.substr(kept);
    }
    message = rest;
  }
  return text;
}

std::string refusals() {
  std::string text;
  std::set<const void*> seen;
  for (const Proof& proof : all_proofs()) {
    const void* subject =
        proof.op != nullptr ? static_cast<const void*>(proof.op) : proof.composite;
    if (!seen.insert(subject).second) continue;
    std::set<std::string> messages;
    for (const Types& types : variations(proof)) messages.insert(error_of(proof, types));
    messages.erase("");
    text += fmt::format("== {}\n", proof.title());
    for (const std::string& message : messages) text += without_places(message) + "\n";
  }
  return text;
}

TEST(Refusals, are_as_they_were_read) {
  const std::string file = GRADUS_TEST_DATA "/refusals.txt", found = refusals();
  if (std::getenv("GRADUS_UPDATE_REFERENCE") != nullptr) std::ofstream(file) << found;
  std::ifstream stream(file);
  std::stringstream expected;
  expected << stream.rdbuf();
  std::istringstream a(found), b(expected.str());
  std::string section;
  for (std::string mine, reference;;) {
    const bool has_mine = bool(std::getline(a, mine)),
               has_reference = bool(std::getline(b, reference));
    if (mine.starts_with("== ")) section = mine;
    ASSERT_EQ(has_mine, has_reference) << section;
    ASSERT_EQ(mine, reference) << section;
    if (!has_mine) break;
  }
}

}  // namespace
}  // namespace gradus::proof
