#include "process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace bench {
namespace {

constexpr int patience = 300'000;  // milliseconds

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> all;
  for (std::string& word : words) all.push_back(word.data());
  all.push_back(nullptr);
  return all;
}

// Ours, with what the contestant has of its own.
std::vector<std::string> environment_of(const Contestant& contestant) {
  std::vector<std::string> all = contestant.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string word = *entry, name = word.substr(0, word.find('=') + 1);
    if (std::none_of(all.begin(), all.end(), [&](auto& own) { return own.starts_with(name); }))
      all.push_back(word);
  }
  return all;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return ends;
}

cpu_set_t set_of(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(static_cast<std::size_t>(core), &set);
  return set;
}

}  // namespace

std::vector<int> cores_for(int threads) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  std::vector<int> first, second;  // the first thread of each physical core, and the others
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(static_cast<std::size_t>(core), &allowed)) continue;
    std::ifstream siblings("/sys/devices/system/cpu/cpu" + std::to_string(core) +
                           "/topology/thread_siblings_list");
    int lowest = core;
    siblings >> lowest;
    (lowest == core ? first : second).push_back(core);
  }
  first.insert(first.end(), second.begin(), second.end());
  if (std::ssize(first) > threads) first.resize(static_cast<std::size_t>(threads));
  return first;
}

Process::Process(const Contestant& contestant) {
  std::vector<std::string> words = contestant.command;
  std::vector<std::string> variables = environment_of(contestant);
  const std::vector<char*> arguments = pointers(words), environment = pointers(variables);
  const cpu_set_t cores = set_of(cores_for(contestant.threads));
  const bool is_optional = !contestant.package.empty();
  const std::array<int, 2> in = make_pipe(), out = make_pipe();
  id_ = fork();
  if (id_ == 0) {
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    if (is_optional) dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    sched_setaffinity(0, sizeof cores, &cores);
    execvpe(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
  if (id_ < 0) throw std::runtime_error("no process");
}

Process::Process(Process&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      to_(std::exchange(other.to_, -1)),
      from_(std::exchange(other.from_, -1)),
      buffer_(std::move(other.buffer_)) {}

Process::~Process() {
  if (from_ >= 0) close(from_);
  if (id_ > 0) wait();
}

void Process::write_line(const std::string& line) {
  const std::string text = line + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = write(to_, text.data() + done, text.size() - done);
    if (count <= 0) return;  // it has ended; read_line tells
    done += static_cast<std::size_t>(count);
  }
}

std::optional<std::string> Process::read_line() {
  while (buffer_.find('\n') == std::string::npos) {
    pollfd from{.fd = from_, .events = POLLIN, .revents = 0};
    if (poll(&from, 1, patience) <= 0) return {};
    std::array<char, 512> part{};
    const ssize_t count = read(from_, part.data(), part.size());
    if (count <= 0) return {};
    buffer_.append(part.data(), static_cast<std::size_t>(count));
  }
  const std::size_t end = buffer_.find('\n');
  const std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  return line;
}

void Process::end_of_input() {
  if (to_ >= 0) close(std::exchange(to_, -1));
}

bool Process::wait() {
  end_of_input();
  int status = -1;
  while (waitpid(id_, &status, 0) < 0 && errno == EINTR) continue;
  id_ = -1;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace bench
