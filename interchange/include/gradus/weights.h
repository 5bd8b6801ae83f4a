// Values of variables in a file, by their names: a safetensors file, which other programs read.
//
//   save_weights("ae.safetensors", session, ae.variables());
//   load_weights("ae.safetensors", session, ae.variables());
//   load_weights("ae.safetensors", other, g.trainable_variables("encoder/*"), {.strict = false});
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gradus/session.h>

namespace gradus {

struct LoadWeightsOptions {
  // Whether the file must have a tensor for each variable and no other. If not, what fits is
  // loaded.
  bool strict = true;
  // The name in the file of the variable of this name; nothing: the same.
  std::function<std::string(const std::string& variable)> rename = {};
};

// What was not loaded, a line each: "\"W\" float32 [3, 2]".
struct NotLoaded {
  std::vector<std::string> missing;    // variables that the file has no tensor for
  std::vector<std::string> left_over;  // tensors of the file that no variable asks for
  std::vector<std::string> unlike;     // of another shape or dtype, with what the file has

  bool is_empty() const { return missing.empty() && left_over.empty() && unlike.empty(); }
};

// Replaces the file as write_file does: whole, or not at all. At a time, the values are in memory
// twice. GraphError for an empty variable, one of another graph, or twice the same; FileError.
void save_weights(const std::filesystem::path& path, Session& session,
                  const std::vector<Variable>& variables,
                  SourceLocation where = SourceLocation::current());

// DataError that lists all that does not fit; with strict = false this is returned instead.
// Whatever is refused, no variable has changed. FileError and DataError of SafetensorsFile.
NotLoaded load_weights(const std::filesystem::path& path, Session& session,
                       const std::vector<Variable>& variables,
                       const LoadWeightsOptions& options = {},
                       SourceLocation where = SourceLocation::current());

}  // namespace gradus
