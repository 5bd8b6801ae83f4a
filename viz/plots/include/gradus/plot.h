// Figures for people: lines and points, drawn by gnuplot.
//
//   Plot plot("Loss along training");
//   plot.x_label("epoch").y_label("mean squared error").log_y();
//   plot.line("training", losses).reference("PCA, same code size", 0.009);
//   plot.write("out/loss");   // loss.csv (the data), loss.gp (the script), loss.svg, loss.png
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gradus/array.h>

namespace gradus {

// The numbers of one column: a vector, a span, or all elements of an Array.
class PlotValues {
 public:
  template <Scalar T>
  PlotValues(std::span<const T> values)
      : values_(values.begin(), values.end()), is_float32_(std::same_as<T, float>) {}
  template <Scalar T>
  PlotValues(const std::vector<T>& values)
      : values_(values.begin(), values.end()), is_float32_(std::same_as<T, float>) {}
  PlotValues(std::initializer_list<double> values) : values_(values) {}
  PlotValues(const Array& array);

  const std::vector<double>& values() const { return values_; }
  // Whether the shortest text of a float says all.
  bool is_float32() const { return is_float32_; }

 private:
  std::vector<double> values_;
  bool is_float32_ = false;
};

// What a figure's files are, and whether there is a picture.
struct PlotReport {
  bool is_drawn = false;
  std::string reason;                        // why there is no picture; empty if there is
  std::vector<std::filesystem::path> files;  // those written: data, script, pictures
};

// One panel: its text may be anything in UTF-8, and stands in the picture as it is. A value that is
// not finite, or not positive on a logarithmic axis, is in the data and interrupts the line.
class Plot {
 public:
  explicit Plot(std::string title) : title_(std::move(title)) {}

  Plot& x_label(std::string text);
  Plot& y_label(std::string text);
  Plot& z_label(std::string text);
  Plot& log_x();
  Plot& log_y();
  // One unit is as long along every axis.
  Plot& equal_axes();
  // Whence a plot of three dimensions is seen, in degrees: 0 to 180 from above to below, and the
  // turn about the vertical axis. DataError if the first is another.
  Plot& view(double from_above, double turn);

  // ShapeError if the numbers of values differ, or if the dimensions are not those of the plot's
  // other series.
  Plot& line(std::string name, PlotValues xs, PlotValues ys);
  // At 1, 2, 3 and so on.
  Plot& line(std::string name, PlotValues ys);
  // A dashed horizontal line; DataError if y is not finite.
  Plot& reference(std::string name, double y);
  Plot& scatter(std::string name, PlotValues xs, PlotValues ys);
  // Points colored by a value, which the color bar names.
  Plot& scatter(std::string name, PlotValues xs, PlotValues ys, PlotValues colors,
                std::string color_label);
  // Points of shape [n, 2] or [n, 3].
  Plot& scatter(std::string name, const Array& points);
  Plot& scatter(std::string name, const Array& points, PlotValues colors, std::string color_label);

  // The files path.csv, .gp, .svg and .png; see write_plots.
  PlotReport write(const std::filesystem::path& path) const;

  // What was said above, for those who write it.
  struct Series {
    enum class Kind : std::uint8_t { line, reference, points };
    Kind kind;
    std::string name;
    std::vector<PlotValues> axes;  // x, y and perhaps z; a reference has y alone
    std::optional<PlotValues> colors;
    std::string color_label;
  };
  struct Axis {
    std::string label;
    bool is_log = false;
  };
  struct View {
    double from_above = 65, turn = 35;
  };
  const std::string& title() const { return title_; }
  const std::vector<Series>& series() const { return series_; }
  const Axis& axis(std::size_t i) const { return axes_[i]; }
  bool has_equal_axes() const { return has_equal_axes_; }
  bool is_3d() const { return !series_.empty() && series_[0].axes.size() == 3; }
  const View& view() const { return view_; }

 private:
  Plot& add(Series series);

  std::string title_;
  std::array<Axis, 3> axes_;
  bool has_equal_axes_ = false;
  View view_;
  std::vector<Series> series_;
};

// Panels beside each other in one figure, under a common title if there is one. Writes path.csv and
// path.gp, then runs gnuplot for path.svg and path.png, at most for the time limit. Where gnuplot
// is missing or fails, the report says why, and data and script are there nevertheless. FileError
// if a file cannot be written; DataError if a panel has no series, or there is no panel.
PlotReport write_plots(const std::filesystem::path& path, const std::vector<Plot>& panels,
                       const std::string& title = "",
                       std::chrono::milliseconds time_limit = std::chrono::seconds(60));

}  // namespace gradus
