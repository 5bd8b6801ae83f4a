#include "checkpoint_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/throw_at.h"
#include "interchange/checkpoint_file.h"

namespace gradus {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "checkpoint-", suffix = ".safetensors";

std::string name_of(std::int64_t steps) { return fmt::format("{}{:010}{}", prefix, steps, suffix); }

// Nothing for any other name.
std::optional<std::int64_t> steps_in(const std::string& name) {
  if (!name.starts_with(prefix)) return {};
  std::int64_t steps = 0;
  std::from_chars(name.data() + prefix.size(), name.data() + name.size(), steps);
  return name == name_of(steps) ? std::optional(steps) : std::nullopt;
}

// ".<process>.<number>.tmp": what write_file names its files before they are renamed.
bool is_temporary(std::string_view name) {
  constexpr std::string_view end = ".tmp";
  if (!name.starts_with('.') || !name.ends_with(end) || name.size() < 8) return false;
  name = name.substr(1, name.size() - 1 - end.size());
  const std::size_t dot = name.find('.');
  const auto is_digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  };
  return dot != name.npos && is_digits(name.substr(0, dot)) && is_digits(name.substr(dot + 1));
}

template <class F>
void for_each_name(const fs::path& folder, SourceLocation where, const F& f) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    f(it->path().filename().string());
  if (error)
    throw_at<FileError>(where, "fit: folder \"{}\" cannot be read: {}", folder.string(),
                        error.message());
}

void remove_file(const fs::path& path, SourceLocation where) {
  std::error_code error;
  fs::remove(path, error);
  if (error)
    throw_at<FileError>(where, "fit: file \"{}\" cannot be removed: {}", path.string(),
                        error.message());
}

// The error again, with what can be done.
template <class E>
[[noreturn]] void throw_with_advice(const E& error, const std::string& advice) {
  throw E(fmt::format("{}\n  {}", error.what(), advice));
}

}  // namespace

CheckpointFolder::CheckpointFolder(const CheckpointOptions& options, SourceLocation where)
    : options_(options), where_(where) {
  if (options.every < 0 || options.keep_last < 1)
    throw_at<GraphError>(where,
                         "fit: checkpoints every {} steps, the last {} are kept: 0 and 1 are the "
                         "least",
                         options.every, options.keep_last);
  std::error_code error;
  fs::create_directories(options.folder, error);
  if (error)
    throw_at<FileError>(where, "fit: folder \"{}\" cannot be made: {}", options.folder.string(),
                        error.message());
  if (!lock_.take(options.folder))
    throw_at<FileError>(where,
                        "fit: a training that has not ended has its checkpoints in folder \"{}\"",
                        options.folder.string());
  for_each_name(options.folder, where, [&](const std::string& name) {
    if (is_temporary(name)) remove_file(options.folder / name, where);
  });
}

bool CheckpointFolder::Lock::take(const fs::path& folder) {
  descriptor_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // File systems without locks give other errors.
  return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

CheckpointFolder::Lock::~Lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::optional<TrainingState> CheckpointFolder::load_newest(Session& session) {
  const std::vector<std::int64_t> all = steps_of_files();
  if (all.empty()) return {};
  const auto read = [&] {
    const std::string advice =
        all.size() == 1 ? "remove the file to begin anew"
                        : fmt::format("remove the file to go on from step {}", all[all.size() - 2]);
    try {
      return CheckpointFile(path_of(all.back()), where_);
    } catch (const DataError& error) {
      throw_with_advice(error, advice);
    } catch (const DTypeError& error) {
      throw_with_advice(error, advice);
    }
  };
  CheckpointFile file = read();
  file.restore(session, options_.options, where_);
  return file.state();
}

void CheckpointFolder::save(Session& session, TrainingState state) {
  state.options = options_.options;
  const std::int64_t steps = state.steps;
  save_checkpoint(path_of(steps), session, state, where_);
  std::vector<std::int64_t> all = steps_of_files();
  const auto kept = std::min(all.size(), static_cast<std::size_t>(options_.keep_last));
  all.resize(all.size() - kept);
  for (const std::int64_t old : all) remove_file(path_of(old), where_);
}

fs::path CheckpointFolder::path_of(std::int64_t steps) const {
  return options_.folder / name_of(steps);
}

std::vector<std::int64_t> CheckpointFolder::steps_of_files() const {
  std::vector<std::int64_t> all;
  for_each_name(options_.folder, where_, [&](const std::string& name) {
    if (const auto steps = steps_in(name)) all.push_back(*steps);
  });
  std::ranges::sort(all);
  return all;
}

}  // namespace gradus
