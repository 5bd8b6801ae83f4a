// What becomes of a picture where the program `dot` is missing, or is not what it should be.
#include <sys/wait.h>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/file.h>
#include <gradus/ops.h>
#include <gradus/page.h>

#include "support/test_folder.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

struct DotProgram : testing::Test {
  DotProgram() {
    fs::create_directory(folder / "bin");
    setenv("PATH", (folder / "bin").c_str(), 1);
  }
  ~DotProgram() override { setenv("PATH", path.c_str(), 1); }

  // A `dot` that does this. Without it there is none.
  void put_dot(const std::string& script) const {
    write_file(folder / "bin/dot", "#!/bin/sh\n" + script + "\n");
    fs::permissions(folder / "bin/dot", fs::perms{0755});
  }

  template <class E>
  static std::string error_of(const std::function<void()>& write) {
    try {
      write();
    } catch (const E& error) {
      return error.what();
    }
    return "no error of this type";
  }
  template <class E>
  std::string error_of_diagram(const std::string& name, const DiagramOptions& options = {}) const {
    Graph g;
    const Tensor y = exp(g.placeholder("x", {2}));
    const std::string error =
        error_of<E>([&] { write_diagram(folder / ("d." + name), y, options); });
    EXPECT_FALSE(fs::exists(folder / ("d." + name)));
    return error;
  }
  template <class E>
  std::string error_of_page() const {
    Graph g;
    const Tensor loss = square(g.variable("w", Array(1.0)));
    Session session(g);
    return error_of<E>([&] { write_page(folder / "p.html", session, loss, {}); });
  }

  const std::string path = std::getenv("PATH");
  const TestFolder folder;
};

TEST_F(DotProgram, dot_text_is_written_without_it) {
  Graph g;
  const Tensor y = exp(g.placeholder("x", {2}));
  EXPECT_NE(to_dot(y).find("\"n0\" -> \"n1\""), std::string::npos);
  write_diagram(folder / "d.dot", y);
  EXPECT_TRUE(fs::exists(folder / "d.dot"));
}

TEST_F(DotProgram, that_is_missing_is_an_error_that_names_the_package) {
  const std::string message =
      "diagram: dot was not found: install Graphviz (on Debian: apt-get install graphviz), or "
      "write .dot";
  for (const char* name : {"svg", "pdf", "png"})
    EXPECT_EQ(error_of_diagram<FileError>(name), message);
  EXPECT_EQ(error_of_page<FileError>(), message);
}

TEST_F(DotProgram, that_hangs_is_stopped_at_the_time_limit) {
  put_dot("exec /bin/sleep 60");
  const auto start = std::chrono::steady_clock::now();
  for (const char* name : {"svg", "pdf", "png"})
    EXPECT_EQ(error_of_diagram<GraphError>(name, {.time_limit = std::chrono::milliseconds(100)}),
              "diagram: dot was stopped after 100 ms: raise the time limit, write .dot, or draw a "
              "tensor with fewer ancestors");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);  // no child is left
}

TEST_F(DotProgram, that_fails_is_reported_in_its_own_words) {
  put_dot("echo 'Error: no room' >&2; echo >&2; echo ' at line 3' >&2; echo '<?xml half'; exit 1");
  const std::string message = "diagram: dot failed with status 1:\nError: no room\nat line 3";
  for (const char* name : {"svg", "pdf", "png"})
    EXPECT_EQ(error_of_diagram<FileError>(name), message);
  EXPECT_EQ(error_of_page<FileError>(), message);
  put_dot("kill -9 $$");
  EXPECT_EQ(error_of_diagram<FileError>("svg"), "diagram: dot was ended by signal 9");
}

TEST_F(DotProgram, that_cannot_be_started_is_reported) {
  put_dot("exit 0");
  fs::permissions(folder / "bin/dot", fs::perms{0644});
  EXPECT_EQ(error_of_diagram<FileError>("svg"),
            "diagram: dot could not be started: Permission denied");
}

TEST_F(DotProgram, that_writes_no_picture_is_refused) {
  for (const char* script : {"exit 0", "echo garbage", "echo '<html>'"}) {
    put_dot(script);
    EXPECT_EQ(error_of_diagram<FileError>("svg"), "diagram: dot made no svg") << script;
    EXPECT_EQ(error_of_diagram<FileError>("pdf"), "diagram: dot made no pdf") << script;
    EXPECT_EQ(error_of_diagram<FileError>("png"), "diagram: dot made no layout") << script;
  }
  put_dot("echo graph 1 2 3");
  EXPECT_EQ(error_of_diagram<FileError>("png"), "diagram: dot made no png");
}

TEST_F(DotProgram, that_writes_no_layout_is_refused) {
  const std::string ground = R"("_draw_": [{"points": [[0, 0], [9, 9]]}])";
  const std::string nodes = R"("objects": [{"name": "n0", "_draw_": []}, {"name": "n1"}])";
  for (const std::string& json :
       {std::string(), std::string("garbage"), std::string("{}"), std::string("[1]"),
        std::string("{\"_draw_\": ["), "{" + ground + R"(, "objects": 3})",
        "{" + ground + R"(, "objects": [{"name": 3}]})",
        "{" + ground + R"(, "objects": [{"name": "", "_draw_": [{"points": [[1]]}]}]})",
        "{" + ground + R"(, "objects": [{"name": "n77", "_draw_": []}]})",
        "{" + ground + ", " + nodes + "}",
        "{" + ground + R"(, "edges": [{"tail": 0, "head": -1, "_draw_": []}]})"}) {
    put_dot("echo '" + json + "'");
    EXPECT_EQ(error_of_page<FileError>(), "diagram: dot made no layout") << json;
  }
}

// Nothing that its input or its messages do can stop us.
TEST_F(DotProgram, that_reads_nothing_or_says_much_does_no_harm) {
  Graph g;
  Tensor y = g.placeholder("x", {2});
  for (int i = 0; i < 1'000; ++i) y = negative(y);  // more text than a pipe holds
  put_dot(
      "exec </dev/null; i=0; while [ $i -lt 5000 ]; do echo 'warning: a line of words' >&2; "
      "i=$((i + 1)); done; echo '<?xml'");
  write_diagram(folder / "d.svg", y);
  EXPECT_EQ(fs::file_size(folder / "d.svg"), 6U);
}

TEST_F(DotProgram, leaves_nothing_behind) {
  setenv("TMPDIR", folder.path().c_str(), 1);
  put_dot("exit 1");
  Graph g;
  const Tensor x = g.placeholder("x", {2, 784});
  RunValues values;
  values.set_value(x, Array::zeros({2, 784}));
  EXPECT_EQ(error_of<FileError>([&] { write_diagram(folder / "d.svg", x, {.values = values}); }),
            "diagram: dot failed with status 1");
  unsetenv("TMPDIR");
  fs::remove_all(folder / "bin");
  EXPECT_TRUE(fs::is_empty(folder));
}

// Graphviz finds its plugins through a file beside them, or where GVBINDIR says.
TEST_F(DotProgram, without_plugins_says_so) {
  setenv("PATH", path.c_str(), 1);
  setenv("GVBINDIR", folder.path().c_str(), 1);
  const std::string error = error_of_diagram<FileError>("svg");
  unsetenv("GVBINDIR");
  EXPECT_EQ(error,
            "diagram: dot failed with status 1:\nFormat: \"svg\" not recognized. Use one of:");
}

}  // namespace
}  // namespace gradus
