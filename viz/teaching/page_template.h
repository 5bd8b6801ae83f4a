// The page without its data, made of the files in page/ when the library is built.
#pragma once

#include <string>

namespace gradus {

// HTML with the marks GRADUS_TITLE and GRADUS_DATA, once each.
std::string page_template();

}  // namespace gradus
