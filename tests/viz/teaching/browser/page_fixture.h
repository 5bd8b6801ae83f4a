// Pages of small models, open in one browser that all tests of a program share.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include <gradus/explain.h>
#include <gradus/gradus.h>
#include <gradus/page.h>

#include "browser.h"

namespace gradus::test {

// A tied auto-encoder 3-2-3 with a regularizer, four points, and a step of training.
struct TiedModel {
  TiedModel()
      : x(graph.placeholder("x", {any_size, 3})),
        ae(graph, {3, 2}),
        mse(named(reduce_mean(reduce_sum(square(ae(x) - x), {1})), "mse")),
        loss(named(mse + 0.01 * l2({ae.W()}), "loss")),
        step(SGD{.learning_rate = 0.1}.minimize(loss)),
        session(graph, {.seed = 7}) {}

  std::vector<Feed> feeds() const { return {{x, points}}; }
  std::vector<Tensor> variables() const { return {ae.W(), ae.b1(), ae.b2()}; }
  Explanation explanation() {
    return explain(session, loss, variables(), feeds(), {.checked_elements = 0});
  }

  Graph graph;
  Tensor x;
  models::BasicAE ae;
  Tensor mse, loss, step;
  Session session;
  Array points{{0.5, -1, 2}, {1.5, 0.25, -0.75}, {-0.5, 1, 0.125}, {2, -2, 1}};
};

class PageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (Browser::what_is_missing().empty()) the_browser = std::make_unique<Browser>();
  }
  static void TearDownTestSuite() { the_browser.reset(); }
  void SetUp() override {
    if (const std::string missing = Browser::what_is_missing(); !missing.empty())
      GTEST_SKIP() << "pages are not tested: " << missing;
  }
  void TearDown() override {
    if (the_browser) {
      EXPECT_EQ(the_browser->messages(), std::vector<std::string>{}) << "on the console";
    }
    std::filesystem::remove_all(folder_);
  }

  Browser& browser() { return *the_browser; }
  std::string path(const std::string& name = "page.html") const {
    return (folder_ / name).string();
  }

  // Opens the model's page.
  void open(TiedModel& model, const PageOptions& options = {}) {
    write_page(path(), model.session, model.loss, model.variables(), model.feeds(), options);
    browser().open(path());
  }
  // The same with a step for every node.
  void open_library(TiedModel& model) {
    open(model);
    browser().open(path() + "?library");
  }
  // Goes to a step, numbered from 1, by the slider.
  void go_to(std::size_t step) {
    browser().run("const slider = document.getElementById('slider'); slider.value = " +
                  std::to_string(step) + "; slider.dispatchEvent(new Event('input'));");
  }
  std::size_t step_count() {
    return std::stoul(
        browser().run("return document.getElementById('slider').max").get<std::string>());
  }
  std::string active_tab() { return browser().text("[role=tab][aria-selected=true]"); }

  static inline std::unique_ptr<Browser> the_browser;
  std::filesystem::path folder_ = make_folder();

 private:
  static std::filesystem::path make_folder() {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        ("gradus_page_" + std::to_string(::getpid()) + "_" + info->name());
    std::filesystem::create_directories(folder);
    return folder;
  }
};

// A number as the page writes it.
inline std::string shown(double value, int digits = 4) {
  return to_text(Array::full({}, value, float64), digits);
}
inline std::string shown(const Array& array, std::size_t element, int digits = 4) {
  return shown(array.cast(float64).values<double>()[element], digits);
}

}  // namespace gradus::test
