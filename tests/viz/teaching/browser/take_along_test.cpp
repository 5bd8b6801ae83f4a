// Questions, worksheets, and what a reader takes along, driven in Chromium.
#include <algorithm>
#include <fstream>

#include "views_fixture.h"

namespace gradus::test {
namespace {

using Json = nlohmann::json;

class TakeAlong : public Views {
 protected:
  // Keeps what the page saves.
  void catch_files() {
    browser().run(
        "window.saved = null; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { blob.text().then((text) => { window.saved = text; }); "
        "return make(blob); };");
  }
  std::string caught() {
    for (int i = 0; i < 200; ++i)
      if (const Json saved = browser().run("return window.saved"); saved.is_string()) return saved;
    return "nothing was saved";
  }
  std::string saved_worksheet() {
    catch_files();
    browser().click("#leave-button");
    browser().click("#save-worksheet");
    return caught();
  }
};

TEST_F(TakeAlong, asks_for_the_next_number_shape_and_rule) {
  TiedModel model;
  open_library(model);
  const Explanation e = model.explanation();
  const auto right = [&](const std::string& answer) {
    browser().type("#answer", answer);
    browser().press("Enter");
    return browser()
        .run("return document.querySelector('.question.answered') !== null")
        .get<bool>();
  };
  browser().press("p");
  // The product changes shapes; the hint is no answer.
  EXPECT_EQ(browser().text("label[for=answer]"), "What is the shape of t1_a?");
  EXPECT_EQ(browser().run("return document.getElementById('answer').placeholder"),
            "such as [5, 3]; [] for a scalar");
  EXPECT_EQ(
      browser().run("return document.querySelectorAll('#panel-step table[data-key=value]').length"),
      0);
  EXPECT_FALSE(right("[2, 4]"));
  EXPECT_TRUE(right("(4, 2)"));
  // The sum does not: its largest entry among the first ones.
  go_to(3);
  const auto sum = std::ranges::find(e.forward, "add", &ForwardStep::op);
  const std::string question = browser().text("label[for=answer]");
  const std::size_t open_bracket = question.find('['),
                    row = std::stoul(question.substr(open_bracket + 1)),
                    column = std::stoul(question.substr(question.find(',') + 1));
  EXPECT_FALSE(right("12345"));
  EXPECT_TRUE(right(shown(sum->value, row * 2 + column, 3)));
  // Backward: each rule where it is first used.
  const std::size_t forward = step_count() - e.backward.size();
  go_to(forward + 1);
  EXPECT_FALSE(right("d"));
  const std::string& rule = e.backward[0].contributions[0].rule;
  EXPECT_TRUE(right(rule.substr(rule.find('=') + 1))) << rule;
}

TEST_F(TakeAlong, asks_for_no_number_that_nobody_can_work_out) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Variable W = g.variable("W", glorot_uniform({8, 784}));
  Tensor loss = named(reduce_mean(reduce_sum(square(matmul(x, W, {.transpose_b = true})))), "loss");
  Session session(g, {.seed = 3});
  const Array images = generated_digits(1, {.train = 2, .validation = 0, .test = 0}).train.images;
  write_page(path(), session, loss, {{x, images}});
  browser().open(path());
  const std::string text = saved_worksheet();
  browser().press("p");
  EXPECT_EQ(browser().text("label[for=answer]"),
            "What is the shape of t1?");  // not of 784 products
  std::ofstream(path("worksheet.html")) << text;
  browser().open(path("worksheet.html"));
  EXPECT_EQ(browser().text("label[for=answer]"), "What is the shape of t1?");
  browser().type("#answer", "[2, 8]");
  browser().press("Enter");
  EXPECT_EQ(numbers("data-key=value").size(), 8U);  // two rows, of eight columns four
}

TEST_F(TakeAlong, exports_a_worksheet_whose_answers_are_locked) {
  TiedModel model;
  open(model);
  const std::string text = saved_worksheet();
  const std::size_t first = text.find("id=\"data\">") + 10;
  const Json data = Json::parse(text.substr(first, text.find("</script>", first) - first));
  const Explanation e = model.explanation();
  for (std::size_t i = 0; i < e.forward.size(); ++i)
    EXPECT_EQ(
        data["tensors"][data["moments"][0]["values"][i].get<std::size_t>()].contains("elements"),
        e.forward[i].is_source)
        << e.forward[i].name;
  for (const Json& way : data["ways"]) EXPECT_EQ(way["rule"], "");

  std::ofstream(path("worksheet.html")) << text;
  // It holds one view alone.
  browser().open(path("worksheet.html") + "?library");
  EXPECT_EQ(browser().run("return document.getElementById('unfold')"), nullptr);
  EXPECT_EQ(browser().text("#panel-step h2 .formula"), "t1 = x WT + b1");
  browser().open(path("worksheet.html"));
  EXPECT_EQ(
      browser().run("return document.querySelectorAll('#panel-step table[data-key=value]').length"),
      0);
  const auto product = std::ranges::find(e.forward, "matmul", &ForwardStep::op);
  browser().type("#answer", "[4, 2]");
  browser().press("Enter");
  EXPECT_EQ(numbers("data-key=value"), texts_of(product->value));
}

// No question of a rule or of a change of shapes comes twice.
TEST_F(TakeAlong, asks_each_thing_once) {
  TiedModel model;
  open_library(model);
  browser().press("p");
  std::vector<std::string> rules, questions;
  const Explanation e = model.explanation();
  const std::size_t count = step_count(), forward = count - e.backward.size();
  for (std::size_t s = 1; s <= count; ++s) {
    go_to(s);
    const std::string text = browser().text("label[for=answer]");
    if (text.starts_with("By which rule")) {
      const BackwardStep& step = e.backward[s - forward - 1];
      rules.push_back(step.op + std::to_string(step.contributions[0].operand));
    }
    questions.push_back(text);
  }
  std::ranges::sort(rules);
  EXPECT_GT(rules.size(), 5U);
  EXPECT_EQ(std::ranges::adjacent_find(rules), rules.end());
  std::ranges::sort(questions);
  EXPECT_EQ(std::ranges::adjacent_find(questions), questions.end());
}

// A worksheet in which every answer is shown, and its score, which the page that it was saved from
// takes for right, but not if it was edited.
TEST_F(TakeAlong, shows_answers_in_worksheets_and_counts_them_in_the_score) {
  TiedModel model;
  open(model);
  std::ofstream(path("worksheet.html")) << saved_worksheet();
  browser().open(path("worksheet.html"));
  const std::size_t count = step_count();
  browser().type("#answer", "[2, 4]");
  browser().press("Enter");
  browser().run("document.getElementById('answer').value = ''");
  browser().type("#answer", "[4, 2]");
  browser().press("Enter");
  for (std::size_t s = 2; s <= count; ++s) {
    go_to(s);
    browser().click("#give-up");
  }
  const Explanation e = model.explanation();
  go_to(count);
  const auto& last = e.backward.back().contributions.back();
  EXPECT_EQ(numbers("data-key=part" + std::to_string([&] {
                      std::size_t ways = 0;
                      for (const BackwardStep& step : e.backward) ways += step.contributions.size();
                      return ways - 1;
                    }())),
            texts_of(last.value));

  catch_files();
  browser().click("#leave-button");
  browser().click("#save-score");
  EXPECT_EQ(browser().text("#score-verdicts"), "Type your name first.");
  browser().type("#score-name", "Ada Lovelace");
  browser().click("#save-score");
  const Json score = Json::parse(caught());
  EXPECT_EQ(score["name"], "Ada Lovelace");
  EXPECT_EQ(score["right"], 1);
  EXPECT_EQ(score["shown"], count - 1);
  EXPECT_EQ(score["open"], 0);
  EXPECT_EQ(score["questions"][0], (Json{{"step", 1},
                                         {"question", "What is the shape of t1?"},
                                         {"result", "right"},
                                         {"wrong", 1}}));
  Json better = score;
  better["right"] = count;
  better["shown"] = 0;
  std::ofstream(path("score.json")) << score.dump();
  std::ofstream(path("better.json")) << better.dump();

  const auto verdict_on = [&](const std::string& file) {
    browser().open(path());
    browser().click("#leave-button");
    browser().type("#check-scores", path(file));
    for (int i = 0; i < 200 && browser().text("#score-verdicts").empty(); ++i) {
    }
    return browser().text("#score-verdicts");
  };
  EXPECT_EQ(verdict_on("score.json"), "Ada Lovelace: 1 right, " + std::to_string(count - 1) +
                                          " shown, 0 open, 1 wrong attempts; the code is right");
  EXPECT_EQ(verdict_on("better.json"), "better.json: the code does not belong to these answers");
}

TEST_F(TakeAlong, exports_the_same_worksheet_whatever_is_switched_on) {
  TiedModel model;
  open(model);
  const std::string text = saved_worksheet();
  browser().run("window.saved = null");
  for (const char* mistake : {"mistake-overwrite", "mistake-unsummed"}) check(mistake, true);
  browser().press("l");
  browser().press("d");
  browser().press("End");
  browser().click("#save-worksheet");
  EXPECT_TRUE(caught() == text);
}

TEST_F(TakeAlong, is_left_with_a_drawing_a_formula_the_graph_and_a_table) {
  TiedModel model;
  open(model);
  const Explanation e = model.explanation();
  browser().click("#leave-button");
  catch_files();
  browser().click("#save-svg");
  const std::string svg = caught();
  EXPECT_TRUE(svg.starts_with("<svg")) << svg.substr(0, 80);
  EXPECT_EQ(browser().run("return new DOMParser().parseFromString(window.saved, "
                          "'image/svg+xml').querySelector('parsererror')"),
            nullptr);
  EXPECT_EQ(svg.find("var("), svg.npos);
  browser().run("window.saved = null");
  browser().click("#save-dot");
  EXPECT_EQ(caught(), to_dot(model.loss));
  browser().click("#save-latex");
  EXPECT_EQ(browser().run("return document.getElementById('latex-text').value"),
            std::ranges::find(e.forward, "add", &ForwardStep::op)->latex);
  browser().click("#show-table");
  std::size_t rows = 0;
  const auto whole = [&](NodeId id) { return e.find(id)->whole; };
  for (const ForwardStep& step : e.forward)
    rows += step.is_source || step.whole != step.id ? 0U : 1U;
  for (const BackwardStep& step : e.backward)
    for (const ExplainedContribution& c : step.contributions)
      rows += whole(c.target) == whole(step.id) ? 0U : 1U;
  EXPECT_EQ(browser()
                .run("return document.querySelectorAll('#table-of-steps tbody tr').length")
                .get<std::size_t>(),
            rows);
  const Array& product = std::ranges::find(e.forward, "add", &ForwardStep::op)->value;
  const std::string numbers = browser().text("#table-of-steps tbody tr:first-child .numbers");
  EXPECT_TRUE(numbers.starts_with("[[" + shown(product, 0) + ", " + shown(product, 1) + "], ["))
      << numbers;
  browser().press("Escape");
}

TEST_F(TakeAlong, prints_the_table_of_steps_on_white) {
  TiedModel model;
  open(model);
  browser().press("d");
  browser().emulate("print", false);
  const Json seen = browser().run(
      "window.dispatchEvent(new Event('beforeprint'));"
      "const rows = document.querySelectorAll('#table-of-steps tbody tr');"
      "return [rows.length > 0 && rows[rows.length - 1].getClientRects().length, "
      "document.querySelector('header').getClientRects().length, "
      "getComputedStyle(document.body).backgroundColor, "
      "document.getElementById('table-dialog').scrollHeight <= "
      "document.getElementById('table-dialog').clientHeight]");
  EXPECT_EQ(seen, Json::array({1, 0, "rgb(255, 255, 255)", true}));
  browser().emulate("", false);
}

}  // namespace
}  // namespace gradus::test
