// What a reader must know of the machine and the programs to compare numbers with others.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bench {

// Names and values, in the order of the page: CPU, cores, caches, memory, kernel, compiler, date.
using Facts = std::vector<std::pair<std::string, std::string>>;
Facts system_facts();

}  // namespace bench
