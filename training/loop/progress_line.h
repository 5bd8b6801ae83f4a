// ProgressLine: writes lines for a person; on a terminal the line of the running epoch is written
// over.
#pragma once

#include <chrono>
#include <cstdio>
#include <string>

namespace gradus {

class ProgressLine {
 public:
  // Null: nothing is written.
  explicit ProgressLine(std::FILE* file);

  // Whether the moving line is to be shown again.
  bool is_due();
  void show(const std::string& line) { write("\r" + line + "\033[K"); }
  void end(const std::string& line) {
    write((is_terminal_ ? "\r" : "") + line + (is_terminal_ ? "\033[K\n" : "\n"));
  }

 private:
  void write(const std::string& text);

  std::FILE* file_;
  bool is_terminal_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// "0.8 s", "42 s", "3 min 05 s"
std::string time_text(double seconds);

}  // namespace gradus
