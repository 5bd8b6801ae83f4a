// Writes sixteen pages, to be looked at: write_teachers_pages FOLDER.
#include <cstdio>

#include "browser/teachers_pages.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_teachers_pages FOLDER\n");
    return 2;
  }
  for (const std::string& name : gradus::test::write_teachers_pages(argv[1]))
    std::printf("%s/%s.html\n", argv[1], name.c_str());
}
