# Writes a C++ file that holds the page's template as raw strings:
#   cmake -D FOLDER=<page/> -D OUT=<file.cpp> -P page_template.cmake
# Each string is below the 64 KB that compilers must accept.
function(raw_string out file)
  file(READ "${FOLDER}/${file}" text)
  string(LENGTH "${text}" length)
  if(length GREATER 60000)
    message(FATAL_ERROR "page/${file} is longer than a string of C++ may be: part it.")
  endif()
  set(${out} "R\"gradus_page(${text})gradus_page\"" PARENT_SCOPE)
endfunction()

file(STRINGS "${FOLDER}/scripts.txt" scripts)
raw_string(html page.html)
raw_string(css page.css)
set(joined "")
foreach(script IN LISTS scripts)
  raw_string(js "${script}")
  string(APPEND joined "  scripts += ${js};\n")
endforeach()
file(WRITE "${OUT}" "// Made by page_template.cmake of the files in page/.
#include \"viz/teaching/page_template.h\"

#include <string_view>

namespace gradus {

std::string page_template() {
  std::string html = ${html};
  std::string scripts;
${joined}
  const auto put = [&](std::string_view mark, std::string_view text) {
    html.replace(html.find(mark), mark.size(), text);
  };
  put(\"GRADUS_STYLE\", ${css});
  put(\"GRADUS_SCRIPTS\", scripts);
  return html;
}

}  // namespace gradus
")
