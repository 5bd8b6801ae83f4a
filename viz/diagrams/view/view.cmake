# Writes a C++ file that holds what an SVG file is walked through with, as a raw string:
#   cmake -D FOLDER=<view/> -D OUT=<file.cpp> -P view.cmake
file(READ "${FOLDER}/view.css" css)
file(READ "${FOLDER}/view.js" script)
file(WRITE "${OUT}" "// Made by view.cmake of the files beside it.
#include \"viz/diagrams/view/view.h\"

namespace gradus {

std::string_view svg_view() {
  return R\"gradus_view(<style>
${css}</style>
<script>//<![CDATA[
${script}//]]></script>
)gradus_view\";
}

}  // namespace gradus
")
