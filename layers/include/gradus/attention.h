// MultiHeadAttention: each element of a sequence looks at all elements of another, or of its own.
//
//   layers::MultiHeadAttention attention(g, 64, 8, 8);
//   Tensor y = attention(x, x);                            // self-attention
//   Tensor z = attention(x, x, {.causal = true});          // no element sees a later one
#pragma once

#include <cstdint>
#include <string>

#include <gradus/module.h>
#include <gradus/weight_initializer.h>

namespace gradus::layers {

struct MultiHeadAttentionOptions {
  std::string name = "multi_head_attention";
  std::int64_t value_dim = 0;  // of a head; key_dim, if 0
  bool use_bias = true;
  double dropout = 0;  // of the weights of attention
  WeightInitializer kernel_initializer = "glorot_uniform";
  WeightInitializer bias_initializer = "zeros";
};

struct AttentionCall {
  bool training = false;
  bool causal = false;  // query i looks at the keys 0 to i alone
  Tensor mask = {};     // bool, broadcast to [batch, heads, queries, keys]: true where one may look
};

// softmax(Q K^T / sqrt(key_dim)) V in each of the heads, one after the other in one row, and a
// Dense of that (Vaswani et al., "Attention is all you need", 2017). Q, K and V are Dense layers of
// query, of key, or value, and of value.
class MultiHeadAttention : public Module {
 public:
  // Queries, keys, values and results have `size` numbers. GraphError unless the sizes are 1 or
  // more, and dropout in [0, 1).
  MultiHeadAttention(const Parent& parent, std::int64_t size, std::int64_t num_heads,
                     std::int64_t key_dim, const MultiHeadAttentionOptions& options = {},
                     SourceLocation where = SourceLocation::current());

  // [batch, queries, size] from a query [batch, queries, size] and a value [batch, keys, size],
  // which is the key, too. ShapeError unless the numbers of queries and keys are known.
  Tensor operator()(Operand query, Operand value, const AttentionCall& call = {}) const;
  Tensor operator()(Operand query, Operand value, Operand key,
                    const AttentionCall& call = {}) const;

 private:
  struct Projection {
    Variable W, b;
    Tensor operator()(const Tensor& x) const;
  };
  Projection projection(const std::string& suffix, std::int64_t inputs, std::int64_t units,
                        const MultiHeadAttentionOptions& options, SourceLocation where);

  std::int64_t num_heads_, key_dim_, value_dim_;
  double dropout_;
  Projection query_, key_, value_, output_;
};

}  // namespace gradus::layers
