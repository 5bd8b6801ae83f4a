#include <gradus/plot.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <system_error>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/file.h>

#include "core/child_process.h"
#include "core/one_line.h"
#include "core/temporary_folder.h"
#include "plot_script.h"
#include "plot_table.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

PlotValues column(const Array& points, std::int64_t c) {
  const std::int64_t width = points.shape()[1];
  return visit(points.dtype(), [&](auto zero) {
    const auto all = points.values<decltype(zero)>();
    std::vector<decltype(zero)> out;
    for (std::int64_t i = c; i < points.size(); i += width)
      out.push_back(all[static_cast<std::size_t>(i)]);
    return PlotValues(out);
  });
}

std::vector<PlotValues> columns(std::string_view name, const Array& points) {
  if (points.rank() != 2 || (points.shape()[1] != 2 && points.shape()[1] != 3))
    throw ShapeError(fmt::format("plot: points of \"{}\" have shape {}, expected [n, 2] or [n, 3]",
                                 name, to_text(points.shape())));
  std::vector<PlotValues> out;
  for (std::int64_t c = 0; c < points.shape()[1]; ++c) out.push_back(column(points, c));
  return out;
}

PlotValues count_to(std::size_t n) {
  std::vector<std::int64_t> numbers(n);
  std::iota(numbers.begin(), numbers.end(), 1);
  return numbers;
}

// path without an extension of ours: "loss.png" and "loss" mean the same figure, "v1.2" is a name.
fs::path without_extension(fs::path path) {
  const fs::path extension = path.extension();
  for (const char* ours : {".csv", ".gp", ".svg", ".png"})
    if (extension == ours) return path.replace_extension();
  return path;
}

fs::path with_extension(fs::path path, const char* extension) { return path += extension; }

void check(const fs::path& path, const std::vector<Plot>& panels) {
  if (panels.empty()) throw DataError("plot: no panel");
  for (const Plot& panel : panels)
    if (panel.series().empty())
      throw DataError(fmt::format("plot: \"{}\" has neither lines nor points", panel.title()));
  const std::string name = path.filename().string();
  if (name != one_line(name))
    throw FileError(
        fmt::format("plot: control character or no UTF-8 in the file name \"{}\"", name));
  if (name.empty() || name == "." || name == "..")
    throw FileError(fmt::format("plot: \"{}\" names no file", path.string()));
}

// From base.gp and base.csv, makes base.svg and base.png: both or neither. Returns why there are
// none, or nothing.
std::string draw(const fs::path& base, std::chrono::milliseconds time_limit) {
  const fs::path parent = base.has_parent_path() ? base.parent_path() : ".";
  const std::string name = base.filename().string();
  // gnuplot works in a folder of its own within the target's: what it leaves half-made never stands
  // under the target's name.
  const TemporaryFolder folder(fs::absolute(parent));

  std::error_code error;
  fs::copy_file(parent / (name + ".csv"), folder / (name + ".csv"), error);
  if (error)
    throw FileError(fmt::format("file \"{}\" cannot be copied: {}",
                                (parent / (name + ".csv")).string(), error.message()));
  // -d: the user's own settings for gnuplot do not change our figure.
  const ChildResult gnuplot = run_child({.program = "gnuplot",
                                         .arguments = {"-d", "../" + name + ".gp"},
                                         .folder = folder.path(),
                                         .time_limit = time_limit});
  if (gnuplot.end == ChildEnd::not_found)
    return fmt::format("{}; install gnuplot-nox (Debian), then run: gnuplot {}.gp", gnuplot.failure,
                       name);
  if (gnuplot.end != ChildEnd::success) return gnuplot.failure;

  for (const std::string& picture : {name + ".svg", name + ".png"})
    if (fs::file_size(folder / picture, error) == 0 || error)
      return fmt::format("gnuplot made no {}", picture);
  for (const std::string& picture : {name + ".svg", name + ".png"}) {
    fs::rename(folder / picture, parent / picture, error);
    if (error)
      throw FileError(fmt::format("file \"{}\" cannot be written: {}", (parent / picture).string(),
                                  error.message()));
  }
  return "";
}

}  // namespace

PlotValues::PlotValues(const Array& array) : is_float32_(array.dtype() == float32) {
  const Array doubles = array.cast(float64);
  const auto all = doubles.values<double>();
  values_.assign(all.begin(), all.end());
}

Plot& Plot::x_label(std::string text) { return axes_[0].label = std::move(text), *this; }
Plot& Plot::y_label(std::string text) { return axes_[1].label = std::move(text), *this; }
Plot& Plot::z_label(std::string text) { return axes_[2].label = std::move(text), *this; }
Plot& Plot::log_x() { return axes_[0].is_log = true, *this; }
Plot& Plot::log_y() { return axes_[1].is_log = true, *this; }
Plot& Plot::equal_axes() { return has_equal_axes_ = true, *this; }

Plot& Plot::view(double from_above, double turn) {
  if (!(from_above >= 0 && from_above <= 180) || !std::isfinite(turn))
    throw DataError(fmt::format(
        "plot: view of {} and {} degrees, expected 0 to 180 and a finite turn", from_above, turn));
  const double whole = std::fmod(turn, 360);
  view_ = {from_above, whole < 0 ? whole + 360 : whole};
  return *this;
}

Plot& Plot::add(Series series) {
  const auto expect = [&](const PlotValues& values, const std::string& what) {
    const std::size_t count = values.values().size(), expected = series.axes[0].values().size();
    if (count != expected)
      throw ShapeError(fmt::format("plot: \"{}\" has {} x values and {} {}", series.name, expected,
                                   count, what));
  };
  constexpr std::string_view names = "xyz";
  const std::size_t axes = std::min(series.axes.size(), names.size());
  for (std::size_t i = 1; i < axes; ++i) expect(series.axes[i], fmt::format("{} values", names[i]));
  if (series.colors) expect(*series.colors, "colors");
  const bool series_is_3d = series.axes.size() == 3;
  if (!series_.empty() && series_is_3d != is_3d())
    throw ShapeError(fmt::format("plot: \"{}\" has {} dimensions, \"{}\" has {}", series.name,
                                 series_is_3d ? 3 : 2, series_[0].name, is_3d() ? 3 : 2));
  series_.push_back(std::move(series));
  return *this;
}

Plot& Plot::line(std::string name, PlotValues xs, PlotValues ys) {
  return add({Series::Kind::line, std::move(name), {std::move(xs), std::move(ys)}, {}, {}});
}
Plot& Plot::line(std::string name, PlotValues ys) {
  PlotValues xs = count_to(ys.values().size());
  return line(std::move(name), std::move(xs), std::move(ys));
}
Plot& Plot::reference(std::string name, double y) {
  if (!std::isfinite(y))
    throw DataError(fmt::format("plot: reference \"{}\" is {}, expected a finite number", name, y));
  return add({Series::Kind::reference, std::move(name), {std::vector{y}}, {}, {}});
}
Plot& Plot::scatter(std::string name, PlotValues xs, PlotValues ys) {
  return add({Series::Kind::points, std::move(name), {std::move(xs), std::move(ys)}, {}, {}});
}
Plot& Plot::scatter(std::string name, PlotValues xs, PlotValues ys, PlotValues colors,
                    std::string color_label) {
  return add({Series::Kind::points,
              std::move(name),
              {std::move(xs), std::move(ys)},
              std::move(colors),
              std::move(color_label)});
}
Plot& Plot::scatter(std::string name, const Array& points) {
  std::vector<PlotValues> axes = columns(name, points);
  return add({Series::Kind::points, std::move(name), std::move(axes), {}, {}});
}
Plot& Plot::scatter(std::string name, const Array& points, PlotValues colors,
                    std::string color_label) {
  std::vector<PlotValues> axes = columns(name, points);
  return add({Series::Kind::points, std::move(name), std::move(axes), std::move(colors),
              std::move(color_label)});
}

PlotReport Plot::write(const fs::path& path) const { return write_plots(path, {*this}); }

PlotReport write_plots(const fs::path& path, const std::vector<Plot>& panels,
                       const std::string& title, std::chrono::milliseconds time_limit) {
  const fs::path base = without_extension(path);
  check(base, panels);
  const fs::path data = with_extension(base, ".csv"), script = with_extension(base, ".gp");
  const PlotTable table = plot_table(panels);
  write_file(data, csv_text(table));
  write_file(script, script_text(panels, table, title, base.filename().string()));

  PlotReport report{.is_drawn = false, .reason = draw(base, time_limit), .files = {data, script}};
  report.is_drawn = report.reason.empty();
  if (report.is_drawn)
    for (const char* extension : {".svg", ".png"})
      report.files.push_back(with_extension(base, extension));
  return report;
}

}  // namespace gradus
