#include "pass_switches.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/throw_at.h"
#include "pipeline.h"

namespace gradus {
namespace {

static_assert(sizeof(Passes) == std::size(pipeline));

void switch_off(Passes& passes, std::string_view name, SourceLocation where) {
  bool is_known = name.empty();
  for (const Pass& pass : pipeline)
    if (name == "all" || name == pass.name) {
      passes.*pass.is_on = false;
      is_known = true;
    }
  if (is_known) return;
  std::vector<std::string_view> names;
  for (const Pass& pass : pipeline) names.push_back(pass.name);
  throw_at<GraphError>(
      where,
      "session: $GRADUS_PASSES_OFF names \"{}\"; passes are {}, and all switches off all of them",
      name, fmt::join(names, ", "));
}

}  // namespace

Passes without_switched_off(Passes passes, SourceLocation where) {
  const char* const value = std::getenv("GRADUS_PASSES_OFF");
  std::string_view rest = value != nullptr ? value : "";
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    switch_off(passes, rest.substr(0, comma), where);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return passes;
}

bool is_interpreting_switched_on(SourceLocation where) {
  const char* const value = std::getenv("GRADUS_INTERPRET");
  const std::string_view text = value != nullptr ? value : "";
  if (!text.empty() && text != "0" && text != "1")
    throw_at<GraphError>(where, "session: $GRADUS_INTERPRET is \"{}\", neither 0 nor 1", text);
  return text == "1";
}

}  // namespace gradus
