// Dense and Embedding: layers that are one matrix.
#pragma once

#include <cstdint>
#include <string>

#include <gradus/activation.h>
#include <gradus/module.h>
#include <gradus/weight_initializer.h>

namespace gradus {

struct DenseOptions {
  std::string name = "dense";
  Activation activation = "linear";
  bool use_bias = true;
  WeightInitializer kernel_initializer = "glorot_uniform";
  WeightInitializer bias_initializer = "zeros";
};

// activation(x W^T + b) for x [..., inputs]: [..., units]. W is [units, inputs], b [units].
//
//   Dense hidden(g, 784, 128, {.activation = "relu"});
//   Tensor h = hidden(x);
class Dense : public Module {
 public:
  // GraphError unless both sizes are 1 or more.
  Dense(const Parent& parent, std::int64_t inputs, std::int64_t units,
        const DenseOptions& options = {}, SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand x) const;

  const Variable& W() const { return W_; }
  // An empty Variable without bias.
  const Variable& b() const { return b_; }

 private:
  Activation activation_;
  Variable W_, b_;
};

struct EmbeddingOptions {
  std::string name = "embedding";
  WeightInitializer embeddings_initializer = "uniform";
};

// Row i of a matrix E [count, size] for each integer i: ids [...] give [..., size]. An id out of
// [0, count) is refused in the run: DataError.
//
//   Embedding words(g, 10'000, 64);
//   Tensor x = words(ids);
class Embedding : public Module {
 public:
  // GraphError unless both sizes are 1 or more.
  Embedding(const Parent& parent, std::int64_t count, std::int64_t size,
            const EmbeddingOptions& options = {}, SourceLocation where = SourceLocation::current());

  Tensor operator()(Operand ids) const;

  const Variable& E() const { return E_; }

 private:
  Variable E_;
};

}  // namespace gradus
