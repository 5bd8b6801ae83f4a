// The documents' code is the sources': a block after "<!-- region FILE NAME -->" equals the lines
// of FILE between two lines "// [NAME]", or all of FILE where there is no NAME.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "paths.h"

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

const fs::path root = GRADUS_SOURCE_DIR;

Lines lines_of(const fs::path& file) {
  std::ifstream in(file);
  Lines lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == line.npos ? "" : line.substr(first, line.find_last_not_of(' ') - first + 1);
}

// The common indentation is taken away.
Lines outdented(Lines lines) {
  std::size_t indent = std::string::npos;
  for (const std::string& line : lines)
    if (!line.empty()) indent = std::min(indent, line.find_first_not_of(' '));
  for (std::string& line : lines) line = line.size() < indent ? "" : line.substr(indent);
  return lines;
}

Lines region(const std::string& file, const std::string& name) {
  if (!fs::exists(root / file)) return {"no file " + file};
  const Lines all = lines_of(root / file);
  if (name.empty()) return all;
  const auto is_mark = [&](const std::string& line) {
    return trimmed(line) == "// [" + name + "]";
  };
  const auto first = std::find_if(all.begin(), all.end(), is_mark);
  if (first == all.end()) return {"no region [" + name + "] in " + file};
  return outdented(Lines(first + 1, std::find_if(first + 1, all.end(), is_mark)));
}

// The document with each block as its region says; `untied` gets C++ blocks that have no region.
Lines with_regions(const Lines& document, Lines& untied) {
  Lines result;
  for (std::size_t i = 0; i < document.size(); ++i) {
    result.push_back(document[i]);
    if (!document[i].starts_with("```") || document[i] == "```") continue;
    const std::string& fence = document[i];
    const std::string before = i == 0 ? "" : document[i - 1];
    std::istringstream words(before);
    std::string mark, word, file, name, part;
    words >> mark >> word >> file;
    while (words >> part && part != "-->") name += (name.empty() ? "" : " ") + part;
    const bool is_tied = mark == "<!--" && word == "region";
    if (!is_tied && fence == "```cpp") untied.push_back(document[i + 1]);
    if (is_tied)
      for (const std::string& line : region(file == "-->" ? "" : file, name))
        result.push_back(line);
    while (++i < document.size() && document[i] != "```")
      if (!is_tied) result.push_back(document[i]);
    result.push_back("```");
  }
  return result;
}

std::vector<fs::path> documents() {
  std::vector<fs::path> all{root / "README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs"))
    // ops.md is written from the records: ops_page_test.cpp.
    if (entry.path().extension() == ".md" && entry.path().filename() != "ops.md")
      all.push_back(entry.path());
  std::sort(all.begin(), all.end());
  return all;
}

TEST(Documents, code_blocks_are_regions_of_sources) {
  for (const fs::path& document : documents()) {
    const Lines before = lines_of(document);
    Lines untied;
    const Lines after = with_regions(before, untied);
    EXPECT_EQ(untied, Lines{}) << document;
    if (std::getenv("GRADUS_UPDATE_DOCS") != nullptr) {
      std::ofstream out(document);
      for (const std::string& line : after) out << line << "\n";
    } else {
      EXPECT_EQ(after, before) << document << ": run docs_test with GRADUS_UPDATE_DOCS=1";
    }
  }
}

// Commands begin with a program of the project.
TEST(Documents, commands_name_files_that_exist) {
  for (const fs::path& document : documents()) {
    bool is_command = false;
    for (const std::string& line : lines_of(document)) {
      if (line.starts_with("```")) {
        is_command = line == "```sh";
      } else if (is_command && line.starts_with("scripts/")) {
        EXPECT_TRUE(fs::exists(root / line.substr(0, line.find(' ')))) << document << ": " << line;
      }
    }
  }
}

TEST(Documents, links_and_pictures_exist) {
  for (const fs::path& document : documents()) {
    bool is_code = false;
    for (const std::string& line : lines_of(document)) {
      if (line.starts_with("```")) is_code = !is_code;
      if (is_code) continue;
      for (std::size_t at = line.find("]("); at != line.npos; at = line.find("](", at + 1)) {
        const std::string target = line.substr(at + 2, line.find(')', at) - at - 2);
        if (target.starts_with("http") || target.starts_with("#")) continue;
        EXPECT_TRUE(fs::exists(document.parent_path() / target.substr(0, target.find('#'))))
            << document << ": " << target;
      }
    }
  }
}

}  // namespace
