// The page's two views of a graph: formulas as textbooks have them, and every node.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "views_fixture.h"

namespace gradus::test {
namespace {

// "t1 = x W^T + b1" is one step; the same numbers stand behind both views.
TEST_F(Views, writes_formulas_as_textbooks_do_and_unfolds_them) {
  TiedModel model;
  open(model);
  const Explanation e = model.explanation();
  const auto heading = [&] { return browser().text("#panel-step h2 .formula"); };
  EXPECT_EQ(heading(), "t1 = x WT + b1");
  const ForwardStep& whole = *std::ranges::find(e.forward, "add", &ForwardStep::op);
  browser().run(
      "document.querySelector('#panel-step [data-key=value] [data-element=\"0\"]')"
      ".dispatchEvent(new MouseEvent('mouseover', {bubbles: true}))");
  const std::string line = browser().text("#arithmetic");
  EXPECT_NEAR(std::stod(line.substr(line.rfind('=') + 1)), whole.value.at<float>({0, 0}), 1e-6);
  EXPECT_EQ(std::ranges::count(line, '+'), 3) << line;  // three products and b1
  const auto boxes = [&] {
    return browser().run("return document.querySelectorAll('.box').length").get<int>();
  };
  const std::size_t steps = step_count();
  const int few = boxes();
  browser().click("#unfold");
  EXPECT_EQ(heading(), "t1 = t1a + t1b");
  EXPECT_EQ(boxes(), few + 4);  // of two layers a product and a repeated bias
  EXPECT_EQ(step_count(), steps + 8);
  browser().press("ArrowLeft");
  EXPECT_EQ(heading(), "t1b = repeat(b1)");
  browser().click("#show-button");
  check("every-node", false);
  EXPECT_EQ(heading(), "t1 = x WT + b1");
  EXPECT_EQ(boxes(), few);
  // Back through the decoder: three rules of two nodes, with the gradient of their sum.
  browser().press("b");
  while (browser().text("#panel-step h2").find("h1 W + b2") == std::string::npos)
    browser().press("ArrowRight");
  EXPECT_EQ(browser().run("return [...document.querySelectorAll('.part h3')].map((h) => "
                          "h.textContent)"),
            nlohmann::json::array({"dh1 += dt2 WT", "dW += h1T dt2", "db2 += sum(dt2, axis=0)"}));
}

TEST_F(Views, draws_an_arrow_for_each_operand_and_dashes_those_of_shapes) {
  Graph g;
  Tensor x = g.placeholder("x", {2, 2}), b = g.placeholder("b", {2});
  Tensor loss = named(reduce_sum((x + x) * b), "loss");
  Session session(g);
  write_page(path(), session, loss, {x, b}, {{x, Array({{1, 2}, {3, 4}})}, {b, Array({1, 2})}});
  browser().open(path());
  const auto count = [&](const char* selector) {
    return browser()
        .run(fmt::format("return document.querySelectorAll('#drawing {}').length", selector))
        .get<int>();
  };
  EXPECT_EQ(count(".arrow"), 7);  // x twice, to *, b to repeat, its shape, to *, to the sum
  EXPECT_EQ(count(".arrow.of-shape"), 1);
  EXPECT_EQ(browser().run("return new Set([...document.querySelectorAll('#drawing .line')].map("
                          "(line) => line.getAttribute('d'))).size"),
            7);
}

}  // namespace
}  // namespace gradus::test
