// A user's first program: dy/dx of y = x^2 at 3, by the one header.
#include <gradus/gradus.h>

#include <iostream>

using namespace gradus;

int main() {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor dy_dx = gradient(square(x), x);
  Session session(g);
  const float slope = session.run(dy_dx, {{x, 3}}).item();
  std::cout << "dy/dx = " << slope << "\n";
  return slope == 6 ? 0 : 1;
}
