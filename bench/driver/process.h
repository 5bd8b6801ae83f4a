// A contestant that runs: lines to it and from it.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>

#include "experiment.h"

namespace bench {

class Process {
 public:
  explicit Process(const Contestant& contestant);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  ~Process();

  void write_line(const std::string& line);
  // Nothing at the end of its output, or when nothing came for minutes.
  std::optional<std::string> read_line();
  void end_of_input();
  // Whether it ended with exit code 0.
  bool wait();

 private:
  pid_t id_ = -1;
  int to_ = -1, from_ = -1;
  std::string buffer_;
};

// The cores that a contestant with so many threads is bound to: the first ones, of different
// physical cores if possible.
std::vector<int> cores_for(int threads);

}  // namespace bench
