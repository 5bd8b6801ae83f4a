// Sixteen pages as a teacher would show them: small nets and large ones, by hand and of layers.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace gradus::test {

// Writes them into a folder; their names without ".html".
std::vector<std::string> write_teachers_pages(const std::filesystem::path& folder);

}  // namespace gradus::test
