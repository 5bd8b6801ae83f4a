// The exercises of lesson 3. Fill the gaps, and run: scripts/lesson 3
// tape.h has the tape, and three ops as models.
#include <cmath>

#include "tape.h"
#include "to_do.h"

namespace lesson {

// The slope of y = tanh(a) is 1 - y^2.
Real tanh(const Real& a) {
  to_do(a);  // your code in place of this line
}

// a / b: two operands, so two links.
Real operator/(const Real& a, const Real& b) {
  to_do(a, b);  // your code in place of this line
}

}  // namespace lesson
