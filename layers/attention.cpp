#include <gradus/attention.h>

#include <cmath>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/ops.h>

#include "check_size.h"

namespace gradus::layers {
namespace {

// [batch, time, heads x size] to [batch, heads, time, size].
Tensor heads_apart(const Tensor& x, std::int64_t heads, std::int64_t size) {
  return transpose(reshape(x, {-1, x.shape()[1], heads, size}), {0, 2, 1, 3});
}
Tensor heads_together(const Tensor& x) {
  const Shape& shape = x.shape();
  return reshape(transpose(x, {0, 2, 1, 3}), {-1, shape[2], shape[1] * shape[3]});
}

void check_sequence(std::string_view what, const Operand& x) {
  const Shape& shape = x.tensor().shape();
  if (shape.rank() != 3 || shape[1] == any_size)
    throw ShapeError(at_line(
        fmt::format("MultiHeadAttention: {} \"{}\" {} is no sequence [batch, time, size] of known "
                    "time",
                    what, x.tensor().name(), to_text(shape)),
        x.where()));
}

// Whether query i may look at key j: i >= j.
Tensor earlier(Graph g, std::int64_t queries, std::int64_t keys) {
  const Tensor i = expand_dims(range(g, 0, queries), 1), j = range(g, 0, keys);
  return i >= j;
}

constexpr double never = -1e9;  // e to it is 0

}  // namespace

Tensor MultiHeadAttention::Projection::operator()(const Tensor& x) const {
  const Tensor y = matmul(x, W, {.transpose_b = true});
  return b ? y + b : y;
}

MultiHeadAttention::Projection MultiHeadAttention::projection(
    const std::string& suffix, std::int64_t inputs, std::int64_t units,
    const MultiHeadAttentionOptions& options, SourceLocation where) {
  Projection made;
  made.W = variable("W_" + suffix, options.kernel_initializer({units, inputs}), where);
  if (options.use_bias) made.b = variable("b_" + suffix, options.bias_initializer({units}), where);
  return made;
}

MultiHeadAttention::MultiHeadAttention(const Parent& parent, std::int64_t size,
                                       std::int64_t num_heads, std::int64_t key_dim,
                                       const MultiHeadAttentionOptions& options,
                                       SourceLocation where)
    : Module(parent, options.name, where),
      num_heads_(checked_size("MultiHeadAttention", "num_heads", num_heads, where)),
      key_dim_(checked_size("MultiHeadAttention", "key_dim", key_dim, where)),
      value_dim_(options.value_dim == 0
                     ? key_dim
                     : checked_size("MultiHeadAttention", "value_dim", options.value_dim, where)),
      dropout_(options.dropout) {
  checked_size("MultiHeadAttention", "size", size, where);
  if (!(dropout_ >= 0 && dropout_ < 1))
    throw_at<GraphError>(where, "MultiHeadAttention: dropout must be in [0, 1), got {}", dropout_);
  // Refuses sizes that are too large together.
  const Shape keys({num_heads, key_dim}, where), values({num_heads, value_dim_}, where);
  query_ = projection("query", size, keys.element_count(), options, where);
  key_ = projection("key", size, keys.element_count(), options, where);
  value_ = projection("value", size, values.element_count(), options, where);
  output_ = projection("output", values.element_count(), size, options, where);
}

Tensor MultiHeadAttention::operator()(Operand query, Operand value,
                                      const AttentionCall& call) const {
  return (*this)(query, value, value, call);
}

Tensor MultiHeadAttention::operator()(Operand query, Operand value, Operand key,
                                      const AttentionCall& call) const {
  check_sequence("query", query);
  check_sequence("value", value);
  check_sequence("key", key);
  const At here(query);
  const NameScope scope = enter();
  const Tensor q = heads_apart(query_(query.tensor()), num_heads_, key_dim_);
  const Tensor k = heads_apart(key_(key.tensor()), num_heads_, key_dim_);
  const Tensor v = heads_apart(value_(value.tensor()), num_heads_, value_dim_);
  Tensor scores = matmul(q, k, {.transpose_b = true}) / std::sqrt(static_cast<double>(key_dim_));
  if (call.causal)
    scores =
        where(earlier(graph(), query.tensor().shape()[1], key.tensor().shape()[1]), scores, never);
  if (call.mask) scores = where(call.mask, scores, never);
  Tensor weights = softmax(scores);
  if (call.training && dropout_ > 0) weights = dropout(weights, dropout_);
  return output_(heads_together(matmul(weights, v)));
}

}  // namespace gradus::layers
