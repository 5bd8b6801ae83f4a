#include <string>
#include <vector>

#include <gradus/gradus.h>

#include "grade.h"
#include "tape.h"

namespace lesson {

Real tanh(const Real& a);
Real operator/(const Real& a, const Real& b);

namespace {

// f at (0.7, -1.3) and both gradients: the same C++ is read by the tape and by the library.
std::string fault_of(const std::string& of, const auto& f) {
  Tape tape;
  const Real x = tape.variable(0.7), y = tape.variable(-1.3);
  const Real value = f(x, y);
  const std::vector<double> d = tape.gradients(value);

  using gradus::Tensor;
  gradus::Graph g;
  const Tensor s = g.placeholder("x", {}, gradus::float64);
  const Tensor t = g.placeholder("y", {}, gradus::float64);
  const Tensor symbolic = f(s, t);
  const std::vector<Tensor> ds = gradus::gradients(symbolic, {s, t});
  const std::vector<gradus::Array> wanted =
      gradus::Session(g).run({symbolic, ds[0], ds[1]}, {{s, 0.7}, {t, -1.3}});
  const std::string at = of + " at x = 0.7, y = -1.3";
  return first_fault(
      {difference("the value of " + at, value.value, wanted[0].item<double>(), 1e-12),
       difference("df/dx of " + at, d[x.entry], wanted[1].item<double>(), 1e-12),
       difference("df/dy of " + at, d[y.entry], wanted[2].item<double>(), 1e-12)});
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"tanh", "sin in tape.h has one operand, too: what are its value and its link?",
        [] {
          return first_fault(
              {fault_of("tanh(x * y)", [](const auto& x, const auto& y) { return tanh(x * y); }),
               fault_of("tanh(tanh(x) + y) * x",
                        [](const auto& x, const auto& y) { return tanh(tanh(x) + y) * x; })});
        }},
       {"operator/", "Hold b fixed for the first slope, and a for the second.", [] {
          return first_fault({fault_of("x / y", [](const auto& x, const auto& y) { return x / y; }),
                              fault_of("x / (x * y + x)", [](const auto& x, const auto& y) {
                                return x / (x * y + x);
                              })});
        }}});
}
