// No name that programs use often stands in the way of std's, where both namespaces are open.
#include <any>
#include <array>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

namespace beside_std {

using namespace std;
using namespace gradus;

TEST(Names, stand_beside_those_of_std) {
  const array<int, 2> sizes{2, 3};
  const any anything = sizes[0];
  EXPECT_TRUE(less<int>()(any_cast<int>(anything), sizes[1]) && greater_equal<>()(2, 2));
  EXPECT_TRUE(logical_and<>()(true, logical_not<>()(false)));

  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2});
  const Tensor inside = (x >= 0) & ~(x > 1);
  Session session(g);
  EXPECT_EQ(session.run(inside, {{x, Array({{-1, 0}, {1, 2}})}}),
            Array({{false, true}, {true, false}}, boolean));
  EXPECT_EQ(Array::zeros({2, 2}), Array({{0, 0}, {0, 0}}));
}

}  // namespace beside_std
