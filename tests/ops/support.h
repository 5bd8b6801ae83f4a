// Values of nodes, arrays to try ops on, and the comparison with an oracle in long double.
#pragma once

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/random.h>
#include <gradus/session.h>

namespace gradus {

inline Array value(const Tensor& tensor, const std::vector<Feed>& feeds = {}) {
  Session session(Graph(tensor.shared_state()), {.threads = 1});
  return session.run(tensor, feeds);
}

// Floats between -4 and 4, every third a whole number; integers from -9 to 9.
inline Array sample(const Shape& shape, DType dtype, std::uint64_t seed = 1) {
  Random random(seed, "sample");
  Array x = Array::zeros(shape, dtype);
  visit(dtype, [&]<class T>(T) {
    for (T& element : x.mutable_values<T>()) {
      const std::int64_t whole = random.below(19) - 9;
      if constexpr (std::same_as<T, bool>)
        element = whole > 0;
      else if constexpr (std::integral<T>)
        element = static_cast<T>(whole);
      else
        element = static_cast<T>(whole % 3 == 0 ? std::round(random.uniform(-4, 4))
                                                : random.uniform(-4, 4));
    }
  });
  return x;
}

using Oracle = std::vector<long double>;

inline Oracle elements(const Array& x) {
  Oracle all;
  visit(x.dtype(), [&]<class T>(T) {
    for (T element : x.values<T>()) all.push_back(static_cast<long double>(element));
  });
  return all;
}

// One element where operands of these shapes are read for element n of the result.
inline std::size_t place(std::int64_t n, const Shape& result, const Shape& operand) {
  std::int64_t at = 0, stride = 1;
  for (std::int64_t axis = result.rank(); axis-- > 0; n /= result[axis]) {
    const std::int64_t own = axis - (result.rank() - operand.rank());
    if (own < 0) continue;
    if (operand[own] != 1) at += n % result[axis] * stride;
    stride *= operand[own];
  }
  return static_cast<std::size_t>(at);
}

// Every element within so many units in the last place; infinities and NaNs where they are
// expected; integers and bool exactly.
inline void expect_close(const Array& actual, const Oracle& expected, double units,
                         const std::string& what) {
  const Oracle found = elements(actual);
  ASSERT_EQ(found.size(), expected.size()) << what;
  const double epsilon = actual.dtype() == float32   ? std::numeric_limits<float>::epsilon()
                         : actual.dtype() == float64 ? std::numeric_limits<double>::epsilon()
                                                     : 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (std::isnan(expected[i])) {
      EXPECT_TRUE(std::isnan(found[i])) << what << " element " << i << " is " << found[i];
    } else if (found[i] != expected[i]) {
      EXPECT_LE(std::abs(found[i] - expected[i]), units * epsilon * std::abs(expected[i]))
          << what << " element " << i << " is " << found[i] << ", expected " << expected[i];
    }
  }
}

}  // namespace gradus
