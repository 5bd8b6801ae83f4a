// The data of a figure as one table, and its CSV file.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <gradus/plot.h>

namespace gradus {

// Each series has its columns in order: x (unless the line before has the same), y, z, color. The
// values are those of the panels, which must outlive the table.
struct PlotTable {
  std::vector<std::string> headers;  // all different
  std::vector<const PlotValues*> columns;
  // places[panel][series]: the numbers of its columns, counted from 1 as gnuplot does.
  std::vector<std::vector<std::vector<std::size_t>>> places;
};
PlotTable plot_table(const std::vector<Plot>& panels);

// RFC 4180 with a header. A number has as many digits as it takes to read it back exactly; a column
// shorter than others ends in empty fields.
std::string csv_text(const PlotTable& table);

}  // namespace gradus
