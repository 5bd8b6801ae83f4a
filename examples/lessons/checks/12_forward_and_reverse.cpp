#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "dual.h"
#include "grade.h"

namespace lesson {

Dual exp(const Dual& a);
std::vector<double> forward_gradient(const std::function<Dual(const std::vector<Dual>&)>& f,
                                     const std::vector<double>& x);

namespace {

std::string fault_of_exp() {
  const Dual y = exp(Dual{0.5, 1}), twice = exp(exp(Dual{0.5, 3}) * Dual{2, 0});
  const double e = std::exp(0.5);
  return first_fault({difference("the value of exp at 0.5", y.value, e),
                      difference("its slope", y.slope, e),
                      difference("the slope of exp(2 exp(x)) at 0.5, where x moves by 3",
                                 twice.slope, std::exp(2 * e) * 2 * e * 3)});
}

std::string fault_of_gradient() {
  int passes = 0;
  const auto f = [&passes](const std::vector<Dual>& x) {
    ++passes;
    return sin(x[0] * x[1]) + x[1] * x[2];
  };
  const std::vector<double> d = forward_gradient(f, {0.5, 2, -1});
  if (d.size() != 3) return "it has " + std::to_string(d.size()) + " numbers, not 3";
  const double slope = std::cos(1.0);
  const std::string of = " of sin(x0 x1) + x1 x2 at (0.5, 2, -1)";
  return first_fault(
      {difference("df/dx0" + of, d[0], 2 * slope), difference("df/dx1" + of, d[1], 0.5 * slope - 1),
       difference("df/dx2" + of, d[2], 2), difference("the number of passes", passes, 3)});
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"exp", "sin in dual.h has one operand, too. By what is its slope multiplied?",
        fault_of_exp},
       {"forward_gradient", "Which slope does the x have that moves, and which have the others?",
        fault_of_gradient}});
}
