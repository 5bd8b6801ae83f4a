// The tree keeps what docs/architecture.md promises: which headers reach which, how large a folder
// is, and that the picture of the rooms is the build's.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "paths.h"

namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

const fs::path root = GRADUS_SOURCE_DIR;
const std::vector<std::string> rooms{"core",     "png",         "kernels", "graph",    "ops",
                                     "autodiff", "compiler",    "runtime", "training", "data",
                                     "layers",   "interchange", "models",  "viz",      "all"};

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// The files of all rooms, as paths from the root.
std::vector<std::string> files() {
  std::vector<std::string> all;
  for (const std::string& room : rooms)
    for (const auto& entry : fs::recursive_directory_iterator(root / room))
      if (entry.is_regular_file()) all.push_back(fs::relative(entry.path(), root).generic_string());
  return all;
}

// What a file includes: "<gradus/graph.h>" as "gradus/graph.h", "compiler/plan/plan.h" as it is.
std::set<std::string> includes_of(const fs::path& file) {
  static const std::regex include(R"(#include [<"](gradus/[^">]+|[^"<>]+/[^">]+\.h)[">])");
  std::set<std::string> found;
  const std::string text = text_of(file);
  for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it)
    found.insert((*it)[1]);
  return found;
}

// Of each header that has an include path of its own: where it lies.
std::map<std::string, std::string> public_headers() {
  std::map<std::string, std::string> headers;
  for (const std::string& file : files())
    if (const std::size_t at = file.find("include/gradus/"); at != file.npos)
      headers[file.substr(at + 8)] = file;
  return headers;
}

TEST(Tree, users_headers_reach_no_header_of_ops_authors_and_none_that_is_internal) {
  const auto headers = public_headers();
  std::set<std::string> reached{"gradus/gradus.h"}, refused;
  std::vector<std::string> open{"gradus/gradus.h"};
  while (!open.empty()) {
    const std::string header = open.back();
    open.pop_back();
    for (const std::string& next : includes_of(root / headers.at(header))) {
      if (next.starts_with("gradus/op/") || !headers.contains(next))
        refused.insert(header + " includes " + next);
      else if (reached.insert(next).second)
        open.push_back(next);
    }
  }
  EXPECT_THAT(refused, IsEmpty());
  // All of the first tier but what brings another library along.
  std::set<std::string> left_out;
  for (const auto& [header, file] : headers)
    if (!header.starts_with("gradus/op/") && !reached.contains(header)) left_out.insert(header);
  EXPECT_THAT(left_out, testing::ElementsAre("gradus/eigen.h", "gradus/graph_view.h"));
}

TEST(Tree, headers_of_ops_authors_reach_none_that_is_internal) {
  const auto headers = public_headers();
  std::set<std::string> refused;
  for (const auto& [header, file] : headers)
    for (const std::string& next : includes_of(root / file))
      if (!headers.contains(next)) refused.insert(header + " includes " + next);
  EXPECT_THAT(refused, IsEmpty());
}

TEST(Tree, no_folder_of_a_room_holds_more_than_2500_lines_of_its_own) {
  std::map<std::string, std::ptrdiff_t> lines;
  for (const std::string& file : files()) {
    std::string folder = fs::path(file).parent_path().generic_string();
    // A room's headers lie beside its sources, two folders down.
    if (const std::size_t at = folder.find("/include"); at != folder.npos) folder.resize(at);
    const std::string text = text_of(root / file);
    lines[folder] += std::ranges::count(text, '\n');
  }
  for (const auto& [folder, count] : lines) EXPECT_LE(count, 2500) << folder;
}

// "gradus_room(ops USES graph ...)" in a CMakeLists.txt, and "ops -> graph;" in the picture.
TEST(Tree, the_picture_of_the_rooms_shows_what_each_uses) {
  std::vector<std::string> built, drawn;
  static const std::regex room(
      R"(gradus_room\((\w+)( USES ([\w ]+?))?( LINKS| PRIVATE_LINKS| FOLDERS|\)|\n))");
  for (const std::string& file : files()) {
    if (!file.ends_with("CMakeLists.txt")) continue;
    const std::string text = text_of(root / file);
    std::smatch found;
    if (!std::regex_search(text, found, room)) continue;
    std::istringstream uses(found[3].str());
    for (std::string used; uses >> used;) built.push_back(found[1].str() + " -> " + used);
  }
  static const std::regex arrow("\"?(\\w+)\"? -> \"?(\\w+)\"?;");
  const std::string picture = text_of(root / "docs/images/rooms.dot");
  for (std::sregex_iterator it(picture.begin(), picture.end(), arrow), end; it != end; ++it)
    drawn.push_back((*it)[1].str() + " -> " + (*it)[2].str());
  EXPECT_FALSE(built.empty());
  EXPECT_THAT(drawn, UnorderedElementsAreArray(built));
}

}  // namespace
