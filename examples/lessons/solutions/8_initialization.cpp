#include <cmath>
#include <cstdint>

namespace lesson {

// A sum of n products has n w^2 h^2 as mean square, of which relu drops half.
double stddev_for_relu(std::int64_t inputs) { return std::sqrt(2 / static_cast<double>(inputs)); }

// The slope s (1 - s) of one is 1/4 at most, where s is 1/2.
double largest_slope(int sigmoids) { return std::pow(0.25, sigmoids); }

}  // namespace lesson
