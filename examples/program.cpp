#include "program.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>

#include <fmt/format.h>

#include <gradus/error.h>
#include <gradus/file.h>

namespace example {

int run(CLI::App& app, int argc, char** argv, const std::function<int()>& program) {
  constexpr int wrong_use = 2;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : wrong_use;
  }
  // A reader that goes away ends no training: the figures are still written.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const int status = program();
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      throw gradus::FileError("standard output cannot be written");
    return status;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), error.what());
    return wrong_use;
  }
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw gradus::FileError(fmt::format("{}: {}", folder.string(), error.message()));
}

void write_metrics(const std::filesystem::path& folder, const nlohmann::ordered_json& metrics) {
  gradus::write_file(folder / "metrics.json", metrics.dump(2) + "\n");
}

void report(const gradus::PlotReport& plot) {
  if (!plot.is_drawn) fmt::print(stderr, "no picture: {}\n", plot.reason);
}

}  // namespace example
