#include "progress_line.h"

#include <unistd.h>

#include <cmath>
#include <cstdint>

#include <fmt/format.h>

namespace gradus {

using Clock = std::chrono::steady_clock;

ProgressLine::ProgressLine(std::FILE* file)
    : file_(file), is_terminal_(file != nullptr && isatty(fileno(file)) != 0) {}

bool ProgressLine::is_due() {
  if (!is_terminal_ || Clock::now() - last_ < std::chrono::milliseconds(100)) return false;
  last_ = Clock::now();
  return true;
}

// A reader that went away ends the messages, not the training.
void ProgressLine::write(const std::string& text) {
  if (file_ == nullptr) return;
  if (std::fputs(text.c_str(), file_) < 0 || std::fflush(file_) != 0) file_ = nullptr;
}

std::string time_text(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::int64_t>(std::lround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  return fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

}  // namespace gradus
