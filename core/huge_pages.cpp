#include <gradus/huge_pages.h>

#include <sys/mman.h>

#include <cstdlib>

namespace gradus {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t long_bytes = 2 * huge_page;

}  // namespace

void* allocate_long(std::size_t bytes) {
  if (bytes < long_bytes) return ::operator new(bytes);
  const std::size_t whole = (bytes + huge_page - 1) / huge_page * huge_page;
  void* const memory = std::aligned_alloc(huge_page, whole);
  if (memory == nullptr) throw std::bad_alloc();
#ifdef MADV_HUGEPAGE
  // Advice: where it is not taken, all works with small pages.
  static_cast<void>(madvise(memory, whole, MADV_HUGEPAGE));
#endif
  return memory;
}

void free_long(void* memory, std::size_t bytes) noexcept {
  if (bytes < long_bytes)
    ::operator delete(memory);
  else
    std::free(memory);  // NOLINT: of aligned_alloc
}

}  // namespace gradus
