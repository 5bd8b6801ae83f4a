// No name that programs use often stands in the way of std's, or of a student's own classes, where
// both namespaces are open.
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

using namespace gradus;

// At the outermost level, as a program has them: ambiguous if they were gradus's, too.
class Dense : public Module {
 public:
  Dense(const Parent& parent, std::int64_t inputs, std::int64_t units)
      : Module(parent, "dense"), W_(variable("W", glorot_uniform({units, inputs}))) {}
  Tensor operator()(const Tensor& x) const { return matmul(x, W_, {.transpose_b = true}); }

 private:
  Variable W_;
};
struct AutoEncoder {
  Dense encoder, decoder;
};
struct BasicAE {};
struct Pca {};

TEST(Names, stand_beside_a_students_own) {
  const Graph g;
  const AutoEncoder own{Dense(g, 4, 2), Dense(g, 2, 4)};
  models::AutoEncoder ours(g, {4, 2});
  const layers::Dense dense(g, 4, 3);
  const Tensor x = g.placeholder("x", {any_size, 4});
  EXPECT_EQ(own.decoder(own.encoder(x)).shape(), ours(x).shape());
  EXPECT_EQ(dense(x).shape()[1], 3);
  EXPECT_EQ(sizeof(BasicAE), sizeof(Pca));
}
