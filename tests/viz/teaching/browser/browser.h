// Chromium, driven by chromedriver as WebDriver says: JSON over HTTP.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <nlohmann/json.hpp>

namespace gradus::test {

class Browser {
 public:
  // Why there is no browser here; empty if there is one.
  static std::string what_is_missing();

  Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;
  ~Browser();

  void open(const std::string& path);
  // The result of a script's `return`.
  nlohmann::json run(const std::string& script);
  std::string text(const std::string& selector);
  void click(const std::string& selector);
  void type(const std::string& selector, const std::string& text);
  // A key by its name in the page: "ArrowRight", "Tab", "b".
  void press(std::string_view key);
  // media: "print" or "screen"; empty: as it is.
  void emulate(const std::string& media, bool is_dark);
  // What the page has for itself, in pixels; 0, 0: as it was.
  void resize(int width, int height);
  // Addresses of all requests since the last call.
  std::vector<std::string> requests();
  // Messages of the page's console since the last call: errors, above all.
  std::vector<std::string> messages();

 private:
  nlohmann::json call(const std::string& method, const std::string& path,
                      const nlohmann::json& body = nlohmann::json::object());
  std::string element(const std::string& selector);

  pid_t driver_ = -1;
  std::string port_, session_;
};

}  // namespace gradus::test
