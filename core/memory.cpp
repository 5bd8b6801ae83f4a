#include "memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
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

// From here on pages of 2 MiB are asked for: where the first touch of a page is expensive, as in
// virtual machines, 1 GB is read into arrays in a tenth of the time, and a graph of millions of
// nodes is built and compiled in four fifths. If they are refused, nothing is lost.
constexpr std::size_t many = std::size_t{4} << 20;
constexpr std::size_t large_page = std::size_t{2} << 20;

std::size_t in_large_pages(std::size_t bytes) {
  return (bytes + large_page - 1) / large_page * large_page;
}

// Addresses for so many large pages, beginning with one. Null if there are none.
std::byte* map_large_pages(std::size_t bytes) {
  if (bytes > std::numeric_limits<std::size_t>::max() - 2 * large_page) return nullptr;
  const std::size_t needed = in_large_pages(bytes), mapped = needed + large_page;
  void* const map =
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) return nullptr;
  auto* const start = static_cast<std::byte*>(map);
  const std::size_t before = in_large_pages(reinterpret_cast<std::uintptr_t>(start)) -
                             reinterpret_cast<std::uintptr_t>(start);
  if (before > 0) munmap(start, before);
  if (before < large_page) munmap(start + before + needed, large_page - before);
  madvise(start + before, needed, MADV_HUGEPAGE);
  return start + before;
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
  if (bytes > std::numeric_limits<std::size_t>::max() - large_page) return nullptr;
  const std::align_val_t alignment{bytes < many ? 64 : large_page};
  // Of much memory the last page is a large one, too: at most an eighth more.
  if (bytes >= 4 * many) bytes = in_large_pages(bytes);
  void* memory = ::operator new(std::max<std::size_t>(bytes, 1), alignment, std::nothrow);
  if (memory == nullptr) return nullptr;
  auto* first = static_cast<std::byte*>(memory);
  if (bytes >= many) madvise(first, bytes / large_page * large_page, MADV_HUGEPAGE);
  try {
    return {first, [alignment](std::byte* p) { ::operator delete(p, alignment); }};
  } catch (const std::bad_alloc&) {  // for the count of its owners; the memory was freed
    return nullptr;
  }
}

void* grown_memory(void* old, std::size_t old_bytes, std::size_t bytes) {
  if (bytes < many) return std::realloc(old, bytes);
  std::byte* const larger = map_large_pages(bytes);
  if (larger == nullptr) return nullptr;
  if (old_bytes < many) {
    if (old_bytes > 0) std::memcpy(larger, old, old_bytes);
    std::free(old);
  } else if (mremap(old, in_large_pages(old_bytes), in_large_pages(bytes),
                    MREMAP_MAYMOVE | MREMAP_FIXED, larger) == MAP_FAILED) {
    munmap(larger, in_large_pages(bytes));
    return nullptr;
  }
  return larger;
}

void free_memory(void* block, std::size_t bytes) {
  if (bytes < many)
    std::free(block);
  else
    munmap(block, in_large_pages(bytes));
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
