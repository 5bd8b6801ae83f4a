#include <gradus/weights.h>

#include <new>
#include <unordered_set>
#include <utility>

#include <gradus/safetensors.h>

#include "core/throw_at.h"
#include "file_place.h"
#include "runtime/held_values.h"
#include "variable_match.h"

namespace gradus {
namespace {

void check(const std::vector<Variable>& variables, const Session& session,
           std::string_view function, SourceLocation where) {
  std::unordered_set<Tensor> seen;
  for (const Variable& variable : variables) {
    if (!variable) throw_at<GraphError>(where, "{}: a Variable is empty", function);
    if (variable.shared_state() != session.graph().shared_state())
      throw_at<GraphError>(where, "{}: variable \"{}\" is of another graph", function,
                           variable.name());
    if (!seen.insert(variable).second)
      throw_at<GraphError>(where, "{}: variable \"{}\" stands twice in the list", function,
                           variable.name());
  }
}

}  // namespace

void save_weights(const std::filesystem::path& path, Session& session,
                  const std::vector<Variable>& variables, SourceLocation where) try {
  check(variables, session, "save_weights", where);
  const HeldValues held(session, where);
  std::vector<NamedArray> arrays;
  arrays.reserve(variables.size());
  for (const Variable& variable : variables)
    arrays.push_back({variable.name(), held.value(variable)});
  write_safetensors(path, arrays, {}, where);
} catch (const std::bad_alloc&) {
  refuse_memory("save_weights", path, where);
}

NotLoaded load_weights(const std::filesystem::path& path, Session& session,
                       const std::vector<Variable>& variables, const LoadWeightsOptions& options,
                       SourceLocation where) try {
  check(variables, session, "load_weights", where);
  const SafetensorsFile file(path, where);
  VariableMatch match = match_variables(variables, file, options.rename);
  if (options.strict && !match.rest.is_empty())
    throw_at<DataError>(where, "load_weights: file \"{}\" does not fit the variables{}",
                        path.string(), to_lines(match.rest));
  std::vector<VariableValue> values;
  values.reserve(match.pairs.size());
  for (const auto& [variable, name] : match.pairs)
    values.push_back({variable, file.read(name, {}, where)});
  session.set(std::move(values), where);
  return std::move(match.rest);
} catch (const std::bad_alloc&) {
  refuse_memory("load_weights", path, where);
}

}  // namespace gradus
