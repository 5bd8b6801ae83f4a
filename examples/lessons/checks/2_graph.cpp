#include <cstdint>
#include <iterator>
#include <string>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

Tensor eighth_power(const Tensor& x);
std::int64_t nodes_behind(const Tensor& y);

namespace {

std::string count_fault(const std::string& of, const Tensor& y) {
  return difference("nodes behind " + of, static_cast<double>(nodes_behind(y)),
                    static_cast<double>(std::ssize(ancestors({y}))));
}

std::string fault_of_power() {
  Graph g;
  const Tensor x = g.placeholder("x", {});
  const Tensor y = eighth_power(x);
  Session session(g);
  return first_fault({difference("the power of 3", session.run(y, {{x, 3}}).item(), 6561),
                      difference("the number of nodes behind it, x included",
                                 static_cast<double>(std::ssize(ancestors({y}))), 4)});
}

std::string fault_of_count() {
  Graph g;
  const Tensor a = g.placeholder("a", {}), b = g.placeholder("b", {});
  const Tensor f = square(a) + a * b, unread = exp(b);
  Tensor x = a;  // each node doubles the number of paths: along them it would take 2^100 steps
  for (int i = 0; i < 100; ++i) x = x * x;
  const Tensor points = g.placeholder("points", {any_size, 3});
  const models::BasicAE ae(g, {3, 2});
  const Tensor loss = reconstruction_error(ae(points), points);
  return first_fault({count_fault("a", a), count_fault("a^2 + a b", f),
                      count_fault("exp(b)", unread), count_fault("a chain of 100 squares", x),
                      count_fault("a loss", loss),
                      count_fault("a gradient", gradient(loss, ae.W()))});
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(argc, argv,
               {{"eighth_power", "A node may be read twice by the same reader.", fault_of_power},
                {"nodes_behind",
                 "Mark y. Go from its id down to 0: what is marked counts, and marks its operands.",
                 fault_of_count}});
}
