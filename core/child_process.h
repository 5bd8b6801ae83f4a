// Another program, run without a shell: it reads what it is given, and what it writes is kept.
//
//   const ChildResult dot = run_child({.program = "dot", .arguments = {"-Tsvg"}, .input = text});
//   if (dot.failure.empty()) use(dot.output);
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gradus {

struct ChildProcess {
  std::string program;  // looked for in PATH
  std::vector<std::string> arguments = {};
  std::string_view input = {};
  std::filesystem::path folder = ".";  // where it works
  std::chrono::milliseconds time_limit = std::chrono::minutes(1);
};

enum class ChildEnd : std::uint8_t { success, not_found, timed_out, failed };

struct ChildResult {
  ChildEnd end = ChildEnd::success;
  std::string output = {};
  std::string failure = {};  // "dot failed with status 1:", and its own words; empty after success
};

// Runs the program and waits for its end; at the time limit it is killed. Any thread may call this.
// FileError if the system has no room for its input.
ChildResult run_child(const ChildProcess& child);

}  // namespace gradus
