#include "variable_match.h"

#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "safetensors_header.h"

namespace gradus {

VariableMatch match_variables(const std::vector<Variable>& variables, const SafetensorsFile& file,
                              const std::function<std::string(const std::string&)>& name_of) {
  std::unordered_map<std::string_view, const SafetensorsFile::Entry*> tensors;
  for (const SafetensorsFile::Entry& entry : file.entries()) tensors.emplace(entry.name, &entry);

  VariableMatch match;
  std::unordered_set<std::string_view> asked_for;
  for (const Variable& variable : variables) {
    const std::string name = name_of ? name_of(variable.name()) : variable.name();
    const std::string called =
        name == variable.name() ? fmt::format("\"{}\"", name)
                                : fmt::format("\"{}\" (of variable \"{}\")", name, variable.name());
    const auto found = tensors.find(name);
    if (found == tensors.end()) {
      match.rest.missing.push_back(
          fmt::format("{} {} {}", called, to_text(variable.dtype()), to_text(variable.shape())));
      continue;
    }
    const auto& [key, entry] = *found;
    asked_for.insert(key);
    if (entry->dtype == safetensors_dtype(variable.dtype()) && entry->shape == variable.shape())
      match.pairs.emplace_back(variable, name);
    else
      match.rest.unlike.push_back(fmt::format("{} {} {}, in the file {} {}", called,
                                              to_text(variable.dtype()), to_text(variable.shape()),
                                              entry->dtype, to_text(entry->shape)));
  }
  for (const SafetensorsFile::Entry& entry : file.entries())
    if (!asked_for.contains(entry.name))
      match.rest.left_over.push_back(
          fmt::format("\"{}\" {} {}", entry.name, entry.dtype, to_text(entry.shape)));
  return match;
}

std::string to_lines(const NotLoaded& rest) {
  std::string text;
  for (const std::string& line : rest.missing) text += "\n  missing: " + line;
  for (const std::string& line : rest.left_over) text += "\n  left over: " + line;
  for (const std::string& line : rest.unlike) text += "\n  unlike: " + line;
  return text;
}

}  // namespace gradus
