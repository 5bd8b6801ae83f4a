#include <cstdio>

#include <gradus/gradus.h>

int main() {
  gradus::Graph g;
  gradus::Tensor x = g.placeholder("x", {});
  gradus::Tensor y = x * x + sin(x);
  gradus::Tensor slope = gradient(y, x);  // a node like any other: it has gradients, too
  gradus::Session session(g);
  std::printf("dy/dx at 3 is %s\n", to_text(session.run(slope, {{x, 3}})).c_str());
}
