#include "gnuplot.h"

#include <system_error>

#include <fmt/format.h>

#include <gradus/error.h>

#include "core/child_process.h"
#include "core/temporary_folder.h"

namespace gradus {

namespace fs = std::filesystem;

std::string draw(const fs::path& base, std::chrono::milliseconds time_limit) {
  const fs::path parent = base.has_parent_path() ? base.parent_path() : ".";
  const std::string name = base.filename().string();
  // gnuplot works in a folder of its own within the target's: what it leaves half-made never stands
  // under the target's name.
  const TemporaryFolder folder(fs::absolute(parent));

  std::error_code error;
  fs::copy_file(parent / (name + ".csv"), folder / (name + ".csv"), error);
  if (error)
    throw FileError(fmt::format("file \"{}\" cannot be copied: {}",
                                (parent / (name + ".csv")).string(), error.message()));
  // -d: the user's own settings for gnuplot do not change our figure.
  const ChildResult gnuplot = run_child({.program = "gnuplot",
                                         .arguments = {"-d", "../" + name + ".gp"},
                                         .folder = folder.path(),
                                         .time_limit = time_limit});
  if (gnuplot.end == ChildEnd::not_found)
    return fmt::format("{}; install gnuplot-nox (Debian), then run: gnuplot {}.gp", gnuplot.failure,
                       name);
  if (gnuplot.end != ChildEnd::success) return gnuplot.failure;

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
