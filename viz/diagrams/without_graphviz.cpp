// What a build without Graphviz (GRADUS_GRAPHVIZ=OFF) has in the place of graphviz.cpp and
// layout.cpp.
#include <gradus/error.h>

#include "graphviz.h"
#include "layout.h"

namespace gradus {
namespace {

[[noreturn]] void refuse() {
  throw GraphError(
      "this build of Gradus has no Graphviz, which lays diagrams and pages out: install it "
      "(on Debian: apt-get install graphviz libgraphviz-dev) and configure with "
      "-DGRADUS_GRAPHVIZ=ON, or write .dot");
}

}  // namespace

std::string render(const std::string& /*dot*/, PictureFormat /*format*/) { refuse(); }

Layout lay_out(const Picture& /*picture*/, const DiagramOptions& /*options*/) { refuse(); }

}  // namespace gradus
