#include <gradus/weight_initializer.h>

#include <string>

#include "core/throw_at.h"

namespace gradus {
namespace {

struct KnownInitializer {
  std::string_view name;
  Initializer (*make)(const Shape&, Layout);
};

constexpr KnownInitializer known_initializers[] = {
    {"zeros", [](const Shape& s, Layout) { return zeros(s); }},
    {"ones", [](const Shape& s, Layout) { return ones(s); }},
    {"uniform", [](const Shape& s, Layout) { return uniform(s); }},
    {"normal", [](const Shape& s, Layout) { return normal(s); }},
    {"truncated_normal", [](const Shape& s, Layout) { return truncated_normal(s); }},
    {"glorot_uniform", [](const Shape& s, Layout layout) { return glorot_uniform(s, layout); }},
    {"glorot_normal", [](const Shape& s, Layout layout) { return glorot_normal(s, layout); }},
    {"he_uniform", [](const Shape& s, Layout layout) { return he_uniform(s, layout); }},
    {"he_normal", [](const Shape& s, Layout layout) { return he_normal(s, layout); }},
    {"orthogonal", [](const Shape& s, Layout) { return orthogonal(s); }},
};

}  // namespace

WeightInitializer::WeightInitializer(const char* name, SourceLocation where) {
  std::string names;
  for (const KnownInitializer& k : known_initializers) {
    if (k.name == name) make_ = k.make;
    names += (names.empty() ? "" : ", ") + std::string(k.name);
  }
  if (!make_)
    throw_at<GraphError>(where, "initializer: \"{}\" is not known; there are {}", name, names);
}

}  // namespace gradus
