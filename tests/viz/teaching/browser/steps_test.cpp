// The steps of a page, driven in Chromium: keys, numbers, rules.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "page_fixture.h"

namespace gradus::test {
namespace {

using Json = nlohmann::json;

// The grids of the open tab: key -> {element: text}.
constexpr const char* grids_of_step = R"(
  const grids = {};
  for (const table of document.querySelectorAll("#panel-step table[data-key]")) {
    const cells = grids[table.dataset.key] = {};
    for (const cell of table.querySelectorAll("[data-element]")) cells[cell.dataset.element] = cell.textContent;
  }
  return grids;)";

void expect_numbers(const Json& grids, const std::string& key, const Array& array) {
  ASSERT_TRUE(grids.contains(key)) << key;
  ASSERT_FALSE(grids[key].empty()) << key;
  for (const auto& [element, text] : grids[key].items())
    EXPECT_EQ(text, shown(array, std::stoul(element))) << key << " element " << element;
}

TEST_F(PageTest, asks_nothing_of_a_network) {
  TiedModel model;
  open(model);
  browser().requests();
  browser().open(path());
  for (std::size_t s = 1; s <= step_count(); ++s) go_to(s);
  for (const char* tab : {"#tab-tensor", "#tab-step"}) browser().click(tab);
  for (const std::string& address : browser().requests()) EXPECT_EQ(address, "file://" + path());
}

TEST_F(PageTest, has_a_step_for_each_op_and_each_node_that_hands_its_gradient_down) {
  TiedModel model;
  open_library(model);
  const Explanation e = model.explanation();
  const auto ops = static_cast<std::size_t>(
      std::ranges::count_if(e.forward, [](const ForwardStep& s) { return !s.is_source; }));
  EXPECT_EQ(step_count(), ops + e.backward.size());
  EXPECT_EQ(browser().text("#count"), fmt::format("1 / {}", ops + e.backward.size()));
}

TEST_F(PageTest, shows_the_numbers_of_the_library_at_every_step) {
  TiedModel model;
  open_library(model);
  const Explanation e = model.explanation();
  std::size_t s = 0, way = 0;
  for (const ForwardStep& step : e.forward) {
    if (step.is_source) continue;
    go_to(++s);
    const Json grids = browser().run(grids_of_step);
    expect_numbers(grids, "value", step.value);
    for (std::size_t k = 0; k < step.operands.size(); ++k)
      if (const std::string key = fmt::format("operand{}", k); grids.contains(key))
        expect_numbers(grids, key, e.find(step.operands[k])->value);
  }
  for (const BackwardStep& step : e.backward) {
    go_to(++s);
    const Json grids = browser().run(grids_of_step);
    expect_numbers(grids, "dy", step.gradient);
    for (const ExplainedContribution& c : step.contributions) {
      expect_numbers(grids, fmt::format("part{}", way), c.value);
      if (c.number > 1) expect_numbers(grids, fmt::format("sum{}", way), c.sum);
      ++way;
    }
  }
}

TEST_F(PageTest, writes_every_kind_of_number_as_the_library_does) {
  const double inf = std::numeric_limits<double>::infinity();
  Graph g;
  Variable w = g.variable(
      "w", Array({6, 5}, std::vector<double>{0.0,         -0.0,    1,      -1,      0.1,
                                             0.5,         123456,  99995,  99994.9, 0.00012345,
                                             0.000123449, 1e-5,    -1e-5,  1e5,     12345,
                                             1234.5,      0.99995, 9.9995, 2.0 / 3, -1e300,
                                             1e-300,      5e-324,  inf,    -inf,    std::nan(""),
                                             1.5,         2.5,     1000,   10000,   -123.45}));
  Session session(g);
  write_page(path(), session, named(reduce_sum(w * 1.0), "loss"), {}, {.title = "Numbers"});
  browser().open(path());
  expect_numbers(browser().run(grids_of_step), "operand0", session.value(w));
  const Json titles = browser().run(
      "return [...document.querySelectorAll('#panel-step table[data-key=operand0] td')].map((c) => "
      "c.title.split(' = ')[1])");
  ASSERT_EQ(titles.size(), 30U);
  for (std::size_t i = 0; i < titles.size(); ++i)
    EXPECT_EQ(titles[i], shown(session.value(w), i, 7));
}

TEST_F(PageTest, steps_with_keys_buttons_slider_and_by_a_click_on_a_node) {
  TiedModel model;
  open(model);
  const std::string all = std::to_string(step_count());
  browser().press("ArrowRight");
  EXPECT_EQ(browser().text("#count"), "2 / " + all);
  browser().click("#next");
  EXPECT_EQ(browser().text("#count"), "3 / " + all);
  browser().click("#previous");
  browser().press("ArrowLeft");
  EXPECT_EQ(browser().text("#count"), "1 / " + all);
  browser().press("End");
  EXPECT_EQ(browser().text("#count"), all + " / " + all);
  browser().press("Home");
  go_to(5);
  EXPECT_EQ(browser().text("#count"), "5 / " + all);
  browser().click(".box[aria-label^='mse']");
  EXPECT_EQ(browser().text("#panel-step h2").substr(0, 3), "mse");
}

TEST_F(PageTest, shows_formula_numbers_and_shapes_of_a_forward_step) {
  TiedModel model;
  open_library(model);
  const Explanation e = model.explanation();
  const auto product = std::ranges::find(e.forward, "matmul", &ForwardStep::op);
  EXPECT_EQ(browser().text("#panel-step h2 .kind"), "matmul");
  EXPECT_EQ(
      browser().run(
          "return [...document.querySelectorAll('#panel-step .shape')].map((s) => s.textContent)"),
      Json::array({"[4, 3]", "[2, 3]", "[4, 2]"}));
  // As many digits as those on the left give.
  const std::string line = browser().text("#arithmetic");
  const double result = std::stod(line.substr(line.rfind(" = ") + 3));
  // The entry to begin with is the largest.
  const Json place = Json::parse(line.substr(line.find('['), line.find(']') + 1 - line.find('[')));
  const std::int64_t row = place[0], column = place[1];
  const auto values = product->value.values<float>();
  EXPECT_NEAR(result, product->value.at<float>({row, column}), 1e-3) << line;
  for (const float v : values) EXPECT_LE(std::abs(v), std::abs(result) + 1e-3) << line;
  EXPECT_NE(line.find(shown(model.points, static_cast<std::size_t>(3 * row)) + " · "), line.npos)
      << line;
}

TEST_F(PageTest, shows_rules_contributions_and_how_many_were_received) {
  TiedModel model;
  open_library(model);
  const Explanation e = model.explanation();
  const std::size_t forward = step_count() - e.backward.size();
  std::int64_t uses = 0;
  for (std::size_t s = 0; s < e.backward.size(); ++s) {
    go_to(forward + s + 1);
    const std::string text = browser().text("#panel-step");
    for (const ExplainedContribution& c : e.backward[s].contributions) {
      const std::string received = fmt::format("{} of {} received", c.number, c.count);
      EXPECT_NE(text.find(received), text.npos) << received << " in " << text;
      if (c.target != model.ae.W().id()) continue;
      ++uses;
      const std::string waits = c.number < c.count ? ", it waits" : ", complete";
      EXPECT_NE(text.find(received + waits), text.npos) << text;
    }
    EXPECT_EQ(browser()
                  .run("return [...document.querySelectorAll('.part h3')].length")
                  .get<std::size_t>(),
              e.backward[s].contributions.size());
  }
  EXPECT_EQ(uses, 3);  // decoder, encoder, regularizer
}

TEST_F(PageTest, tells_both_ways_apart_without_colors) {
  TiedModel model;
  open(model);
  EXPECT_EQ(browser().run("return ['forward', 'backward'].map((phase) => Number(document."
                          "querySelector(`#ticks .${phase}`).getAttribute('height')))"),
            Json::array({10, 5}));
}

// The rule that is asked for at a backward step, typed in a form; what the page says of it.
TEST_F(PageTest, takes_every_form_of_a_right_rule) {
  struct Case {
    Tensor (*function)(const Tensor& a, const Tensor& b);
    const char* to;
    std::vector<const char*> right, wrong;
  };
  const Case cases[] = {
      {[](const Tensor& a, const Tensor&) { return square(a); },
       "a",
       {"2 x dy", "2*x*dy", "dx = dy*2*x", "2x dy", "dy a * 2", "dloss 2 a", "dy*x + x*dy"},
       {"dy x", "2 x", "x^2 dy", "2 dy", ""}},
      {[](const Tensor& a, const Tensor& b) { return a / b; },
       "b",
       {"-dy y / b", "-dy*a/b^2", "-(dy / b) * y", "- dloss a / b^2", "dy * (-a) / (b*b)"},
       {"dy y / b", "-dy a / b", "-dy / b^2", "-dy*a/b^3"}},
      {[](const Tensor& a, const Tensor&) { return exp(a); },
       "a",
       {"dy y", "dy exp(x)", "dy exp(a)", "loss * dloss"},
       {"dy", "dy x", "exp(dy x)"}},
      {[](const Tensor& a, const Tensor&) { return relu(a); },
       "a",
       {"dy where x > 0, 0 elsewhere", "dy where a > 0, 0 elsewhere",
        "0 where x <= 0, dy elsewhere"},
       {"dy", "0", "dy where x > 1, 0 elsewhere", "dy x"}},
  };
  for (const Case& c : cases) {
    Graph g;
    Tensor a = g.placeholder("a", {}), b = g.placeholder("b", {});
    Tensor loss = named(c.function(a, b), "loss");
    Session session(g);
    write_page(path(), session, loss, {c.to[0] == 'a' ? a : b}, {{a, 1.5}, {b, 2}});
    browser().open(path());
    const auto is_right = [&](const std::string& text) {
      browser().open(path());
      browser().click("#predict-button");
      go_to(2);
      EXPECT_EQ(browser().text(".question label").substr(0, 13), "By which rule")
          << browser().text("#panel-step");
      browser().run("document.getElementById('answer').value = " + Json(text).dump() +
                    "; document.querySelector('form.question').requestSubmit();");
      return browser().text(".question").find("right so far") != std::string::npos;
    };
    for (const char* text : c.right) EXPECT_TRUE(is_right(text)) << text;
    for (const char* text : c.wrong) EXPECT_FALSE(is_right(text)) << text;
  }
}

TEST_F(PageTest, writes_attributes_as_short_as_their_dtype_allows) {
  Graph g;
  Variable w = g.variable("w", Array({-1, 2}));
  Tensor loss = named(reduce_sum(elu(w, double{0.2F})), "loss");
  Session session(g);
  write_page(path(), session, loss, {});
  browser().open(path());
  browser().press("End");
  browser().run(
      "document.querySelector('#panel-step [data-key^=part] [data-element=\"0\"]')"
      ".dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))");
  EXPECT_TRUE(browser().text("#panel-step").find("0.2000000") == std::string::npos);
  EXPECT_NE(browser().text("#arithmetic").find("0.2"), std::string::npos);
}

TEST_F(PageTest, writes_no_sum_of_which_it_lists_no_part) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 800});
  Variable b = g.variable("b", Array::zeros({800}));
  Tensor loss = named(reduce_mean(x + b), "loss");
  Session session(g);
  write_page(path(), session, loss, {{x, Array::zeros({400, 800})}});
  browser().open(path());
  browser().press("End");
  EXPECT_EQ(browser().text("#panel-step .part h3"), "db += sum(dt1, axis=0)");
  EXPECT_EQ(browser().text("#arithmetic"), "db[0] comes from more numbers than the page holds.");
}

TEST_F(PageTest, shows_what_a_slope_is_taken_at) {
  Graph g;
  Tensor s = g.placeholder("s", {});
  Tensor loss = named(sin(s), "loss");
  Session session(g);
  write_page(path(), session, loss, {s}, {{s, 6}});
  browser().open(path());
  browser().press("End");
  EXPECT_EQ(browser().run(grids_of_step)["operand0"], Json({{"0", "6"}}));
  EXPECT_EQ(browser().text("#arithmetic"), "ds = 1 · cos(6) = 0.9601703");
}

TEST_F(PageTest, marks_the_entries_that_an_entry_of_a_gradient_came_from) {
  TiedModel model;
  open_library(model);
  const Explanation e = model.explanation();
  std::size_t s = step_count() - e.backward.size(), way = 0;
  bool has_product = false, has_bias = false, has_elu = false;
  const auto marked = [&](const std::string& key) {
    return browser().run("return [...document.querySelectorAll('#panel-step table[data-key=" + key +
                         "] .source')].map((c) => Number(c.dataset.element))");
  };
  for (const BackwardStep& step : e.backward) {
    go_to(++s);
    for (const ExplainedContribution& c : step.contributions) {
      browser().run(fmt::format(
          "document.querySelector('#panel-step table[data-key=part{}] [data-element=\"1\"]')"
          "?.dispatchEvent(new MouseEvent('mouseover', {{bubbles: true}}))",
          way++));
      if (step.op == "matmul" && c.target == model.ae.W().id()) {
        // dW[0, 1] of [2, 3]: two columns, one of each factor.
        has_product = true;
        EXPECT_EQ(marked("dy").size(), 4U);
      }
      if (step.op == "broadcast_like" && c.target == model.ae.b1().id()) {
        has_bias = true;
        EXPECT_EQ(marked("dy"), Json::array({1, 3, 5, 7}));  // the column of the batch
      }
      if (step.op == "elu") {
        has_elu = true;
        EXPECT_EQ(marked("dy"), Json::array({1}));
        EXPECT_EQ(marked("y"), Json::array({1}));  // the mask
      }
    }
  }
  EXPECT_TRUE(has_product);
  EXPECT_TRUE(has_bias);
  EXPECT_TRUE(has_elu);
}

}  // namespace
}  // namespace gradus::test
