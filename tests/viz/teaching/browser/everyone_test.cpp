// The teacher's pages in all their states: what axe-core finds, what is too small, what errs.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "page_fixture.h"
#include "teachers_pages.h"

namespace gradus::test {
namespace {

using Json = nlohmann::json;

class Everyone : public PageTest {
 protected:
  static std::string axe() {
    const char* path = std::getenv("GRADUS_AXE");
    if (path == nullptr) return "";
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  // "rule: what is wrong, at the element" for each violation of the state that is shown.
  void expect_no_violation(const std::string& state) {
    const Json found = browser().run(R"js(
      return axe.run(document, { resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.slice(0, 2).map((node) => `${id}: ${node.failureSummary.replace(/\s+/g, " ")} at ${node.html.slice(0, 160)}`)));)js");
    EXPECT_EQ(found, Json::array()) << state << "\n" << found.dump(2);
  }
  void press_all_of(std::initializer_list<const char*> ids) {
    for (const char* id : ids)
      browser().run(fmt::format("document.getElementById('{}').click()", id));
  }
};

TEST_F(Everyone, reads_every_page_in_every_state) {
  const std::string source = axe();
  if (source.empty()) GTEST_SKIP() << "axe-core is not there: GRADUS_AXE names axe.min.js";
  for (const std::string& name : write_teachers_pages(folder_)) {
    browser().open(path(name + ".html"));
    browser().run(source);
    // Colours differ, and nothing else does.
    for (const std::string theme : {"light", "dark"}) {
      const std::string state = name + ", " + theme + ", ";
      expect_no_violation(state + "first step");
      browser().press("b");
      expect_no_violation(state + "first step back");
      browser().press("End");
      press_all_of({"tab-tensor"});
      expect_no_violation(state + "tensor");
      if (theme == "dark") break;
      if (browser().run("return !document.getElementById('tab-passes').hidden")) {
        press_all_of({"tab-passes"});
        expect_no_violation(state + "compiled");
      }
      press_all_of({"tab-step", "predict-button"});
      expect_no_violation(state + "predict");
      press_all_of({"predict-button", "show-button"});
      expect_no_violation(state + "menu");
      press_all_of({"leave-button", "large-button"});
      expect_no_violation(state + "large");
      press_all_of({"large-button", "help-button"});
      expect_no_violation(state + "keys");
      browser().run("document.querySelector('dialog[open]').close()");
      press_all_of({"mistakes-button", "theme-button"});
    }
    EXPECT_EQ(browser().messages(), std::vector<std::string>{}) << name;
  }
}

// A projector, a phone, and 1280 x 720 at 200 %; with large text, too.
TEST_F(Everyone, fits_every_window) {
  for (const std::string& name : write_teachers_pages(folder_)) {
    browser().open(path(name + ".html"));
    for (const auto& [width, height] : {std::pair{1280, 720}, {1024, 768}, {390, 844}, {640, 360}})
      for (const bool is_large : {false, true}) {
        browser().resize(width, height);
        browser().run("dispatchEvent(new Event('resize'))");
        const std::string state =
            fmt::format("{}, {} x {}{}", name, width, height, is_large ? ", large" : "");
        const Json size = browser().run(R"js(
          const box = (id) => document.querySelector(id).getBoundingClientRect();
          const small = document.querySelector("#drawing .kind"), factor = box("#drawing").width / document.getElementById("drawing").viewBox.baseVal.width;
          return { overflow: document.documentElement.scrollWidth - innerWidth, slider: box("#slider").width,
                   footer: box("footer").height / innerHeight, graph: box("#graph-scroll").height,
                   text: parseFloat(getComputedStyle(small).fontSize) * factor };)js");
        EXPECT_LE(size["overflow"], 0) << state;
        EXPECT_GT(size["slider"], 80) << state;
        EXPECT_LT(size["footer"], 0.25) << state;
        EXPECT_GT(size["graph"], 120) << state;
        EXPECT_GT(size["text"], 11.99) << state;
        if (!browser().run("return document.getElementById('tab-passes').hidden")) {
          const Json text = browser().run(R"js(
            document.getElementById("tab-passes").click();
            const drawing = document.querySelector(".stages svg"), small = drawing?.querySelector(".kind");
            const found = small ? parseFloat(getComputedStyle(small).fontSize) * drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 12;
            document.getElementById("tab-step").click();
            return found;)js");
          EXPECT_GT(text, 11.99) << state << ", compiled";
        }
        browser().click("#large-button");
      }
  }
  browser().resize(0, 0);
}

TEST_F(Everyone, finds_nodes_and_follows_them_into_groups) {
  Graph g;
  Tensor x = g.placeholder("x", {2, 4}), h = x;
  Sequential model(g, "net");
  for (int i = 0; i < 40; ++i) h = layers::Dense(model, 4, 4, {.activation = "tanh"})(h);
  Session session(g, {.seed = 1});
  write_page(path(), session, named(reduce_mean(square(h)), "loss"), {{x, Array::full({2, 4}, 1)}});
  browser().open(path());
  const auto crumbs = [&] { return browser().text("#crumbs"); };
  EXPECT_EQ(crumbs(), "whole graph");
  browser().press("/");
  browser().type("#search", "dense_7/tanh");
  EXPECT_EQ(browser().text("#search-count"), "1, press Enter");
  browser().press("Enter");
  EXPECT_EQ(browser().text("#panel-step .full-name"), "net/dense_7/tanh");
  EXPECT_EQ(crumbs(), "whole graph / net / dense_7");
  browser().run("document.activeElement.blur()");
  browser().press("ArrowRight");
  EXPECT_EQ(crumbs(), "whole graph / net / dense_8");
  browser().type("#search", "reduce_mean");
  browser().press("Enter");
  EXPECT_EQ(browser().text("#panel-step h2 .formula").substr(0, 4), "loss");
  browser().type("#search", "nothing of that name");
  EXPECT_EQ(browser().text("#search-count"), "none");
}

TEST_F(Everyone, reads_formulas_aloud_and_explains_words) {
  TiedModel model;
  open(model);
  const auto spoken = [&](const std::string& selector) {
    return browser().run("return document.querySelector('" + selector +
                         "').getAttribute('aria-label')");
  };
  EXPECT_EQ(spoken("#panel-step h2 .formula"), "t 1 equals x times W transposed plus b 1");
  browser().press("b");
  while (browser().text("#panel-step h2").find("x WT") == std::string::npos)
    browser().press("ArrowRight");
  EXPECT_EQ(spoken("#panel-step .part h3 .formula"), "d W receives d t 1 transposed times x");
  browser().run("document.querySelector('.status .term:last-of-type').focus()");
  EXPECT_NE(browser().text("#glossary-note").find("so it can be handed down"), std::string::npos);
  browser().press("Escape");
  EXPECT_EQ(browser().run("return document.getElementById('glossary-note').hidden"), true);
  // Arithmetic is announced to those who go through a grid by keys.
  browser().run(
      "document.querySelector('#panel-step [data-key^=part] [data-element=\"1\"]').focus()");
  EXPECT_EQ(browser().run("return document.getElementById('live').textContent"),
            browser().text("#arithmetic"));
  EXPECT_EQ(browser().run("return [...document.querySelectorAll('#panel-step td.source')].every("
                          "(cell) => cell.getAttribute('aria-selected') === 'true')"),
            true);
}

}  // namespace
}  // namespace gradus::test
