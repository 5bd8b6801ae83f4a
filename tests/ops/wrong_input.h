// A graph with one placeholder of each kind that an op may refuse.
#pragma once

#include "core/refusal.h"
#include "ops/support.h"

namespace gradus {

class WrongInput : public testing::Test {
 protected:
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 784});
  Tensor m = g.placeholder("m", {2, 3});
  Tensor n = g.placeholder("n", {4, 5});
  Tensor s = g.placeholder("s", {});
  Tensor d = g.placeholder("d", {2, 3}, float64);
  Tensor i = g.placeholder("i", {2, 3}, int32);
  Tensor c = g.placeholder("c", {2, 3}, boolean);
  const std::int64_t nodes = g.node_count();
};

}  // namespace gradus
