// Losses of classifiers, from logits; labels come first, as in TensorFlow.
//
//   Tensor loss = reduce_mean(sparse_softmax_cross_entropy_with_logits(digits, logits));
#pragma once

#include <gradus/tensor.h>

namespace gradus {

// y = -sum of labels log_softmax(logits) along the last axis; labels and logits have one shape. A
// label of 0 adds 0, even at a logit of -inf.
Tensor softmax_cross_entropy_with_logits(Operand labels, Operand logits);

// y = -log_softmax(logits)[label] along the last axis; labels are int32 or int64, in the shape of
// logits without that axis. DataError of the run if one is no class.
Tensor sparse_softmax_cross_entropy_with_logits(Operand labels, Operand logits);

// y = -z log sigmoid(x) - (1 - z) log sigmoid(-x), element by element, for labels z and logits x.
Tensor sigmoid_cross_entropy_with_logits(Operand labels, Operand logits);

// 1 at each row's label, 0 elsewhere, in the shape and dtype of model: for gradients.
Tensor one_hot_like(Operand labels, Operand model);

}  // namespace gradus
