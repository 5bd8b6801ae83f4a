// How well predictions fit their labels. Labels come first, as in Keras and scikit-learn.
//
//   Tensor right = accuracy(digit, model(x));                     // of one batch, in a run
//   Array confused = confusion_matrix(labels, predicted, 10);     // of all predictions, after it
//
// Of arrays a label that is no class, NaN among scores, and what would be a share of nothing is a
// DataError; in a graph, where each run would have to look, it is as told below.
#pragma once

#include <cstdint>

#include <gradus/tensor.h>

namespace gradus {

// The share of labels that are predicted: a float32 scalar. What scores are follows from their
// shape, as in Keras:
//   floats [.., classes] for labels [..]: the class of the first largest one is predicted;
//   floats in the shape of labels, or with one more axis of size 1: probabilities of class 1, which
//     is predicted above 0.5;
//   int32, int64 or bool in the shape of labels: the predicted classes.
// Labels are int32, int64 or bool; beside probabilities they are 0 and 1 of any dtype. ShapeError
// and DTypeError otherwise. In a graph a label that is no class is not predicted, NaN counts as the
// largest score and as no probability above 0.5, and the share of nothing is NaN.
Tensor accuracy(Operand labels, Operand scores);
double accuracy(const Array& labels, const Array& scores,
                SourceLocation where = SourceLocation::current());

// The second of these with another threshold: 0 for logits.
Tensor binary_accuracy(Operand labels, Operand scores, double threshold = 0.5);
double binary_accuracy(const Array& labels, const Array& scores, double threshold = 0.5,
                       SourceLocation where = SourceLocation::current());

// The share of labels [..] above whose score there are fewer than k in scores [.., classes]: equal
// scores are all among the k largest, as in TensorFlow's in_top_k. k is 1 to the number of classes.
// In a graph NaN is above every score, and no label with a score of NaN is among them; a label that
// is no class is a DataError of the run.
Tensor top_k_accuracy(Operand labels, Operand scores, std::int64_t k);
double top_k_accuracy(const Array& labels, const Array& scores, std::int64_t k,
                      SourceLocation where = SourceLocation::current());

// int64 [classes, classes]: how many of each class (row) were taken for each class (column).
// `labels` and `predicted` are int32, int64 or bool and of one shape, here and below.
Array confusion_matrix(const Array& labels, const Array& predicted, std::int64_t classes,
                       SourceLocation where = SourceLocation::current());

// Of a class with r right predictions out of p, and l labels:
//   precision r / p,  recall r / l,  f1_score 2 r / (p + l), their harmonic mean;
// 0 where that is 0 / 0. For each class, float64 [classes]; ...
Array precision(const Array& labels, const Array& predicted, std::int64_t classes,
                SourceLocation where = SourceLocation::current());
Array recall(const Array& labels, const Array& predicted, std::int64_t classes,
             SourceLocation where = SourceLocation::current());
Array f1_score(const Array& labels, const Array& predicted, std::int64_t classes,
               SourceLocation where = SourceLocation::current());

// ... or one number. (scikit-learn's micro average of all three is the accuracy.)
enum class Average {
  binary,   // of class 1; all classes are 0 or 1
  macro,    // the mean over the classes that occur among labels or predictions
  weighted  // the same, each class as often as there are labels of it
};
double precision(const Array& labels, const Array& predicted, Average average = Average::binary,
                 SourceLocation where = SourceLocation::current());
double recall(const Array& labels, const Array& predicted, Average average = Average::binary,
              SourceLocation where = SourceLocation::current());
double f1_score(const Array& labels, const Array& predicted, Average average = Average::binary,
                SourceLocation where = SourceLocation::current());

// The area below the ROC curve, exactly: of all pairs of a label 1 and a label 0, the share in
// which the 1 has the higher score, where equal scores count half (Mann and Whitney's U). Labels
// are 0 and 1 of any dtype; scores are floats in their shape, or with one more axis of size 1.
// DataError if there is no such pair.
double roc_auc(const Array& labels, const Array& scores,
               SourceLocation where = SourceLocation::current());

}  // namespace gradus
