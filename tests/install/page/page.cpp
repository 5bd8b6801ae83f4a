// The page that explains dy/dx of y = x^2 at 3: its template lies in the installed library.
#include <gradus/gradus.h>

#include <filesystem>

using namespace gradus;

int main(int, char** argv) {
  Graph g;
  const Tensor x = g.placeholder("x", {}), y = square(x);
  Session session(g);
  const auto page = std::filesystem::path(argv[0]).replace_extension(".html");
  write_page(page, session, y, {x}, {{x, 3}}, {.title = "The slope of a parabola"});
  return std::filesystem::file_size(page) > 10'000 ? 0 : 1;
}
