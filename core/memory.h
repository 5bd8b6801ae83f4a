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

// The machine may use the pages that lie in these bytes for something else until they are written
// again; what was there is lost.
void give_back_pages(std::byte* first, std::size_t bytes);

// "812 bytes", "3.1 KiB", "4.0 PiB".
std::string bytes_text(std::size_t bytes);

}  // namespace gradus
