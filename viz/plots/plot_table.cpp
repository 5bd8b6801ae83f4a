#include "plot_table.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "core/one_line.h"

namespace gradus {
namespace {

using Series = Plot::Series;

std::string unique(const std::vector<std::string>& headers, const std::string& header) {
  std::string out = header;
  for (int n = 2; std::find(headers.begin(), headers.end(), out) != headers.end(); ++n)
    out = fmt::format("{} ({})", header, n);
  return out;
}

std::string label_or(const std::string& label, std::string_view other) {
  return label.empty() ? std::string(other) : label;
}

std::string axis_header(const Plot& panel, const Series& series, std::size_t axis) {
  constexpr std::string_view names[] = {"x", "y", "z"};
  std::string label = label_or(panel.axis(axis).label, names[axis]);
  if (series.kind == Series::Kind::line && axis == 1) return label_or(series.name, label);
  return label;
}

std::string field(const std::string& text) {
  if (text.find_first_of("\",") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

void append_number(std::string& out, const PlotValues& column, std::size_t row) {
  if (row >= column.values().size()) return;
  const double value = column.values()[row];
  if (std::isnan(value))
    out += "NaN";
  else if (column.is_float32())
    fmt::format_to(std::back_inserter(out), "{}", static_cast<float>(value));
  else
    fmt::format_to(std::back_inserter(out), "{}", value);
}

}  // namespace

PlotTable plot_table(const std::vector<Plot>& panels) {
  PlotTable table;
  for (const Plot& panel : panels) {
    auto& places = table.places.emplace_back();
    std::size_t x_place = 0;
    for (const Series& series : panel.series()) {
      auto& place = places.emplace_back();
      const auto append = [&](const std::string& header, const PlotValues& values) {
        std::string full = panels.size() > 1 && !panel.title().empty() ? panel.title() + ": " : "";
        if (series.kind == Series::Kind::points && !series.name.empty()) full += series.name + ": ";
        table.headers.push_back(unique(table.headers, one_line(full + header)));
        table.columns.push_back(&values);
        place.push_back(table.columns.size());
      };
      if (series.kind == Series::Kind::reference) {
        append(label_or(series.name, "reference"), series.axes[0]);
        continue;
      }
      for (std::size_t axis = 0; axis < series.axes.size(); ++axis) {
        const PlotValues& values = series.axes[axis];
        if (axis == 0 && x_place != 0 && series.kind == Series::Kind::line &&
            table.columns[x_place - 1]->values() == values.values())
          place.push_back(x_place);
        else
          append(axis_header(panel, series, axis), values);
      }
      x_place = place[0];
      if (series.colors) append(label_or(series.color_label, "color"), *series.colors);
    }
  }
  return table;
}

std::string csv_text(const PlotTable& table) {
  std::string out;
  std::size_t row_count = 0;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c != 0) out += ',';
    out += field(table.headers[c]);
    row_count = std::max(row_count, table.columns[c]->values().size());
  }
  out += "\r\n";
  for (std::size_t row = 0; row < row_count; ++row) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c != 0) out += ',';
      append_number(out, *table.columns[c], row);
    }
    out += "\r\n";
  }
  return out;
}

}  // namespace gradus
