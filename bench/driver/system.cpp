#include "system.h"

#include <sys/utsname.h>
#include <unistd.h>
#include <ctime>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include <gradus/op/instruction_set.h>

#include "core/memory.h"

namespace bench {
namespace {

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string cpu_model() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

// "L1 data 32K, L2 512K, L3 32768K"
std::string caches() {
  const std::filesystem::path folder = "/sys/devices/system/cpu/cpu0/cache";
  std::string text;
  for (int i = 0; std::filesystem::exists(folder / fmt::format("index{}", i)); ++i) {
    const std::filesystem::path cache = folder / fmt::format("index{}", i);
    const std::string type = first_line(cache / "type"), level = first_line(cache / "level");
    if (type == "Instruction") continue;
    text += fmt::format("{}L{}{} {}", text.empty() ? "" : ", ", level,
                        type == "Data" ? " data" : "", first_line(cache / "size"));
  }
  return text.empty() ? "unknown" : text;
}

std::string kernel() {
  utsname name{};
  uname(&name);
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  gmtime_r(&now, &day);
  return fmt::format("{}-{:02}-{:02}", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

}  // namespace

Facts system_facts() {
  return {
      {"CPU", cpu_model()},
      {"Cores", std::to_string(sysconf(_SC_NPROCESSORS_ONLN))},
      {"Instruction set in use", std::string(gradus::to_text(gradus::best_instruction_set()))},
      {"Caches", caches()},
      {"Memory", gradus::bytes_text(gradus::physical_memory())},
      {"System", kernel()},
      {"Compiler", fmt::format("{}, {}", GRADUS_COMPILER, GRADUS_BUILD_TYPE)},
      {"Date", today()},
  };
}

}  // namespace bench
