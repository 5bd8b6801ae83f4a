#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <span>

#include <fmt/format.h>

namespace gradus {
namespace {

// The pages that lie whole in these bytes.
std::span<std::byte> pages_in(std::byte* first, std::size_t bytes) {
  const long size = sysconf(_SC_PAGESIZE);
  if (size <= 0) return {};
  const auto page = static_cast<std::size_t>(size);
  const std::size_t before = (page - reinterpret_cast<std::uintptr_t>(first) % page) % page;
  if (bytes < before + page) return {};
  return {first + before, (bytes - before) / page * page};
}

}  // namespace

std::size_t physical_memory() {
  // Asked once: every array is held against it.
  static const std::size_t bytes = [] {
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return pages <= 0 || page <= 0
               ? std::numeric_limits<std::size_t>::max()
               : static_cast<std::size_t>(pages) * static_cast<std::size_t>(page);
  }();
  return bytes;
}

std::shared_ptr<std::byte[]> uninitialized_bytes(std::size_t bytes) {
  constexpr std::align_val_t line{64};
  constexpr std::size_t many = std::size_t{4} << 20;
  void* memory = ::operator new(std::max<std::size_t>(bytes, 1), line, std::nothrow);
  if (memory == nullptr) return nullptr;
  auto* first = static_cast<std::byte*>(memory);
  if (bytes >= many) {
    // Pages of 2 MiB: where the first touch of a page is expensive, as in virtual machines, reading
    // 1 GB into arrays takes a tenth of the time. If it is refused, nothing is lost.
    const auto pages = pages_in(first, bytes);
    madvise(pages.data(), pages.size(), MADV_HUGEPAGE);
  }
  try {
    return {first, [](std::byte* p) { ::operator delete(p, line); }};
  } catch (const std::bad_alloc&) {  // for the count of its owners; the memory was freed
    return nullptr;
  }
}

void give_back_pages(std::byte* first, std::size_t bytes) {
  // If it is refused, the pages stay: nothing else depends on it.
  if (const auto pages = pages_in(first, bytes); !pages.empty())
    madvise(pages.data(), pages.size(), MADV_DONTNEED);
}

std::string bytes_text(std::size_t bytes) {
  constexpr const char* units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  double amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // What would be written as 1024.0 is 1.0 of the next unit.
  for (; amount >= 1023.95 && unit + 1 < std::size(units); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, units[unit]);
}

}  // namespace gradus
