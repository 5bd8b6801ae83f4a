// The pages of the lessons in Chromium: each opens, goes through all its steps and moments, says
// nothing on the console, and asks nothing of a network.
//
//   lesson_pages FOLDER
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "viz/teaching/browser/browser.h"

namespace {

using gradus::test::Browser;

// What is wrong with a page; empty if nothing is.
std::string fault_of(Browser& browser, const std::string& path) {
  browser.requests();
  browser.open(path);
  if (!browser.text("#count").starts_with("1 / ")) return "no first step";
  const std::string all = browser.text("#count").substr(4);
  for (int i = 1; i < std::stoi(all); ++i) browser.press("ArrowRight");
  if (browser.text("#count") != all + " / " + all) return "does not arrive at its last step";
  browser.press("[");
  for (const std::string& address : browser.requests())
    if (address != "file://" + path) return "asks for " + address;
  for (const std::string& message : browser.messages()) return "says " + message;
  return "";
}

int open_all(const std::filesystem::path& folder) {
  if (const std::string missing = Browser::what_is_missing(); !missing.empty()) {
    fmt::print("pages are not tested: {}\n", missing);
    return 0;
  }
  Browser browser;
  int opened = 0, faults = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".html") continue;
    const std::string path = std::filesystem::absolute(entry.path());
    const std::string fault = fault_of(browser, path);
    fmt::print("{}: {}\n", path, fault.empty() ? "as it should be" : fault);
    ++opened;
    faults += fault.empty() ? 0 : 1;
  }
  return opened == 13 && faults == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return argc == 2 ? open_all(argv[1]) : 2;
  } catch (const std::exception& error) {
    fmt::print("{}\n", error.what());
    return 1;
  }
}
