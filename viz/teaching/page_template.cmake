# Writes a C++ file that holds the page's template as raw strings, of which compilers must accept
# 64 KB each:
#   cmake -D FOLDER=<page/> -D OUT=<file.cpp> -P page_template.cmake
set(cut ")gradus_page\") + std::string(R\"gradus_page(")
file(READ "${FOLDER}/page.html" html)
file(READ "${FOLDER}/page.css" css)
file(STRINGS "${FOLDER}/scripts.txt" names)
set(scripts "")
foreach(name IN LISTS names)
  file(READ "${FOLDER}/${name}" script)
  string(APPEND scripts "${cut}${script}")
endforeach()
string(REPLACE GRADUS_STYLE "${css}" html "${html}")
string(REPLACE GRADUS_SCRIPTS "${scripts}${cut}" html "${html}")
file(WRITE "${OUT}" "// Made by page_template.cmake of the files in page/.
#include \"viz/teaching/page_template.h\"

namespace gradus {

std::string page_template() {
  return std::string(R\"gradus_page(${html})gradus_page\");
}

}  // namespace gradus
")
