// What the lessons share: the option --out, how a value is printed, where the page is.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include <gradus/array.h>

#include "../program.h"

namespace example {

// Reads the command line, gives the lesson the path of its page, which is named after the program,
// and says at the end where that is, if the lesson wrote one. The exit codes are those of
// Program::run().
int teach(Program& program, int argc, char** argv,
          const std::function<void(const std::filesystem::path& page)>& lesson);

// "  dW        [2, 3]   [[1, 2, 3], [4, 5, 6]]", with four digits.
void show(std::string_view name, const gradus::Array& value);

}  // namespace example
