// A figure as a gnuplot script.
#pragma once

#include <string>
#include <vector>

#include "plot_table.h"

namespace gradus {

// Draws name.svg and name.png from name.csv, which holds the table of the panels.
std::string script_text(const std::vector<Plot>& panels, const PlotTable& table,
                        const std::string& title, const std::string& name);

}  // namespace gradus
