// The README's example of an error is what the library says.
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "paths.h"
#include "support/error_text.h"

namespace gradus {
namespace {

TEST(Documents, the_shape_error_of_the_readme_is_real) {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  const NameScope scope = g.scope("encoder_1");
  Variable W = g.variable("W", zeros({512, 256}));
  const auto call = [&] {
#line 41 "my_model.cpp"
    matmul(x, W);
  };
  std::ifstream file(GRADUS_TEST_DATA "/shape_error.txt");
  EXPECT_EQ(error_text<ShapeError>(call) + "\n",
            std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace
}  // namespace gradus
