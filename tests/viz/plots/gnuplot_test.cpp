#include <unistd.h>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <gradus/error.h>
#include <gradus/plot.h>

#include "plot_fixture.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

using GnuplotTest = PlotTest;

// All text that a reader of an SVG sees, in order; throws if it is no XML.
std::string svg_text(const std::string& svg) {
  std::istringstream in(svg);
  boost::property_tree::ptree root;
  boost::property_tree::read_xml(in, root);
  std::string out;
  const auto collect = [&](const auto& self, const boost::property_tree::ptree& node) -> void {
    out += node.data();
    for (const auto& [name, child] : node)
      if (name != "<xmlattr>") self(self, child);
  };
  collect(collect, root);
  return out;
}

// {0, 0} if the file is no PNG.
std::pair<unsigned, unsigned> png_size(const fs::path& file) {
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_file(&png, file.c_str()) == 0) return {0, 0};
  std::vector<png_byte> pixels(PNG_IMAGE_SIZE(png));
  if (png_image_finish_read(&png, nullptr, pixels.data(), 0, nullptr) == 0) return {0, 0};
  return {png.width, png.height};
}

TEST_F(GnuplotTest, the_same_figure_has_the_same_bytes) {
  const auto write = [&](const std::string& name) {
    fs::create_directory(folder / name);
    Plot plot("t");
    plot.scatter("a", Array({{0.1, 0.2, 0.3}, {1, 2, 3}}), Array({5, 6}), "t").view(50, -30);
    EXPECT_EQ(plot.write(folder / name / "f").reason, "");
  };
  write("one");
  write("two");
  for (const std::string file : {"/f.csv", "/f.gp", "/f.png", "/f.svg"})
    EXPECT_EQ(contents("one" + file), contents("two" + file)) << file;
}

TEST_F(GnuplotTest, a_figure_is_four_files_and_nothing_else) {
  const PlotReport report = small_plot("Two points").write(folder / "loss");
  EXPECT_TRUE(report.is_drawn);
  EXPECT_EQ(report.reason, "");
  EXPECT_THAT(report.files, testing::ElementsAre(folder / "loss.csv", folder / "loss.gp",
                                                 folder / "loss.svg", folder / "loss.png"));
  EXPECT_THAT(names(), testing::ElementsAre("loss.csv", "loss.gp", "loss.png", "loss.svg"));
  EXPECT_EQ(png_size(folder / "loss.png"), std::pair(1600U, 1120U));
  EXPECT_THAT(svg_text(contents(folder / "loss.svg")), HasSubstr("Two points"));
}

TEST_F(GnuplotTest, panels_stand_beside_each_other_with_all_their_titles) {
  Plot left("AE: MSE 0.1"), right("sheet");
  left.equal_axes().scatter("", {1, 2}, {2, 3}, {3, 4}, "t of the sheet");
  right.z_label("height").scatter("", Array({{1, 2, 3}, {4, 5, 6}})).equal_axes();
  EXPECT_EQ(write_plots(folder / "f", {left, right}, "Both").reason, "");
  EXPECT_EQ(png_size(folder / "f.png"), std::pair(2400U, 1120U));
  const std::string text = svg_text(contents(folder / "f.svg"));
  for (const char* word : {"Both", "AE: MSE 0.1", "t of the sheet", "sheet", "height"})
    EXPECT_THAT(text, HasSubstr(word));
}

TEST_F(GnuplotTest, odd_data_are_drawn) {
  const auto reason_of = [&](const Plot& plot) { return plot.write(folder / "f").reason; };
  EXPECT_EQ(reason_of(Plot("one point").log_x().log_y().line("a", {1})), "");
  EXPECT_EQ(reason_of(Plot("constant").log_y().line("a", {2, 2, 2})), "");
  EXPECT_EQ(reason_of(Plot("gaps").line("a", {1, nan, infinity, 2})), "");
  EXPECT_EQ(reason_of(Plot("reference alone").reference("a", 1)), "");
  EXPECT_EQ(reason_of(Plot("one color").scatter("a", {1, 2}, {1, 2}, {3, 3}, "c")), "");
  EXPECT_EQ(reason_of(Plot("tiny").log_y().line("a", {1e-307, 1e-306})), "");
  EXPECT_EQ(reason_of(Plot("near").log_y().line("a", {1, std::nextafter(1, 2)})), "");
}

TEST_F(GnuplotTest, data_of_which_nothing_can_be_drawn_are_reported) {
  const PlotReport report = Plot("").line("a", {nan, nan}).write(folder / "f");
  EXPECT_FALSE(report.is_drawn);
  EXPECT_THAT(report.reason, testing::StartsWith("gnuplot failed with status 1:\n"));
  EXPECT_EQ(contents(folder / "f.csv"), "x,a\r\n1,NaN\r\n2,NaN\r\n");
}

const std::string hostile =
    "it's \"q\" `touch pwned` $(touch pwned) @touch {/=40 W_1^2} \\ # } { %d %s <b>&amp;</b> \\";

TEST_F(GnuplotTest, any_text_stands_in_the_picture_as_it_is) {
  Plot plot(hostile);
  plot.x_label("x " + hostile).y_label("y " + hostile).line("line " + hostile, {1, 2, 3});
  plot.scatter("points", {1, 2}, {1, 2}, {1, 2}, "color " + hostile);
  EXPECT_EQ(write_plots(folder / "f", {plot}, "figure " + hostile).reason, "");
  const std::string text = svg_text(contents(folder / "f.svg"));
  for (const char* start : {"", "x ", "y ", "line ", "color ", "figure "})
    EXPECT_THAT(text, HasSubstr(start + hostile));
  EXPECT_THAT(names(), testing::ElementsAre("f.csv", "f.gp", "f.png", "f.svg"));
}

TEST_F(GnuplotTest, an_svg_is_well_formed_whatever_its_texts_say) {
  Plot plot("a]]>b");
  plot.x_label("x]]>").line("]]>", {1, 2, 3}).scatter("p", {1}, {1}, {1}, "]]]>");
  EXPECT_EQ(write_plots(folder / "f", {plot}, "]]>>").reason, "");
  const std::string svg = contents(folder / "f.svg");
  EXPECT_THAT(svg, Not(HasSubstr("]]>")));
  EXPECT_THAT(svg_text(svg), HasSubstr("a]]\u2060>b"));
}

TEST_F(GnuplotTest, text_is_utf8_of_one_line) {
  const std::string title =
      "∂L/∂W 猫\n\t\x01\x7F|\xFF|\xC3|\xED\xA0\x80|\xEF\xBF\xBF|\xC0\xAF|\xE0\x80\xAF";
  EXPECT_EQ(small_plot(title).write(folder / "f").reason, "");
  EXPECT_THAT(svg_text(contents(folder / "f.svg")), HasSubstr("∂L/∂W 猫    |�|�|���|���|��|���"));
}

TEST_F(GnuplotTest, a_file_name_is_no_command) {
  for (const char* name : {"|touch pwned", "<touch pwned", "~", "it's", "-persist", "$data", "é"})
    EXPECT_EQ(small_plot().write(folder / name).reason, "") << name;
  EXPECT_THAT(names(), Not(testing::Contains("pwned")));
  EXPECT_EQ(names().size(), 28U);
}

TEST_F(GnuplotTest, an_extension_of_ours_is_no_part_of_the_name) {
  small_plot().write(folder / "a.png");
  small_plot().write(folder / "b.v2");
  EXPECT_THAT(names(), testing::ElementsAre("a.csv", "a.gp", "a.png", "a.svg", "b.v2.csv",
                                            "b.v2.gp", "b.v2.png", "b.v2.svg"));
}

TEST_F(GnuplotTest, a_missing_gnuplot_costs_the_picture_alone) {
  setenv("PATH", folder.path().c_str(), 1);
  const PlotReport report = small_plot().write(folder / "loss");
  EXPECT_FALSE(report.is_drawn);
  EXPECT_EQ(report.reason,
            "gnuplot was not found; install gnuplot-nox (Debian), then run: gnuplot loss.gp");
  EXPECT_THAT(report.files, testing::ElementsAre(folder / "loss.csv", folder / "loss.gp"));
  EXPECT_THAT(names(), testing::ElementsAre("loss.csv", "loss.gp"));
}

TEST_F(GnuplotTest, a_person_can_run_the_script) {
  setenv("PATH", folder.path().c_str(), 1);
  small_plot("by hand").write(folder / "loss");
  setenv("PATH", path.c_str(), 1);
  const std::string command = "cd '" + folder.path().string() + "' && gnuplot loss.gp";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(png_size(folder / "loss.png"), std::pair(1600U, 1120U));
  EXPECT_THAT(svg_text(contents(folder / "loss.svg")), HasSubstr("by hand"));
}

TEST_F(GnuplotTest, a_failing_gnuplot_is_reported_in_its_own_words_and_old_pictures_stay) {
  EXPECT_TRUE(small_plot("old").write(folder / "f").is_drawn);
  replace_gnuplot("echo half > f.png; echo >&2; echo '    ^' >&2; echo ' line 3: no' >&2; exit 3");
  const PlotReport report = small_plot("new").write(folder / "f");
  EXPECT_EQ(report.reason, "gnuplot failed with status 3:\nline 3: no");
  EXPECT_THAT(svg_text(contents(folder / "f.svg")), HasSubstr("old"));
  EXPECT_EQ(png_size(folder / "f.png"), std::pair(1600U, 1120U));
  EXPECT_THAT(names(), testing::ElementsAre("bin", "f.csv", "f.gp", "f.png", "f.svg"));
}

TEST_F(GnuplotTest, every_other_end_of_gnuplot_is_reported) {
  const auto reason = [&](const std::string& script) {
    replace_gnuplot(script);
    return write_plots(folder / "f", {small_plot()}, "", std::chrono::milliseconds(300)).reason;
  };
  EXPECT_EQ(reason("kill -9 $$"), "gnuplot was ended by signal 9");
  EXPECT_EQ(reason("exec /bin/sleep 60"), "gnuplot was stopped after 300 ms");
  EXPECT_EQ(reason("exit 0"), "gnuplot made no f.svg");
  EXPECT_EQ(reason("echo x > f.svg; : > f.png"), "gnuplot made no f.png");
  fs::permissions(folder / "bin/gnuplot", fs::perms{0644});
  EXPECT_EQ(small_plot().write(folder / "f").reason,
            "gnuplot could not be started: Permission denied");
}

TEST_F(GnuplotTest, gnuplot_is_run_with_an_argument_vector_and_no_input) {
  replace_gnuplot("echo \"$# $1 $2\" >&2; read line && echo read >&2; exit 1");
  EXPECT_EQ(small_plot().write(folder / "a b").reason,
            "gnuplot failed with status 1:\n2 -d ../a b.gp");
}

TEST_F(GnuplotTest, a_program_that_ignores_its_children_gets_its_picture) {
  const auto old = signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(small_plot().write(folder / "f").reason, "");
  signal(SIGCHLD, old);
}

TEST_F(GnuplotTest, a_relative_path_is_one_from_here) {
  const fs::path before = fs::current_path();
  fs::current_path(folder);
  EXPECT_EQ(small_plot().write("f").reason, "");
  fs::current_path(before);
  EXPECT_EQ(names().size(), 4U);
}

TEST_F(GnuplotTest, a_missing_folder_is_an_error) {
  const std::string base = (folder / "missing/f").string();
  EXPECT_EQ(error_of<FileError>([&] { small_plot().write(base); }),
            "file \"" + base + ".csv\" cannot be written: No such file or directory");
}

TEST_F(GnuplotTest, a_full_disk_is_an_error) {
  fs::create_symlink("/dev/full", folder / "f.csv");
  fs::permissions(folder, fs::perms{0777});
  // Without root's rights, which could lose the device.
  const bool is_root = geteuid() == 0;
  ASSERT_TRUE(!is_root || seteuid(65534) == 0);
  const std::string text = error_of<FileError>([&] { small_plot().write(folder / "f"); });
  ASSERT_TRUE(!is_root || seteuid(0) == 0);
  EXPECT_EQ(text, "file \"" + (folder / "f.csv").string() +
                      "\" cannot be written: No space left on device");
}

TEST_F(GnuplotTest, a_picture_that_cannot_be_replaced_is_an_error) {
  fs::create_directory(folder / "f.svg");
  EXPECT_EQ(error_of<FileError>([&] { small_plot().write(folder / "f"); }),
            "file \"" + (folder / "f.svg").string() + "\" cannot be written: Is a directory");
  EXPECT_THAT(names(), testing::ElementsAre("f.csv", "f.gp", "f.svg"));
}

TEST_F(GnuplotTest, a_path_must_name_a_file) {
  EXPECT_EQ(error_of<FileError>([] { small_plot().write("out/"); }),
            "plot: \"out/\" names no file");
  EXPECT_EQ(error_of<FileError>([] { small_plot().write("a\nb"); }),
            "plot: control character or no UTF-8 in the file name \"a\nb\"");
}

}  // namespace
}  // namespace gradus
