// The exercises of lesson 6. Fill the gaps, and run: scripts/lesson 6
#include <vector>

#include <gradus/gradus.h>

#include "to_do.h"

namespace lesson {

using namespace gradus;

// A node that, when it is run, gives u the value of v, and v that of u. With assign() and group().
Tensor swapped(const Variable& u, const Variable& v) {
  to_do(u, v);  // your code in place of this line
}

// A node that does one step when it is run: each variable moves against its gradient,
// v <- v - learning_rate dv, all together. With gradients(), assign() and group().
Tensor descent(const Tensor& loss, const std::vector<Variable>& variables, double learning_rate) {
  to_do(loss, variables, learning_rate);  // your code in place of this line
}

}  // namespace lesson
