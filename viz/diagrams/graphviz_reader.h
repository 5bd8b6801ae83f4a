// Reads a DOT text into Graphviz's graph, so that equal texts are drawn alike.
#pragma once

#include <cgraph.h>

#include <string>

namespace gradus {

// Graphviz numbers what has a name by the name's address, and sorts by these numbers: what it draws
// would depend on where the memory of a run lies. Here the numbers count up. Null if the text
// cannot be read.
Agraph_t* read_graph(const std::string& dot);

}  // namespace gradus
