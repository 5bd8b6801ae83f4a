// What tests of a page's views share: numbers of grids, check boxes, tensors.
#pragma once

#include <string>

#include <fmt/format.h>

#include "page_fixture.h"

namespace gradus::test {

// Numbers of a grid in the open tab, by its label.
inline constexpr const char* numbers_of_grid =
    "return [...document.querySelector('[role=tabpanel]:not([hidden]) table[{}]').querySelectorAll("
    "'[data-element]')].map((c) => c.textContent)";

inline nlohmann::json texts_of(const Array& array) {
  nlohmann::json texts = nlohmann::json::array();
  for (std::int64_t i = 0; i < array.size(); ++i)
    texts.push_back(shown(array, static_cast<std::size_t>(i)));
  return texts;
}

class Views : public PageTest {
 protected:
  nlohmann::json numbers(const std::string& attribute) {
    return browser().run(fmt::format(fmt::runtime(numbers_of_grid), attribute));
  }
  void check(const std::string& id, bool is_on) {
    browser().run(fmt::format(
        "const box = document.getElementById('{}'); if (box.checked !== {}) box.click()", id,
        is_on));
  }
  void open_tensor(const std::string& name) {
    browser().click(".box[aria-label^='" + name + ",']");
  }
};

}  // namespace gradus::test
