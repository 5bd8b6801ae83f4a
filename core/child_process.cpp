#include "child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <optional>
#include <sstream>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include <gradus/error.h>

#include "one_line.h"

namespace gradus {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::string text_of(int error) { return std::generic_category().message(error); }

// What a child reads or writes. Unlike the two ends of a pipe, child and parent never wait for each
// other, and no SIGPIPE comes where one of them ends early.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("gradus", MFD_CLOEXEC)) {
    if (descriptor_ < 0) fail();
  }
  explicit MemoryFile(std::string_view contents) : MemoryFile() {
    while (!contents.empty()) {
      const ssize_t count = ::write(descriptor_, contents.data(), contents.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail();
      contents.remove_prefix(static_cast<std::size_t>(count));
    }
    ::lseek(descriptor_, 0, SEEK_SET);  // where the child begins to read
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  int descriptor() const { return descriptor_; }

  std::string contents() const {
    struct stat status {};
    ::fstat(descriptor_, &status);
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    std::size_t length = 0;
    while (length < bytes.size()) {
      const ssize_t count = ::pread(descriptor_, bytes.data() + length, bytes.size() - length,
                                    static_cast<off_t>(length));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) break;
      length += static_cast<std::size_t>(count);
    }
    bytes.resize(length);
    return bytes;
  }

 private:
  [[noreturn]] static void fail() {
    throw FileError(fmt::format("a file in memory cannot be written: {}", text_of(errno)));
  }

  int descriptor_;
};

class SpawnActions {
 public:
  SpawnActions(const std::filesystem::path& folder, const MemoryFile& input,
               const MemoryFile& output, const MemoryFile& messages) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_adddup2(&actions_, input.descriptor(), STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, output.descriptor(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, messages.descriptor(), STDERR_FILENO);
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
// program ignores SIGCHLD the system keeps no status: then 0, and what the child made decides.
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

// The child's words, without empty lines and marks of where in a line it stopped.
std::string words_in(const MemoryFile& messages) {
  constexpr std::size_t enough = 1'000;
  std::istringstream in(messages.contents());
  std::string text, line;
  while (text.size() < enough && std::getline(in, line)) {
    line = one_line(line);
    if (line.find_first_not_of(" ^") == std::string::npos) continue;
    if (!text.empty()) text += '\n';
    text += line.substr(line.find_first_not_of(' '), enough);
  }
  return text;
}

}  // namespace

ChildResult run_child(const ChildProcess& child) {
  std::vector<std::string> words = child.arguments;
  words.insert(words.begin(), child.program);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  const MemoryFile input(child.input), output, messages;
  const SpawnActions actions(child.folder, input, output, messages);
  pid_t process = 0;
  const int error = ::posix_spawnp(&process, child.program.c_str(), actions.get(), nullptr,
                                   arguments.data(), environ);
  const auto failed = [&](ChildEnd end, const std::string& how) {
    return ChildResult{.end = end, .failure = child.program + ' ' + how};
  };
  if (error == ENOENT) return failed(ChildEnd::not_found, "was not found");
  if (error != 0) return failed(ChildEnd::failed, "could not be started: " + text_of(error));

  const std::optional<int> status = wait_for(process, child.time_limit);
  if (!status)
    return failed(ChildEnd::timed_out,
                  fmt::format("was stopped after {} ms", child.time_limit.count()));
  if (*status == 0) return {.output = output.contents()};
  const std::string how = WIFSIGNALED(*status)
                              ? fmt::format("was ended by signal {}", WTERMSIG(*status))
                              : fmt::format("failed with status {}", WEXITSTATUS(*status));
  const std::string its_words = words_in(messages);
  return failed(ChildEnd::failed, how + (its_words.empty() ? "" : ":\n" + its_words));
}

}  // namespace gradus
