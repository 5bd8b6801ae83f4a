// Variables of a graph beside the tensors of a file.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gradus/safetensors.h>
#include <gradus/weights.h>

namespace gradus {

struct VariableMatch {
  std::vector<std::pair<Variable, std::string>> pairs;  // each with the name of its tensor
  NotLoaded rest;
};

// In order of the variables; `name_of` gives the name in the file of a variable's.
VariableMatch match_variables(const std::vector<Variable>& variables, const SafetensorsFile& file,
                              const std::function<std::string(const std::string&)>& name_of);

// "\n  missing: ..." for each line.
std::string to_lines(const NotLoaded& rest);

}  // namespace gradus
