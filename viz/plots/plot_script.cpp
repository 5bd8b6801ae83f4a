#include "plot_script.h"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/one_line.h"
#include "plot_range.h"
#include "viz/images/font.h"

namespace gradus {
namespace {

using Series = Plot::Series;
using Places = std::vector<std::vector<std::size_t>>;

// In single quotes gnuplot runs and expands nothing; a quote is written twice. gnuplot copies ">"
// into an SVG, where "]]>" is no text: a word joiner, which nobody sees, parts it.
std::string in_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : one_line(text)) {
    if (c == '>' && out.ends_with("]]")) out += "\u2060";
    out += c == '\'' ? "''" : std::string(1, c);
  }
  return out + "'";
}

// Not fmt::join, in which g++ 12 sees an overflow that is none.
template <class T>
std::string joined(const std::vector<T>& numbers, std::string_view separator) {
  std::string out;
  for (const T number : numbers) {
    if (!out.empty()) out += separator;
    if constexpr (std::floating_point<T>)
      out += fmt::format("{:.15g}", number);
    else
      out += fmt::format("{}", number);
  }
  return out;
}

// Quiet frame, light grid; the viridis map of van der Walt and Smith, and line colors that differ
// in brightness too, so that they survive color blindness and print.
constexpr std::string_view style =
    R"(set encoding utf8
set datafile separator comma
set border 3 linewidth 0.7 linecolor rgb '#5a5f66'
set tics nomirror out scale 0.5 textcolor rgb '#3b3f45'
set grid linetype 1 linewidth 0.5 linecolor rgb '#e4e6e9'
set key outside bottom center horizontal Left reverse noautotitle noenhanced samplen 2.5 textcolor rgb '#3b3f45'
set style line 1 linewidth 2 pointtype 7 linecolor rgb '#00549a'
set style line 2 linewidth 2 pointtype 7 linecolor rgb '#e66100'
set style line 3 linewidth 2 pointtype 7 linecolor rgb '#009e73' dashtype (20,6)
set style line 4 linewidth 2 pointtype 7 linecolor rgb '#cc79a7' dashtype (8,7)
set style line 5 linewidth 2 pointtype 7 linecolor rgb '#3b3f45' dashtype (20,6,2,6)
set style line 6 linewidth 2 pointtype 7 linecolor rgb '#56b4e9' dashtype (2,6)
set style line 7 linewidth 2 pointtype 7 linecolor rgb '#8c510a' dashtype (12,4)
set style line 8 linewidth 2 pointtype 7 linecolor rgb '#762a83' dashtype (4,4)
set style line 9 linewidth 2 pointtype 7 linecolor rgb '#c9a800' dashtype (16,4,2,4)
set style line 10 linewidth 2 pointtype 7 linecolor rgb '#d7191c' dashtype (2,3)
set style line 11 linewidth 1.5 linecolor rgb '#5a5f66' dashtype (10,8)
set palette defined (0 '#440154', 1 '#472c7a', 2 '#3b518b', 3 '#2c718e', 4 '#21908d', 5 '#27ad81', 6 '#5cc863', 7 '#aadc32', 8 '#fde725')
set colorbox noborder
set cbtics scale 0.4
set autoscale cbfix
)";
constexpr std::size_t line_style_count = 10;

// Points small enough to be told apart.
double point_size(std::size_t count) { return count <= 300 ? 0.8 : count <= 3'000 ? 0.6 : 0.3; }

// From one whole number to another not far away: epochs, say, between which there is nothing.
bool counts(const Range& range) {
  const auto is_whole = [](double x) { return std::trunc(x) == x; };
  return is_whole(range.low) && is_whole(range.high) && range.high - range.low <= 10;
}

void write_axis(std::string& out, const Plot& panel, std::size_t i) {
  const char name = "xyz"[i];
  const Plot::Axis& axis = panel.axis(i);
  const std::optional<Range> range = shown_range(panel, i);
  std::vector<double> ticks;
  if (range && axis.is_log)
    ticks = log_ticks(*range);
  else if (range && panel.is_3d())
    ticks = few_ticks(*range);
  out += fmt::format("  set {}label {} noenhanced textcolor rgb '#3b3f45'{}\n", name,
                     in_quotes(axis.label), i == 2 ? " rotate parallel" : "");
  out += fmt::format("  {}set logscale {}\n", axis.is_log ? "" : "un", name);
  if (range)
    out += fmt::format("  set {}range [{:.15g}:{:.15g}]\n", name, range->low, range->high);
  else
    out += fmt::format("  set {}range [*:*]\n", name);
  if (ticks.empty())
    out += fmt::format("  set {}tics {}\n", name, range && counts(*range) ? "1" : "autofreq");
  else
    out += fmt::format("  set {}tics ({})\n", name, joined(ticks, ", "));
}

std::string curve(const Series& series, const std::vector<std::size_t>& place,
                  std::size_t style_number) {
  if (series.kind == Series::Kind::reference)
    return fmt::format("{} with lines linestyle 11", series.axes[0].values()[0]);
  const std::string data = fmt::format("name.'.csv' skip 1 using {}", joined(place, ":"));
  if (series.kind == Series::Kind::line)
    return fmt::format("{} with lines linestyle {}", data, style_number);
  const double size = point_size(series.axes[0].values().size());
  if (series.colors)
    return fmt::format("{} with points pointtype 7 pointsize {} linecolor palette", data, size);
  return fmt::format("{} with points linestyle {} linewidth 1 pointsize {}", data, style_number,
                     size);
}

// The color bar says what lone colored points are.
bool is_in_legend(const Plot& panel, const Series& series) {
  return !series.name.empty() && (!series.colors || panel.series().size() > 1);
}

std::string curves(const Plot& panel, const Places& places) {
  std::string out;
  std::size_t style_number = 1;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Series& series = panel.series()[i];
    const std::string title =
        is_in_legend(panel, series) ? "title " + in_quotes(series.name) : "notitle";
    out += i == 0 ? " " : ", \\\n    ";
    out += curve(series, places[i], style_number) + " " + title;
    if (series.kind != Series::Kind::reference && !series.colors)
      style_number = style_number % line_style_count + 1;
  }
  return out;
}

std::string color_label(const Plot& panel) {
  for (const Series& series : panel.series())
    if (series.colors) return series.color_label;
  return "";
}

// In lines of text: ticks, label, and the legend, whose columns gnuplot makes as wide as the
// longest.
double bottom_margin(const Plot& panel, bool is_alone) {
  std::int64_t longest = 0, count = 0;
  for (const Series& series : panel.series())
    if (is_in_legend(panel, series)) {
      longest = std::max(longest, letter_count(one_line(series.name)));
      ++count;
    }
  constexpr std::int64_t sample_letters = 7;
  const std::int64_t column_count =
      std::max<std::int64_t>((is_alone ? 95 : 62) / (longest + sample_letters), 1);
  const std::int64_t row_count = (count + column_count - 1) / column_count;
  return row_count == 0 ? 3.5 : 4.3 + 1.2 * static_cast<double>(row_count);
}

void write_panel(std::string& out, const Plot& panel, const Places& places, bool is_alone) {
  out += fmt::format("  set title {} noenhanced font ','.{} textcolor rgb '#1d2024'\n",
                     in_quotes(panel.title()), is_alone ? "title_size" : "panel_title_size");
  for (std::size_t axis = 0; axis < (panel.is_3d() ? 3U : 2U); ++axis) write_axis(out, panel, axis);
  out += fmt::format("  set cblabel {} noenhanced offset 0.8,0 textcolor rgb '#3b3f45'\n",
                     in_quotes(color_label(panel)));
  out += fmt::format("  set bmargin {:.4g}\n", bottom_margin(panel, is_alone));
  if (panel.is_3d())
    out += fmt::format(
        "  set view {}, {}\n  set view {}\n  set border 127\n  set xyplane relative 0\n  splot",
        panel.view().from_above, panel.view().turn,
        panel.has_equal_axes() ? "equal xyz" : "noequal");
  else
    out += fmt::format("  set size {}\n  set border 3\n  plot",
                       panel.has_equal_axes() ? "ratio -1" : "noratio");
  out += curves(panel, places) + "\n";
}

}  // namespace

std::string script_text(const std::vector<Plot>& panels, const PlotTable& table,
                        const std::string& title, const std::string& name) {
  const std::size_t count = panels.size();
  const bool is_alone = count == 1 && title.empty();
  const std::size_t width = count == 1 ? 800 : 600 * count;
  // "./": gnuplot takes names that begin with < or | for commands.
  std::string out = fmt::format(
      "# Draws {0}.svg and {0}.png from {0}.csv; in this folder: gnuplot {0}.gp\nreset\n"
      "name = {1}\n{2}",
      name, in_quotes("./" + name), style);
  out += fmt::format(
      R"(do for [kind in 'svg png'] {{
  if (kind eq 'svg') {{
    set terminal svg size {},560 dynamic font 'sans-serif,13' linewidth 1 rounded background rgb 'white'
    title_size = 16; panel_title_size = 14
  }} else {{
    set terminal pngcairo size {},1120 font 'sans-serif,20' linewidth 2 rounded background rgb 'white'
    title_size = 25; panel_title_size = 22
  }}
  set output name.'.'.kind
)",
      width, 2 * width);
  if (!is_alone)
    out += fmt::format(
        "  set multiplot layout 1,{} title {} noenhanced font ','.title_size textcolor rgb "
        "'#1d2024'\n",
        count, in_quotes(title));
  for (std::size_t i = 0; i < count; ++i) write_panel(out, panels[i], table.places[i], is_alone);
  if (!is_alone) out += "  unset multiplot\n";
  return out + "}\nset output\n";
}

}  // namespace gradus
