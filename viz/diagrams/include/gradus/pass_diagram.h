// Pictures of what the compiler's passes do to a graph.
//
//   const std::vector<PassTrace> passes = trace_passes({loss}, {{x, images}});
//   write_diagram("simplify.svg", passes, 2);       // passes[2]: the graphs before it and after it
//
// Before: dashed nodes are gone, blue ones were rewritten by the rule that they name. After: green
// nodes are new. Of the first pass only the graph after it is drawn; of the last, "fuse_loops", the
// graph with a frame around what one loop computes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <gradus/diagram.h>
#include <gradus/pass_trace.h>

namespace gradus {

// GraphError if there is no such pass.
std::string to_dot(const std::vector<PassTrace>& passes, std::size_t pass,
                   const DiagramOptions& options = {});
// As write_diagram of a tensor.
void write_diagram(const std::filesystem::path& path, const std::vector<PassTrace>& passes,
                   std::size_t pass, const DiagramOptions& options = {});

}  // namespace gradus
