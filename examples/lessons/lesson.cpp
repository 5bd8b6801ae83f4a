#include "lesson.h"

#include <string>

#include <fmt/format.h>

namespace example {

int teach(Program& program, int argc, char** argv,
          const std::function<void(const std::filesystem::path& page)>& lesson) {
  std::string out = "out/lessons";
  program.option("--out", out, "folder of the page");
  return program.run(argc, argv, [&] {
    make_folder(out);
    const std::filesystem::path page = std::filesystem::path(out) / (program.name() + ".html");
    lesson(page);
    if (std::filesystem::exists(page))
      fmt::print("\nThe page, to be opened in a browser: {}\n", page.string());
    return 0;
  });
}

void show(std::string_view name, const gradus::Array& value) {
  fmt::print("  {:<9} {:<7}  {}\n", name, gradus::to_text(value.shape()),
             gradus::to_text(value, 4));
}

}  // namespace example
