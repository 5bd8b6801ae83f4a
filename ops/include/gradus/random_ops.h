// Random numbers: others in each run, the same for one seed of the Session, whatever the number of
// threads. Each call is a stream of its own.
//
//   Tensor noise = random_normal_like(x, 0, 0.1);
//   Session session(g, {.seed = 42});
#pragma once

#include <gradus/graph.h>

namespace gradus {

// In [low, high), each as likely; GraphError unless low < high and high - low is finite.
Tensor random_uniform(const Graph& graph, const Shape& shape, double low = 0, double high = 1,
                      DType dtype = float32, SourceLocation where = SourceLocation::current());
// Of a normal distribution; GraphError unless mean and stddev are finite, stddev 0 or more.
Tensor random_normal(const Graph& graph, const Shape& shape, double mean = 0, double stddev = 1,
                     DType dtype = float32, SourceLocation where = SourceLocation::current());
// bool, true with this probability (in steps of 2^-32); GraphError unless it is from 0 to 1.
Tensor random_bernoulli(const Graph& graph, const Shape& shape, double probability = 0.5,
                        SourceLocation where = SourceLocation::current());

// In the shape of model, which only the run may know, and in its dtype.
Tensor random_uniform_like(Operand model, double low = 0, double high = 1);
Tensor random_normal_like(Operand model, double mean = 0, double stddev = 1);
// In the shape of model; bool.
Tensor random_bernoulli_like(Operand model, double probability = 0.5);

}  // namespace gradus
