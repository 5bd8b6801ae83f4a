// Stands before the main() of examples that have no options, which so stay as short as the README
// shows them, and treats command line, standard streams and errors as the other examples do: the
// linker calls __wrap_main for main, and main is __real_main (--wrap=main).
#include <filesystem>

#include "program.h"

// NOLINTBEGIN(readability-identifier-naming): the linker's names.
extern "C" int __real_main(int argc, char** argv);
extern "C" int __wrap_main(int argc, char** argv) {
  const std::string name = std::filesystem::path(argc > 0 ? argv[0] : "example").filename();
  example::Program program(name, "What it does is told in its source, " + name + ".cpp.");
  return program.run(argc, argv, [&] { return __real_main(argc, argv); });
}
// NOLINTEND(readability-identifier-naming)
