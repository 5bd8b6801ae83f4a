// NodeFlags: a truth value for each node of a graph.
#pragma once

#include <vector>

namespace gradus {

// Bytes: to find a bit of a vector<bool> takes ten instructions, and a long graph asks often.
using NodeFlags = std::vector<char>;

}  // namespace gradus
