// The SVG files of diagrams, open in a browser.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/ops.h>

#include "support/test_folder.h"
#include "viz/teaching/browser/browser.h"

namespace gradus {
namespace {

using test::Browser;
using testing::HasSubstr;
using testing::IsEmpty;

struct SvgView : testing::Test {
  static void SetUpTestSuite() {
    if (Browser::what_is_missing().empty()) the_browser = std::make_unique<Browser>();
  }
  static void TearDownTestSuite() { the_browser.reset(); }
  void SetUp() override {
    if (const std::string missing = Browser::what_is_missing(); !missing.empty())
      GTEST_SKIP() << "pages are not tested: " << missing;
    Graph g;
    Tensor h = g.placeholder("pixels", {2});
    // Too long for a window, and nothing of it repeated.
    for (int i = 0; i < 30; ++i)
      h = i % 7 == 0 ? exp(h) : i % 3 == 0 ? log(h) : i % 5 == 0 ? square(h) : negative(h);
    write_diagram(path(), named(h, "code <of> all"));
    browser().open(path());
  }
  void TearDown() override {
    if (!the_browser) return;
    EXPECT_THAT(browser().messages(), IsEmpty()) << "on the console";
  }

  Browser& browser() { return *the_browser; }
  std::string path() const { return folder / "d.svg"; }
  double number(const std::string& expression) { return browser().run("return " + expression); }
  void search_for(const std::string& words) {
    browser().run("const s = document.querySelector('#search'); s.value = ''; s.focus()");
    for (char c : words) browser().press(std::string(1, c));
  }
  double scale() { return number("document.querySelector('#scene').getCTM().a"); }
  double top() { return number("document.querySelector('g.graph').getBoundingClientRect().top"); }

  const TestFolder folder;
  static inline std::unique_ptr<Browser> the_browser;
};

TEST_F(SvgView, opens_with_text_that_can_be_read) {
  EXPECT_GE(11 * scale(), 12 - 1e-6);
  EXPECT_GE(top(), -1);
}

TEST_F(SvgView, buttons_and_keys_zoom_and_move) {
  const double first = scale();
  browser().click("#zoom-in");
  EXPECT_NEAR(scale(), 1.25 * first, 1e-6);
  browser().click("#zoom-out");
  EXPECT_NEAR(scale(), first, 1e-6);
  browser().run("document.querySelector('#scene').focus()");
  browser().press("+");
  EXPECT_NEAR(scale(), 1.25 * first, 1e-6);
  const double before = top();
  browser().press("ArrowDown");
  EXPECT_NEAR(top(), before - 60, 1);
  browser().press("0");
  EXPECT_LE(number("document.querySelector('g.graph').getBoundingClientRect().height"), 720);
  // Keys that are typed into the search belong to it.
  const double fitted = scale();
  browser().press("/");
  browser().press("-");
  EXPECT_EQ(scale(), fitted);
  EXPECT_EQ(browser().run("return document.querySelector('#search').value"), "-");
}

TEST_F(SvgView, the_wheel_zooms_around_the_pointer_and_dragging_moves) {
  const double first = scale();
  browser().run(
      "document.documentElement.dispatchEvent(new WheelEvent('wheel', {deltaY: -200, clientX: 0,"
      " clientY: 0, cancelable: true, bubbles: true}))");
  EXPECT_GT(scale(), 1.4 * first);
  const double before = top();
  browser().run(
      "const send = (type, y) => document.querySelector('g.graph').dispatchEvent("
      "new PointerEvent(type, {clientX: 5, clientY: y, bubbles: true}));"
      "send('pointerdown', 300); send('pointermove', 180); send('pointerup', 180);"
      "send('pointermove', 10);");
  EXPECT_NEAR(top(), before - 120, 1);
}

TEST_F(SvgView, search_marks_centers_and_says_what_it_finds) {
  search_for("code <of>");
  EXPECT_EQ(browser().text("#said"), "1 of 1: code <of> all");
  EXPECT_EQ(number("document.querySelectorAll('.node.current').length"), 1);
  const std::string box = "document.querySelector('.node.current').getBoundingClientRect()";
  EXPECT_NEAR(number(box + ".top + " + box + ".height / 2"), number("innerHeight / 2"), 2);
  EXPECT_NEAR(number(box + ".left + " + box + ".width / 2"), number("innerWidth / 2"), 2);
  search_for("square");
  EXPECT_THAT(browser().text("#said"), HasSubstr("1 of "));
  browser().press("Enter");
  EXPECT_THAT(browser().text("#said"), HasSubstr("2 of "));
  search_for("nothing");
  EXPECT_EQ(browser().text("#said"), "no node has this name");
  browser().press("Escape");
  EXPECT_EQ(number("document.querySelectorAll('.node.found').length"), 0);
  EXPECT_EQ(browser().run("return document.activeElement.id"), "scene");
}

TEST_F(SvgView, tab_reaches_all_controls) {
  browser().run("document.querySelector('#scene').focus()");
  for (const char* id : {"zoom-in", "zoom-out", "fit", "search"}) {
    browser().press("Tab");
    EXPECT_EQ(browser().run("return document.activeElement.id"), id);
  }
}

TEST_F(SvgView, nodes_and_arrows_have_tooltips) {
  EXPECT_EQ(browser().run("return document.querySelector('g.node a').getAttribute('xlink:title')"),
            "pixels");
  EXPECT_THAT(browser()
                  .run("return document.querySelector('g.edge a').getAttribute('xlink:title')")
                  .get<std::string>(),
              HasSubstr("pixels to exp: [2]"));
}

TEST_F(SvgView, asks_for_nothing_but_itself) {
  browser().requests();
  browser().open(path());
  for (const std::string& address : browser().requests()) EXPECT_EQ(address, "file://" + path());
  std::ifstream in(path());
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  static const std::regex address("(https?:)?//[a-zA-Z][^\"' ]*");
  for (std::sregex_iterator it(text.begin(), text.end(), address), end; it != end; ++it)
    EXPECT_THAT(it->str(), testing::StartsWith("http://www.w3.org/")) << "no name of a namespace";
}

TEST_F(SvgView, stays_a_picture_in_an_image) {
  std::ofstream(folder / "page.html") << "<!doctype html><img src=\"d.svg\">";
  browser().open((folder / "page.html").string());
  EXPECT_EQ(
      browser().run("const i = document.images[0]; return i.complete && i.naturalHeight > 500"),
      true);
}

}  // namespace
}  // namespace gradus
