// Files are written whole or not at all.
//
//   write_file("out/loss.csv", text);
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>

#include <gradus/error.h>

namespace gradus {

// Writes a temporary file beside `path`, syncs it, renames it and syncs the folder, so that a
// reader sees the old bytes or the new, never a part. The mode of an existing file is kept; a link
// is followed; a device or pipe is written directly. FileError with the path and the system's
// reason if any step fails, and then no temporary file is left. Where the file system has files
// without names (O_TMPFILE: ext4, XFS, Btrfs, tmpfs), a process that is killed while it writes
// leaves none, either.
void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
void write_file(const std::filesystem::path& path, std::string_view bytes);
// The pieces one after the other, so that large ones need not be copied together. The line of the
// caller is in the message, too.
void write_file(const std::filesystem::path& path,
                std::span<const std::span<const std::byte>> pieces,
                SourceLocation where = SourceLocation::current());

}  // namespace gradus
