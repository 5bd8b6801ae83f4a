// What the example programs share: options, exit codes, the file of metrics.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gradus/fit.h>
#include <gradus/plot.h>
#include <gradus/tensor.h>

namespace example {

// The command line of a program, read with CLI11, whose headers stay in program.cpp: they take
// longer to compile than an example.
//
//   Program program("basic_ae", "An auto-encoder beside PCA.");
//   program.option("--points", points, "number of points", 10, 1'000'000);
//   return program.run(argc, argv, [&] { return train(points); });
//
// What a variable holds before is the option's default, which --help tells.
class Program {
 public:
  Program(std::string name, std::string purpose);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // A name without dashes stands for a word of the command line itself.
  void option(const std::string& name, std::string& value, const std::string& help);
  void option(const std::string& name, std::string& value, const std::string& help,
              const std::vector<std::string>& choices);
  void option(const std::string& name, std::uint64_t& value, const std::string& help);
  // From low to high, both included.
  void option(const std::string& name, int& value, const std::string& help, int low, int high);
  void option(const std::string& name, std::int64_t& value, const std::string& help,
              std::int64_t low, std::int64_t high);
  void option(const std::string& name, double& value, const std::string& help, double low,
              double high);
  // Numbers with commas between.
  void option(const std::string& name, std::vector<std::int64_t>& values, const std::string& help,
              std::int64_t low, std::int64_t high);
  // true if it is given.
  void flag(const std::string& name, bool& value, const std::string& help);
  // The option, or else this variable of the environment.
  void option_or_variable(const std::string& name, std::string& value, const std::string& help,
                          const std::string& variable);

  // Reads the command line and runs the program. Exit code: what `body` returns; 2 for a wrong
  // option, a wrong input or a file (standard output, too) that cannot be read or written, with a
  // message on stderr.
  int run(int argc, char** argv, const std::function<int()>& body);

  std::string name() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What a program that trains keeps of it.
struct Keeping {
  std::string save, checkpoint;  // a file and a folder, or empty
};
// --save and --checkpoint.
void add_options(Program& program, Keeping& keeping);
// Into the file, if there is one.
void save_weights(const Keeping& keeping, gradus::Session& session,
                  const std::vector<gradus::Variable>& variables);

using Metric = std::variant<double, std::int64_t, std::string, std::vector<double>>;

// Writes metrics.json into the folder, in this order.
void write_metrics(const std::filesystem::path& folder,
                   const std::vector<std::pair<std::string, Metric>>& metrics);

// Makes the folder; FileError if that fails.
void make_folder(const std::filesystem::path& folder);

// Writes a line to stderr, if it can.
void warn(const std::string& line);

// 0, or as shells count a signal that ended the training: 130 for Ctrl-C, 143 for SIGTERM.
int exit_code(const gradus::History& history);

// Says once where there is no picture, and why.
void report(const gradus::PlotReport& plot);

// Draws the tensor's ancestors into graph.svg and graph.png; where Graphviz is missing, says so and
// leaves graph.dot.
void write_graph(const std::filesystem::path& folder, const gradus::Tensor& tensor,
                 const std::string& title);

}  // namespace example
