#include "gnuplot.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/one_line.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// gnuplot works in a folder of its own within the target's: what it leaves half-made never stands
// under the target's name.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const fs::path& parent) {
    std::string name = (parent / ".gradus_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw FileError(fmt::format("folder \"{}\" cannot be written: {}", parent.string(),
                                  std::generic_category().message(errno)));
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path operator/(const fs::path& name) const { return path_ / name; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

class SpawnActions {
 public:
  SpawnActions(const fs::path& folder, const fs::path& messages) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, messages.c_str(),
                                       O_WRONLY | O_CREAT, 0600);
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

// What the process ended with, or nothing if it had to be killed at the time limit. Where the
// program ignores SIGCHLD the system keeps no status: then 0, and the pictures themselves decide.
std::optional<int> wait_for(pid_t process, milliseconds time_limit) {
  const auto end = steady_clock::now() + time_limit;
  int status = 0;
  for (bool is_killed = false;;) {
    const pid_t ended = ::waitpid(process, &status, is_killed ? 0 : WNOHANG);
    if (ended < 0 && errno == EINTR) continue;
    if (ended != 0) return is_killed ? std::nullopt : std::optional(ended < 0 ? 0 : status);
    if (steady_clock::now() < end) {
      std::this_thread::sleep_for(milliseconds(2));
    } else {
      ::kill(process, SIGKILL);
      is_killed = true;
    }
  }
}

// gnuplot's words, without its empty lines and the marks of where in the line it stopped.
std::string messages_in(const fs::path& path) {
  constexpr std::size_t enough = 1'000;
  std::ifstream in(path);
  std::string text, line;
  while (text.size() < enough && std::getline(in, line)) {
    line = one_line(line);
    if (line.find_first_not_of(" ^") == std::string::npos) continue;
    if (!text.empty()) text += '\n';
    text += line.substr(line.find_first_not_of(' '), enough);
  }
  return text;
}

std::string run(const fs::path& folder, const std::string& script, const fs::path& messages,
                milliseconds time_limit) {
  // -d: the user's own settings for gnuplot do not change our figure.
  std::string program = "gnuplot", flag = "-d", argument = "../" + script;
  char* const arguments[] = {program.data(), flag.data(), argument.data(), nullptr};
  const SpawnActions actions(folder, messages);
  pid_t process = 0;
  const int error = ::posix_spawnp(&process, "gnuplot", actions.get(), nullptr, arguments, environ);
  if (error == ENOENT)
    return fmt::format("gnuplot was not found; install gnuplot-nox (Debian), then run: gnuplot {}",
                       script);
  if (error != 0)
    return fmt::format("gnuplot could not be started: {}", std::generic_category().message(error));

  const std::optional<int> status = wait_for(process, time_limit);
  if (!status) return fmt::format("gnuplot was stopped after {} ms", time_limit.count());
  if (*status == 0) return "";
  const std::string how = WIFSIGNALED(*status)
                              ? fmt::format("was ended by signal {}", WTERMSIG(*status))
                              : fmt::format("failed with status {}", WEXITSTATUS(*status));
  const std::string words = messages_in(messages);
  return fmt::format("gnuplot {}{}{}", how, words.empty() ? "" : ":\n", words);
}

}  // namespace

std::string draw(const fs::path& base, milliseconds time_limit) {
  const fs::path parent = base.has_parent_path() ? base.parent_path() : ".";
  const std::string name = base.filename().string();
  const TemporaryFolder folder(fs::absolute(parent));

  std::error_code error;
  fs::copy_file(parent / (name + ".csv"), folder / (name + ".csv"), error);
  if (error)
    throw FileError(fmt::format("file \"{}\" cannot be copied: {}",
                                (parent / (name + ".csv")).string(), error.message()));
  std::string reason = run(folder.path(), name + ".gp", folder / "gnuplot.log", time_limit);
  if (!reason.empty()) return reason;

  for (const std::string& picture : {name + ".svg", name + ".png"})
    if (fs::file_size(folder / picture, error) == 0 || error)
      return fmt::format("gnuplot made no {}", picture);
  for (const std::string& picture : {name + ".svg", name + ".png"}) {
    fs::rename(folder / picture, parent / picture, error);
    if (error)
      throw FileError(fmt::format("file \"{}\" cannot be written: {}", (parent / picture).string(),
                                  error.message()));
  }
  return "";
}

}  // namespace gradus
