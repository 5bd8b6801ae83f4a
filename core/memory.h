// How much memory there is, and how an amount of it is written.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace gradus {

// Bytes of memory in this machine.
std::size_t physical_memory();

// Memory of so many bytes, not initialized, that begins at a cache line; null where there is none.
std::shared_ptr<std::byte[]> uninitialized_bytes(std::size_t bytes);

// A block of `bytes` that begins with what was in the block of `old_bytes`, at least one less,
// which is gone; null where there is no memory, and then the old block is as it was. From 4 MiB on
// a block is whole pages of 2 MiB, which move to other addresses and are not copied. The first
// block grows out of nullptr and 0. Aligned as malloc() aligns.
void* grown_memory(void* old, std::size_t old_bytes, std::size_t bytes);
void free_memory(void* block, std::size_t bytes);

// The machine may use the pages that lie in these bytes for something else until they are written
// again; what was there is lost.
void give_back_pages(std::byte* first, std::size_t bytes);

// "812 bytes", "3.1 KiB", "4.0 PiB".
std::string bytes_text(std::size_t bytes);

}  // namespace gradus
