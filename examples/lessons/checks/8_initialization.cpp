#include <cmath>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <gradus/gradus.h>

#include "grade.h"

namespace lesson {

using namespace gradus;

double stddev_for_relu(std::int64_t inputs);
double largest_slope(int sigmoids);

namespace {

// The mean square after 10 layers of random weights, from 1.
double after_ten_layers(std::int64_t inputs, double stddev) {
  Graph g;
  Tensor h = g.variable("x", normal({400, inputs}, 0, 1));
  for (int i = 0; i < 10; ++i)
    h = relu(matmul(h, g.variable("W" + std::to_string(i), normal({inputs, inputs}, 0, stddev))));
  return Session(g, {.seed = 3}).run(reduce_mean(square(h))).item();
}

std::string fault_of_stddev() {
  for (const std::int64_t inputs : {200, 800}) {
    const double size = after_ten_layers(inputs, stddev_for_relu(inputs));
    // Random: within a factor of three of 1.
    if (!(size > 0.33 && size < 3))
      return fmt::format("of {} inputs, after 10 layers: the mean square is {:.2g}, not about 1",
                         inputs, size);
  }
  return "";
}

// The library's slope at 0, where a sigmoid is steepest.
std::string fault_of_slope() {
  for (const int sigmoids : {1, 2, 7}) {
    double slope = 1;
    for (int i = 0; i < sigmoids; ++i) {
      Graph g;
      const Tensor x = g.constant(0, float64);
      slope *= Session(g).run(gradient(sigmoid(x), x)).item<double>();
    }
    const std::string of = fmt::format("of {} sigmoids", sigmoids);
    const std::string fault = difference(of, largest_slope(sigmoids), slope, 1e-9);
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace
}  // namespace lesson

int main(int argc, char** argv) {
  using namespace lesson;
  return grade(
      argc, argv,
      {{"stddev_for_relu",
        "How large is the mean square of a sum of so many products? relu drops half of it.",
        fault_of_stddev},
       {"largest_slope", "Where is sigmoid steepest, and how steep? Slopes are multiplied.",
        fault_of_slope}});
}
