// A folder for the files of a figure, gone at the end of the test.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/file.h>
#include <gradus/plot.h>

#include "support/test_folder.h"

namespace gradus {

struct PlotTest : testing::Test {
  ~PlotTest() override { setenv("PATH", path.c_str(), 1); }

  std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      out.push_back(entry.path().filename().string());
    std::sort(out.begin(), out.end());
    return out;
  }
  // A program of this name alone is found from now on.
  void replace_gnuplot(const std::string& script) const {
    std::filesystem::create_directory(folder / "bin");
    write_file(folder / "bin/gnuplot", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(folder / "bin/gnuplot", std::filesystem::perms{0755});
    setenv("PATH", (folder / "bin").c_str(), 1);
  }
  // Data and script of a figure, without its picture.
  std::string csv_of(const std::vector<Plot>& panels) const {
    setenv("PATH", folder.path().c_str(), 1);
    write_plots(folder / "f", panels);
    return contents(folder / "f.csv");
  }
  std::string script_of(const Plot& plot) const {
    csv_of({plot});
    const std::string script = contents(folder / "f.gp");
    return script.substr(script.find("  set title"));
  }

  const std::string path = std::getenv("PATH");
  const TestFolder folder;
};

template <class E, class F>
std::string error_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "no error of this type";
}

inline Plot small_plot(const std::string& title = "t") {
  return Plot(title).line("a", {1, 2}, {3, 4});
}

}  // namespace gradus
