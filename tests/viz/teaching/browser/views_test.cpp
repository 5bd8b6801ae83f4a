// What a reader can do with a page beside stepping, driven in Chromium.
#include <algorithm>
#include <cmath>
#include <map>

#include <gradus/pass_trace.h>

#include "graph/graph_state.h"
#include "views_fixture.h"

namespace gradus::test {
namespace {

using Json = nlohmann::json;

TEST_F(Views, opens_a_tensor_with_value_gradient_and_finite_differences) {
  TiedModel model;
  open(model);
  open_tensor("W");
  EXPECT_EQ(active_tab(), "Tensor");
  const Explanation e = model.explanation();
  EXPECT_EQ(numbers("data-key=opened"), texts_of(model.session.value(model.ae.W())));
  EXPECT_EQ(numbers("data-key=gradient"), texts_of(e.variables[0].gradient));
  const Json errors = browser().run(
      "return [...document.querySelectorAll('.differences tr')].slice(1).map((r) => "
      "Number(r.cells[3].textContent))");
  ASSERT_EQ(errors.size(), 6U);
  for (const Json& error : errors) EXPECT_LT(error.get<double>(), 1e-4);
}

TEST_F(Views, shows_large_tensors_as_summary_corner_histogram_and_images) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  models::AutoEncoder ae(g, {784, 256, 64});
  Tensor mse = reduce_mean(reduce_sum(square(ae(x) - x), {1}));
  Tensor loss = mse + 1e-4 * l2(ae.trainable_variables("W*"));
  Session session(g, {.seed = 42});
  const Array images = generated_digits(1, {.train = 4, .validation = 0, .test = 0}).train.images;
  write_page(path(), session, loss, {{x, images}});
  EXPECT_LT(std::filesystem::file_size(path()), 2'000'000U);
  browser().open(path());
  browser().click(".box[aria-label^='W1,']");
  const Array W1 = session.value(ae.trainable_variables("W1")[0]);
  EXPECT_EQ(numbers("data-key=opened")[0], shown(W1, 0));
  EXPECT_EQ(
      browser().run("return document.querySelectorAll('#panel-tensor .histogram rect').length"),
      80);
  double squares = 0;
  for (float v : W1.values<float>()) squares += double{v} * double{v};
  EXPECT_EQ(browser().text("#panel-tensor .statistics tr:nth-child(5) td"),
            shown(std::sqrt(squares)));
  check("as-image", true);
  EXPECT_EQ(
      browser().run(
          "const c = document.querySelector('#panel-tensor canvas'); return [c.width, c.height]"),
      Json::array({4 * 29 - 1, 2 * 29 - 1}));
}

TEST_F(Views, shows_both_uses_of_a_tied_matrix_in_colors_and_their_sum_without_one) {
  TiedModel model;
  open(model);
  open_tensor("W");
  const Explanation e = model.explanation();
  const auto& places = e.variables[0].contributions;
  ASSERT_EQ(places.size(), 3U);
  const auto part = [&](std::size_t i) {
    return e.backward[places[i].step].contributions[places[i].contribution].value;
  };
  EXPECT_EQ(numbers("data-key=parts-sum"), texts_of(e.variables[0].gradient));
  const Json colors = browser().run(
      "return [...document.querySelectorAll('.contribution:not(.sum)')].map((c) => "
      "getComputedStyle(c).borderTopColor)");
  ASSERT_EQ(colors.size(), 3U);
  EXPECT_TRUE(colors[0] != colors[1] && colors[1] != colors[2] && colors[0] != colors[2]);
  // Numbers tell them apart where there are no colors.
  EXPECT_TRUE(browser().text(".contribution:nth-child(2)").starts_with("2. decoder"));
  EXPECT_TRUE(browser().text(".contribution:nth-child(3)").starts_with("3. encoder"));
  EXPECT_EQ(browser().run("return [...document.querySelectorAll('.weights span')].slice(1).map((s) "
                          "=> s.textContent)"),
            Json::array({"2", "3"}));
  browser().click(".contribution:nth-child(1) input");
  Array rest = part(1);
  const Array other = part(2);
  for (std::size_t i = 0; i < 6; ++i) rest.mutable_values<float>()[i] += other.values<float>()[i];
  EXPECT_EQ(numbers("data-key=parts-sum"), texts_of(rest));
}

TEST_F(Views, collapses_scopes_hides_the_regularizer_and_shows_what_lies_between) {
  TiedModel model;
  open(model);
  const auto boxes = [&] {
    return browser().run("return document.querySelectorAll('.box').length").get<int>();
  };
  const int all = boxes();
  browser().click("#show-button");
  browser().click("#close-groups");
  EXPECT_LT(boxes(), all);
  EXPECT_EQ(browser().run("return document.querySelectorAll('.box.group').length"), 1);
  browser().click(".box.group");
  browser().click("#open-groups");
  EXPECT_EQ(boxes(), all);
  check("hide-regularizer", true);
  EXPECT_EQ(boxes(), all - 3);  // square, reduce_sum, multiply
  check("hide-regularizer", false);
  browser().run(
      "const s = document.getElementById('between'); s.value = [...s.options].find((o) => o.text "
      "=== 'basic_ae/b2').value;"
      "s.dispatchEvent(new Event('change'))");
  EXPECT_EQ(boxes(), 8);  // b2, add, elu, subtract, square, two reductions, loss
}

TEST_F(Views, shows_which_numbers_two_classical_mistakes_make_wrong) {
  TiedModel model;
  open(model);
  const Explanation e = model.explanation();
  browser().click("#mistakes-button");
  check("mistake-overwrite", true);
  open_tensor("W");
  const ContributionPlace& last = e.variables[0].contributions.back();
  EXPECT_EQ(numbers("data-key=gradient"),
            texts_of(e.backward[last.step].contributions[last.contribution].value));
  EXPECT_EQ(
      browser().run("return document.querySelectorAll('table[data-key=gradient] td.wrong').length"),
      6);
  check("mistake-overwrite", false);
  EXPECT_EQ(
      browser().run("return document.querySelectorAll('table[data-key=gradient] td.wrong').length"),
      0);
  check("mistake-unsummed", true);
  open_tensor("b1");
  EXPECT_EQ(browser().text("#panel-tensor div:nth-child(2) > .tensor-view .shape"),
            "[4, 2] not [2]");
  EXPECT_NE(browser().text("#mistake-note").find("db1"), std::string::npos);
}

TEST_F(Views, says_of_a_bias_gradient_that_it_was_not_summed) {
  TiedModel model;
  open(model);
  browser().click("#mistakes-button");
  browser().click("#mistake-unsummed");
  // Keys for the page are heard in the menu, too.
  browser().press("b");
  // Points at the first entry of db1, where a step has it.
  const auto heading = [&] {
    return browser()
        .run(
            "const part = [...document.querySelectorAll('#panel-step .part')].find((p) => "
            "/^db1/.test(p.textContent)); part?.querySelector('[data-element=\"0\"]')."
            "dispatchEvent(new MouseEvent('mouseover', {bubbles: true})); return "
            "part?.querySelector('h3').textContent ?? ''")
        .get<std::string>();
  };
  for (std::size_t s = 0; s < step_count() && heading().empty(); ++s) browser().press("ArrowRight");
  EXPECT_EQ(heading(), "db1 += dt1");
  EXPECT_EQ(browser().text("#arithmetic"),
            "With this mistake db1 is not summed: its shape is [4, 2], and must be [2].");
  const char* marked =
      "return [...document.querySelectorAll('#panel-step table[data-key=dy] .source')]"
      ".map((c) => c.dataset.element)";
  EXPECT_EQ(browser().run(marked), Json::array({"0"}));
  browser().press("Escape");
  check("mistake-unsummed", false);
  EXPECT_EQ(heading(), "db1 += sum(dt1, axis=0)");
  EXPECT_TRUE(browser().text("#arithmetic").starts_with("db1[0] = "));
  EXPECT_EQ(browser().run(marked), Json::array({"0", "2", "4", "6"}));
}

TEST_F(Views, the_address_chooses_one_moment_for_a_slide) {
  TiedModel model;
  open(model);
  browser().open(path() + "?step=5&embed");
  EXPECT_TRUE(browser().text("#panel-step").starts_with("Step 5 of "));
  const char* shown =
      "return ['header', 'footer', '#tabs', '#graph', '#panel-step'].map("
      "(place) => document.querySelector(place).getClientRects().length > 0)";
  EXPECT_EQ(browser().run(shown), Json::array({false, false, false, true, true}));
  browser().press("ArrowRight");
  EXPECT_TRUE(browser().text("#panel-step").starts_with("Step 6 of "));
  browser().open(path() + "?step=7");
  EXPECT_TRUE(browser().text("#panel-step").starts_with("Step 7 of "));
  EXPECT_EQ(browser().run(shown), Json::array({true, true, true, true, true}));
  const std::string all = std::to_string(step_count());
  for (const auto& [address, step] : {std::pair<std::string, std::string>{"?step=x", "1"},
                                      {"?step=-3", "1"},
                                      {"?step=1e9", all}}) {
    browser().open(path() + address);
    EXPECT_TRUE(browser().text("#panel-step").starts_with("Step " + step + " of ")) << address;
  }
}

TEST_F(Views, keys_of_one_letter_can_be_switched_off) {
  TiedModel model;
  open(model);
  browser().press("b");
  const std::string backward = browser().text("#count");
  EXPECT_NE(backward.substr(0, 2), "1 ");
  browser().press("Home");
  check("letters", false);
  browser().press("b");
  EXPECT_EQ(browser().text("#count").substr(0, 2), "1 ");
  browser().press("ArrowRight");
  EXPECT_EQ(browser().text("#count").substr(0, 2), "2 ");
}

TEST_F(Views, plays_as_fast_as_one_wants) {
  TiedModel model;
  open(model);
  browser().run(
      "window.delays = []; const real = window.setInterval;"
      "window.setInterval = (act, delay) => { window.delays.push(delay); return real(act, 1e6); "
      "};");
  browser().press(" ");
  browser().run(
      "const s = document.getElementById('seconds'); s.value = '5';"
      "s.dispatchEvent(new Event('change'));");
  EXPECT_EQ(browser().run("return window.delays"), Json::array({1200, 5000}));
}

TEST_F(Views, goes_along_training_with_the_loss_curve) {
  TiedModel model;
  PageRecorder recorder(model.session, model.loss);
  std::vector<double> losses;
  std::vector<Array> weights;
  const std::vector<int> moments{0, 1, 20};
  for (int i = 0; i <= 20; ++i) {
    if (std::ranges::find(moments, i) != moments.end()) {
      recorder.snapshot(i, model.feeds());
      losses.push_back(model.session.run(model.loss, model.feeds()).item<double>());
      weights.push_back(model.session.value(model.ae.W()));
    }
    model.session.run(model.step, model.feeds());
  }
  recorder.write(path());
  browser().open(path());
  open_tensor("W");
  for (std::size_t m = 0; m < 3; ++m) {
    EXPECT_EQ(browser().text("#moment-loss"), "loss " + shown(losses[m]));
    EXPECT_EQ(browser().text("#moment-step"), std::to_string(moments[m]));
    EXPECT_EQ(numbers("data-key=opened"), texts_of(weights[m]));
    browser().press("]");
  }
  // The three stand where the slider has them.
  EXPECT_EQ(browser().run("const p = document.querySelector('#curve polyline').points;"
                          "return [p.length, p[1].x - p[0].x === p[2].x - p[1].x]"),
            nlohmann::json::array({3, true}));
}

TEST_F(Views, compares_the_graph_before_and_after_the_passes) {
  TiedModel model;
  open(model);
  const Explanation e = model.explanation();
  std::vector<Tensor> fetches{e.loss};
  for (const ExplainedVariable& v : e.variables)
    fetches.push_back(e.graph.state().tensor(e.find(v.id)->gradient_node));
  const std::vector<PassTrace> traces =
      trace_passes(fetches, {{e.graph.state().tensor(model.x.id()), model.points}});
  browser().click("#tab-passes");
  const std::string summary = browser().text("#pass-summary");
  EXPECT_TRUE(summary.starts_with(fmt::format("{} nodes before, {} after",
                                              ancestors(traces.front().results).size(),
                                              ancestors(traces.back().results).size())))
      << summary;
  EXPECT_EQ(
      browser().run("return document.querySelectorAll('#pass option').length").get<std::size_t>(),
      traces.size());
  browser().run(
      "document.querySelector('.before .stage-box').dispatchEvent(new MouseEvent('click', "
      "{bubbles: true}))");
  EXPECT_EQ(browser().run("return document.querySelectorAll('.after .stage-box.chosen').length"),
            1);
  std::map<std::int32_t, std::size_t> nodes_of_call;
  for (const NodeId id : ancestors(traces.back().results))
    if (const std::int32_t call = traces.back().steps[index(id)]; call >= 0) ++nodes_of_call[call];
  std::size_t fused = 0;
  for (const auto& [call, nodes] : nodes_of_call) fused += nodes > 1 ? nodes : 0;
  EXPECT_GT(fused, 0U);
  EXPECT_EQ(browser()
                .run("return document.querySelectorAll('.after text.loop').length")
                .get<std::size_t>(),
            fused);
  const auto signs = [&](const std::string& side, const std::string& mark) {
    return browser().run("return [...document.querySelectorAll('." + side + " .stage-box." + mark +
                         " text:first-of-type')].map((t) => t.textContent.slice(0, 2))");
  };
  for (const Json& sign : signs("before", "merged")) EXPECT_EQ(sign, "= ");
  EXPECT_FALSE(signs("after", "made").empty());
  for (const Json& sign : signs("after", "made")) EXPECT_EQ(sign, "+ ");
  std::size_t rules = 0;
  for (std::size_t i = 1; i < traces.size(); ++i) rules += traces[i].rewritings.size();
  EXPECT_EQ(browser()
                .run("return document.querySelectorAll('.rules td:nth-child(3)').length")
                .get<std::size_t>(),
            rules);
}

TEST_F(Views, opens_a_thousand_nodes_collapsed) {
  Graph g;
  Variable w = g.variable("w", Array(1.0));
  Tensor y = w;
  for (int i = 0; i < 999; ++i) y = y + 0.001;
  Tensor loss = square(y);
  Session session(g);
  write_page(path(), session, loss, {}, {.title = "A chain"});
  browser().open(path());
  EXPECT_EQ(step_count(), 2000U);
  EXPECT_EQ(browser().run("return document.querySelectorAll('.box').length"), 26);
  browser().click(".box.group");
  EXPECT_EQ(browser().run("return document.querySelectorAll('.box').length"), 40);
}

TEST_F(Views, is_used_by_keys_alone_and_named_for_screen_readers) {
  TiedModel model;
  open(model);
  std::vector<std::string> visited;
  for (int i = 0; i < 80; ++i) {
    browser().press("Tab");
    visited.push_back(
        browser().run("const a = document.activeElement; return a === document.body ? 'end' : a.id "
                      "|| a.className.baseVal || a.dataset.element || a.textContent"));
    if (visited.back() == "end") break;
  }
  EXPECT_EQ(visited.back(), "end") << "focus is trapped";
  for (const char* place : {"predict-button", "zoom-in", "tab-step", "slider", "next"})
    EXPECT_NE(std::ranges::find(visited, place), visited.end()) << place;
  EXPECT_TRUE(
      std::ranges::any_of(visited, [](const std::string& v) { return v.starts_with("box"); }));
  EXPECT_EQ(
      browser().run("return [...document.querySelectorAll('button, input, select, textarea, "
                    "[role=button], svg[role=img], canvas')]"
                    ".filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || "
                    "e.closest('label') || document.querySelector(`label[for=\"${e.id}\"]`)))"
                    ".map((e) => e.outerHTML)"),
      Json::array());
  const std::string before = browser().run("return document.getElementById('live').textContent");
  browser().press("ArrowRight");
  const std::string after = browser().run("return document.getElementById('live').textContent");
  EXPECT_NE(before, after);
  EXPECT_TRUE(after.starts_with("Step 2 of ")) << after;
}

TEST_F(Views, follows_light_and_dark) {
  TiedModel model;
  open(model);
  // What a change of the system's theme brings is there with the next frame.
  const char* background =
      "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame("
      "() => done(getComputedStyle(document.body).backgroundColor))))";
  const Json light = browser().run(background);
  browser().emulate("", true);
  EXPECT_NE(browser().run(background), light);
  browser().press("d");
  EXPECT_EQ(browser().run(background), light);
  browser().emulate("", false);
}

TEST_F(Views, shows_hostile_names_as_they_are) {
  const std::string evil = "</script><script>document.title='taken'</script>";
  Graph g;
  Tensor x = g.placeholder(evil, {2});
  Variable w = g.variable("<img src=x onerror=alert(1)> \"quoted\" & 🦊", Array({1, 2}));
  Tensor loss = named(reduce_sum(w * x), "node]]> ${1} <!-- \\");
  Session session(g);
  write_page(path(), session, loss, {{x, Array({3, 4})}},
             {.title = evil, .introduction = evil + "\n\n<b>bold</b>"});
  browser().open(path());
  EXPECT_EQ(browser().text("h1"), evil);
  EXPECT_EQ(browser().run("return document.title"), evil);
  EXPECT_EQ(browser().text("#introduction p:last-child"), "<b>bold</b>");
  EXPECT_EQ(browser().run("return document.querySelectorAll('img, b').length"), 0);
  browser().press("ArrowRight");
  EXPECT_EQ(browser().text("#panel-step .full-name"), loss.name());
}

}  // namespace
}  // namespace gradus::test
