#include <gradus/plot.h>

#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/error.h>

#include "plot_fixture.h"

namespace gradus {
namespace {

using testing::HasSubstr;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_F(PlotTest, data_are_a_table_whose_lines_share_their_x) {
  Plot plot("Loss");
  plot.x_label("epoch").y_label("mse").line("training", {1, 2, 3}, {0.5, 1e-20, nan});
  plot.line("test", {infinity, -infinity, 0.1}).reference("PCA, \"best\"", 0.25);
  EXPECT_EQ(csv_of({plot}),
            "epoch,training,test,\"PCA, \"\"best\"\"\"\r\n"
            "1,0.5,inf,0.25\r\n2,1e-20,-inf,\r\n3,NaN,0.1,\r\n");
}

TEST_F(PlotTest, lines_of_other_x_have_an_x_of_their_own_and_may_be_shorter) {
  EXPECT_EQ(
      csv_of({Plot("").line("a", {1, 2}, {3, 4}).line("a", {1, 5}, {6, 7}).line("b", {8}, {9})}),
      "x,a,x (2),a (2),x (3),b\r\n1,3,1,6,8,9\r\n2,4,5,7,,\r\n");
}

TEST_F(PlotTest, columns_of_panels_are_named_by_panel_and_series) {
  Plot left("AE"), right("PCA");
  left.x_label("c1").scatter("codes", {1}, {2}, {3}, "t");
  right.scatter("", Array({{4, 5, 6}}));
  EXPECT_EQ(csv_of({left, right}),
            "AE: codes: c1,AE: codes: y,AE: codes: t,PCA: x,PCA: y,PCA: z\r\n1,2,3,4,5,6\r\n");
}

TEST_F(PlotTest, every_number_reads_back_exactly_and_a_float_is_as_short_as_it_can_be) {
  EXPECT_EQ(csv_of({Plot("").line("a", Array({0.1, 2}), Array({0.1, 1.0 / 3}, float64))}),
            "x,a\r\n0.1,0.1\r\n2,0.3333333333333333\r\n");
  EXPECT_EQ(csv_of({Plot("").line("a", Array({9007199254740991, 2}, int64))}),
            "x,a\r\n1,9007199254740991\r\n2,2\r\n");
}

TEST_F(PlotTest, a_script_names_its_columns_and_shows_all_with_a_little_room) {
  Plot plot("W_1's");
  plot.x_label("epoch").y_label("mse").log_y().line("a", {0.1, 0.01, 0.2}).reference("r", 0.005);
  EXPECT_EQ(script_of(plot),
            R"(  set title 'W_1''s' noenhanced font ','.title_size textcolor rgb '#1d2024'
  set xlabel 'epoch' noenhanced textcolor rgb '#3b3f45'
  unset logscale x
  set xrange [1:3]
  set xtics 1
  set ylabel 'mse' noenhanced textcolor rgb '#3b3f45'
  set logscale y
  set yrange [0.004157:0.2406]
  set ytics (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
  set cblabel '' noenhanced offset 0.8,0 textcolor rgb '#3b3f45'
  set bmargin 5.5
  set size noratio
  set border 3
  plot name.'.csv' skip 1 using 1:2 with lines linestyle 1 title 'a', \
    0.005 with lines linestyle 11 title 'r'
}
set output
)");
}

TEST_F(PlotTest, equal_axes_are_equally_long) {
  const std::string script =
      script_of(Plot("").equal_axes().scatter("", {0, 1}, {10, 14}, {1, 2}, "t"));
  EXPECT_THAT(script, HasSubstr("set xrange [-1.7:2.7]\n"));
  EXPECT_THAT(script, HasSubstr("set yrange [9.8:14.2]\n"));
  EXPECT_THAT(script, HasSubstr("set size ratio -1\n"));
}

TEST_F(PlotTest, values_that_cannot_be_drawn_do_not_count_for_the_range) {
  const std::string script = script_of(Plot("").log_y().line("", {-1, 0, nan, infinity, 1, 1'000}));
  EXPECT_THAT(script, HasSubstr("set yrange [0.7079:1413]\n"));
  EXPECT_THAT(script_of(Plot("").line("", {nan})), HasSubstr("set yrange [*:*]\n"));
  EXPECT_THAT(script_of(Plot("").line("", {-1e308, 1e308})), HasSubstr("set yrange [*:*]\n"));
}

TEST_F(PlotTest, a_constant_has_room_around_it) {
  EXPECT_THAT(script_of(Plot("").line("", {20, 20})), HasSubstr("set yrange [18:22]\n"));
  EXPECT_THAT(script_of(Plot("").line("", {0})), HasSubstr("set yrange [-1:1]\n"));
}

TEST_F(PlotTest, a_logarithmic_axis_of_less_than_a_decade_has_labels) {
  EXPECT_THAT(script_of(Plot("").log_y().line("", {0.04, 0.06})),
              HasSubstr("set ytics (0.04, 0.045, 0.05, 0.055, 0.06)\n"));
  EXPECT_THAT(script_of(Plot("").log_y().line("", {1e-6, 1})), HasSubstr("set ytics autofreq\n"));
}

TEST_F(PlotTest, nothing_to_draw_is_an_error) {
  EXPECT_EQ(error_of<DataError>([] { write_plots("f", {}); }), "plot: no panel");
  EXPECT_EQ(error_of<DataError>([] { Plot("empty").write("f"); }),
            "plot: \"empty\" has neither lines nor points");
}

TEST_F(PlotTest, series_that_do_not_fit_are_errors) {
  Plot plot("t");
  EXPECT_EQ(error_of<ShapeError>([&] {
              plot.line("a", {1, 2}, {1});
            }),
            "plot: \"a\" has 2 x values and 1 y values");
  EXPECT_EQ(error_of<ShapeError>([&] {
              plot.scatter("a", {1, 2}, {1, 2}, {1}, "c");
            }),
            "plot: \"a\" has 2 x values and 1 colors");
  EXPECT_EQ(error_of<ShapeError>([&] {
              plot.scatter("a", Array({{1, 2, 3, 4}}));
            }),
            "plot: points of \"a\" have shape [1, 4], expected [n, 2] or [n, 3]");
  EXPECT_EQ(error_of<ShapeError>([&] {
              plot.scatter("a", Array({1, 2}));
            }),
            "plot: points of \"a\" have shape [2], expected [n, 2] or [n, 3]");
  EXPECT_TRUE(plot.series().empty());
  plot.line("a", {1});
  EXPECT_EQ(error_of<ShapeError>([&] {
              plot.scatter("b", Array({{1, 2, 3}}));
            }),
            "plot: \"b\" has 3 dimensions, \"a\" has 2");
}

TEST_F(PlotTest, numbers_that_no_axis_can_show_are_errors) {
  EXPECT_EQ(error_of<DataError>([] { Plot("").reference("best", nan); }),
            "plot: reference \"best\" is nan, expected a finite number");
  EXPECT_EQ(error_of<DataError>([] { Plot("").view(181, 0); }),
            "plot: view of 181 and 0 degrees, expected 0 to 180 and a finite turn");
  EXPECT_EQ(Plot("").view(10, -30).view().turn, 330);
}

}  // namespace
}  // namespace gradus
