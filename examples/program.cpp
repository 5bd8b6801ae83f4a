#include "program.h"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <gradus/diagram.h>
#include <gradus/error.h>
#include <gradus/file.h>
#include <gradus/weights.h>

namespace example {

namespace {

// Who closes a standard stream gets /dev/null, lest a file that is written becomes standard output.
// It cannot be written there, so that lost output is told as it is for a full disk.
void open_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

// CLI11 takes -1, 2^64 and more for 2^64 - 1, and 010 for 8.
std::string check_unsigned(const std::string& text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (stop == end && error == std::errc() && text == std::to_string(number)) return "";
  return text + " is no whole number from 0 to 2^64 - 1";
}

}  // namespace

struct Program::Impl {
  CLI::App app;

  template <class T>
  CLI::Option* add(const std::string& name, T& value, const std::string& help) {
    return app.add_option(name, value, help)->capture_default_str();
  }
};

Program::Program(std::string name, std::string purpose)
    : impl_(new Impl{CLI::App(std::move(purpose), std::move(name))}) {}
Program::~Program() = default;

std::string Program::name() const { return impl_->app.get_name(); }

void Program::option(const std::string& name, std::string& value, const std::string& help) {
  impl_->add(name, value, help);
}
void Program::option(const std::string& name, std::string& value, const std::string& help,
                     const std::vector<std::string>& choices) {
  impl_->add(name, value, help)->check(CLI::IsMember(choices));
}
void Program::option(const std::string& name, std::uint64_t& value, const std::string& help) {
  impl_->add(name, value, help)->check(check_unsigned);
}
void Program::option(const std::string& name, int& value, const std::string& help, int low,
                     int high) {
  impl_->add(name, value, help)->check(CLI::Range(low, high));
}
void Program::option(const std::string& name, std::int64_t& value, const std::string& help,
                     std::int64_t low, std::int64_t high) {
  impl_->add(name, value, help)->check(CLI::Range(low, high));
}
void Program::option(const std::string& name, double& value, const std::string& help, double low,
                     double high) {
  impl_->add(name, value, help)->check(CLI::Range(low, high));
}
void Program::option(const std::string& name, std::vector<std::int64_t>& values,
                     const std::string& help, std::int64_t low, std::int64_t high) {
  impl_->add(name, values, help)->delimiter(',')->check(CLI::Range(low, high));
}
void Program::flag(const std::string& name, bool& value, const std::string& help) {
  impl_->app.add_flag(name, value, help);
}
void Program::option_or_variable(const std::string& name, std::string& value,
                                 const std::string& help, const std::string& variable) {
  impl_->app.add_option(name, value, help)->envname(variable);
}

void add_options(Program& program, Keeping& keeping) {
  program.option("--save", keeping.save, "file for the weights (safetensors)");
  program.option("--checkpoint", keeping.checkpoint,
                 "folder for checkpoints: a training that was stopped goes on from there");
}

void save_weights(const Keeping& keeping, gradus::Session& session,
                  const std::vector<gradus::Variable>& variables) {
  if (!keeping.save.empty()) gradus::save_weights(keeping.save, session, variables);
}

int Program::run(int argc, char** argv, const std::function<int()>& body) {
  constexpr int wrong_use = 2;
  open_standard_streams();
  // A reader that goes away ends no training: the figures are still written.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    int status = 0;
    try {
      impl_->app.parse(argc, argv);
      status = body();
    } catch (const CLI::ParseError& error) {
      status = impl_->app.exit(error) == 0 ? 0 : wrong_use;
    }
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      throw gradus::FileError("standard output cannot be written");
    return status;
  } catch (const std::exception& error) {
    warn(name() + ": " + error.what());
    return wrong_use;
  }
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw gradus::FileError(fmt::format("{}: {}", folder.string(), error.message()));
}

void write_metrics(const std::filesystem::path& folder,
                   const std::vector<std::pair<std::string, Metric>>& metrics) {
  nlohmann::ordered_json object;
  for (const auto& [name, metric] : metrics)
    std::visit([&object, &key = name](const auto& value) { object[key] = value; }, metric);
  gradus::write_file(folder / "metrics.json", object.dump(2) + "\n");
}

void warn(const std::string& line) { std::fputs((line + "\n").c_str(), stderr); }

int exit_code(const gradus::History& history) {
  return history.was_interrupted ? 128 + history.signal : 0;
}

void report(const gradus::PlotReport& plot) {
  if (!plot.is_drawn) warn("no picture: " + plot.reason);
}

void write_graph(const std::filesystem::path& folder, const gradus::Tensor& tensor,
                 const std::string& title) {
  try {
    for (const char* name : {"graph.svg", "graph.png"})
      gradus::write_diagram(folder / name, tensor, {.title = title});
  } catch (const gradus::FileError& error) {
    gradus::write_diagram(folder / "graph.dot", tensor, {.title = title});
    warn(std::string("no picture: ") + error.what());
  }
}

}  // namespace example
