// What the example programs share: options, exit codes, the file of metrics.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <gradus/plot.h>

namespace example {

// Reads the command line and runs the program. Exit code 0; 2 for a wrong option, a wrong input or
// a file (standard output, too) that cannot be read or written, with a message on stderr; 130 after
// Ctrl-C.
int run(CLI::App& app, int argc, char** argv, const std::function<int()>& program);

// Writes metrics.json into the folder.
void write_metrics(const std::filesystem::path& folder, const nlohmann::ordered_json& metrics);

// Makes the folder; FileError if that fails.
void make_folder(const std::filesystem::path& folder);

// Says once where there is no picture, and why.
void report(const gradus::PlotReport& plot);

}  // namespace example
