#include <gradus/metrics.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>
#include <span>
#include <string_view>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/op/rules.h>
#include <gradus/ops.h>

#include "core/throw_at.h"

namespace gradus {
namespace {

// The call that is checked.
struct Caller {
  std::string_view name;
  SourceLocation where;

  template <class E, class... T>
  [[noreturn]] void refuse(fmt::format_string<T...> text, T&&... values) const {
    throw_at<E>(where, "{}: {}", name, fmt::format(text, std::forward<T>(values)...));
  }
};

// What stands beside labels.
enum class Scores { of_classes, probabilities, predicted };

Scores kind_of_scores(const Caller& f, const Shape& labels, DType dtype, const Shape& scores) {
  if (may_equal(labels, scores)) return is_float(dtype) ? Scores::probabilities : Scores::predicted;
  const std::int64_t last = scores.rank() - 1;
  const bool fits =
      is_float(dtype) && last >= 0 &&
      may_equal(labels, Shape(std::span(scores.begin(), static_cast<std::size_t>(last))));
  if (!fits)
    f.refuse<ShapeError>("labels {} do not fit {} {}", to_text(labels), to_text(dtype),
                         to_text(scores));
  return scores[last] == 1 ? Scores::probabilities : Scores::of_classes;
}

void expect_probabilities(const Caller& f, const Shape& labels, DType dtype, const Shape& scores) {
  if (!is_float(dtype))
    f.refuse<DTypeError>("scores must be float32 or float64, got {}", to_text(dtype));
  if (kind_of_scores(f, labels, dtype, scores) != Scores::probabilities)
    f.refuse<ShapeError>("labels {} need scores of their shape, got {}", to_text(labels),
                         to_text(scores));
}

template <class E>
void expect_top_k(const Caller& f, const Shape& labels, DType dtype, const Shape& scores,
                  std::int64_t k) {
  if (!is_float(dtype))
    f.refuse<DTypeError>("scores must be float32 or float64, got {}", to_text(dtype));
  if (scores.rank() != labels.rank() + 1)
    f.refuse<ShapeError>("labels {} need scores with one more axis, of classes, got {}",
                         to_text(labels), to_text(scores));
  kind_of_scores(f, labels, dtype, scores);
  if (k < 1) f.refuse<E>("k must be 1 or more, got {}", k);
  if (const std::int64_t classes = scores[labels.rank()]; classes != any_size && k > classes)
    f.refuse<E>("k must be at most the {} classes, got {}", classes, k);
}

void expect_classes(const Caller& f, std::string_view what, DType dtype) {
  if (is_float(dtype))
    f.refuse<DTypeError>("{} must be int32, int64 or bool, got {}", what, to_text(dtype));
}

// ---------------------------------------------------------------------------------------------
// In a graph

const Tensor& tensor_of(const Caller& f, std::string_view what, const Operand& x) {
  if (!x.tensor()) f.refuse<GraphError>("{} are no tensor", what);
  return x.tensor();
}

Tensor share_of_equal(const Tensor& labels, const Tensor& predicted) {
  const DType dtype = is_float(labels.dtype()) ? labels.dtype() : int64;
  const Tensor expected = cast(labels, dtype);
  // Not broadcast where the run finds another size.
  const Tensor found = cast(reshape_like(predicted, labels), dtype);
  return reduce_mean(cast(equal(expected, found), float32));
}

// ---------------------------------------------------------------------------------------------
// Of arrays

void expect_some(const Caller& f, const Array& labels) {
  if (labels.size() == 0) f.refuse<DataError>("there are no labels");
}

void expect_no_nan(const Caller& f, const Array& labels, const Array& scores) {
  visit_float(scores.dtype(), [&]<class T>(T) {
    const auto all = scores.values<T>();
    const auto nan = std::ranges::find_if(all, [](T score) { return std::isnan(score); });
    if (nan != all.end())
      f.refuse<DataError>("a score of row {} is NaN",
                          (nan - all.begin()) / (scores.size() / labels.size()));
  });
}

void expect_binary(const Caller& f, std::string_view what, const Array& labels,
                   std::string_view advice = "") {
  visit(labels.dtype(), [&]<class T>(T) {
    const auto all = labels.values<T>();
    const auto other =
        std::ranges::find_if(all, [](T label) { return label != T(0) && label != T(1); });
    if (other != all.end())
      f.refuse<DataError>("{} {} of row {} is neither 0 nor 1{}", what, *other, other - all.begin(),
                          advice);
  });
}

// The classes as int64, each below their number.
Array checked_classes(const Caller& f, std::string_view what, const Array& x,
                      std::int64_t classes) {
  Array result = x.cast(int64);
  const auto all = result.values<std::int64_t>();
  const auto other =
      std::ranges::find_if(all, [&](std::int64_t label) { return label < 0 || label >= classes; });
  if (other != all.end())
    f.refuse<DataError>("{} {} of row {} is none of {} classes", what, *other, other - all.begin(),
                        classes);
  return result;
}

double share_of_true(const Array& mask) {
  const auto all = mask.values<bool>();
  return static_cast<double>(std::ranges::count(all, true)) / static_cast<double>(all.size());
}

double share_of_right_sides(const Caller& f, const Array& labels, const Array& scores,
                            double threshold) {
  expect_some(f, labels);
  expect_binary(f, "label", labels);
  expect_no_nan(f, labels, scores);
  return visit_float(scores.dtype(), [&]<class T>(T) {
    const Array is_above =
        scores.mask<T>([side = static_cast<T>(threshold)](T score) { return score > side; });
    return share_of_true(equal(is_above.reshaped(labels.shape()), equal(labels, 1)));
  });
}

// The share of rows of which holds(scores of the row, label) is true.
template <class F>
double share_of_rows(const Caller& f, const Array& labels, const Array& scores, F holds) {
  expect_some(f, labels);
  const std::int64_t classes = scores.shape()[labels.rank()];
  const Array checked = checked_classes(f, "label", labels, classes);
  expect_no_nan(f, labels, scores);
  return visit_float(scores.dtype(), [&]<class T>(T) {
    const std::span<const T> all = scores.values<T>();
    const auto n = static_cast<std::size_t>(classes);
    const auto label = checked.values<std::int64_t>();
    std::int64_t count = 0;
    for (std::size_t row = 0; row < label.size(); ++row)
      if (holds(all.subspan(row * n, n), label[row])) ++count;
    return static_cast<double>(count) / static_cast<double>(label.size());
  });
}

void expect_predicted(const Caller& f, const Array& labels, const Array& predicted) {
  expect_classes(f, "labels", labels.dtype());
  expect_classes(f, "predicted", predicted.dtype());
  if (labels.shape() != predicted.shape())
    f.refuse<ShapeError>("labels {} and predicted {} differ in shape", to_text(labels.shape()),
                         to_text(predicted.shape()));
}

void expect_number_of_classes(const Caller& f, std::int64_t classes) {
  if (classes < 1) f.refuse<DataError>("there must be 1 class or more, got {}", classes);
}

struct ClassCounts {
  double right = 0, labels = 0, predicted = 0;
};
using Rate = double (*)(const ClassCounts&);

double ratio(double a, double b) { return b == 0 ? 0 : a / b; }
constexpr Rate precision_of = [](const ClassCounts& n) { return ratio(n.right, n.predicted); };
constexpr Rate recall_of = [](const ClassCounts& n) { return ratio(n.right, n.labels); };
constexpr Rate f1_of = [](const ClassCounts& n) {
  return ratio(2 * n.right, n.labels + n.predicted);
};

// Of each class that occurs.
std::map<std::int64_t, ClassCounts> count_classes(const Caller& f, const Array& labels,
                                                  const Array& predicted) try {
  const Array of_labels = labels.cast(int64), of_predicted = predicted.cast(int64);
  const auto label = of_labels.values<std::int64_t>(), guess = of_predicted.values<std::int64_t>();
  std::map<std::int64_t, ClassCounts> counts;
  for (std::size_t i = 0; i < label.size(); ++i) {
    ClassCounts& n = counts[label[i]];
    ++n.labels;
    ++counts[guess[i]].predicted;
    if (label[i] == guess[i]) ++n.right;
  }
  return counts;
} catch (const std::bad_alloc&) {
  f.refuse<MemoryError>("no memory is left");
}

Array rate_of_each(const Caller& f, Rate rate, const Array& labels, const Array& predicted,
                   std::int64_t classes) {
  expect_predicted(f, labels, predicted);
  expect_number_of_classes(f, classes);
  checked_classes(f, "label", labels, classes);
  checked_classes(f, "predicted class", predicted, classes);
  Array rates = Array::zeros(Shape({classes}, f.where), float64, f.where);
  const auto out = rates.mutable_values<double>();
  for (const auto& [label, n] : count_classes(f, labels, predicted))
    out[static_cast<std::size_t>(label)] = rate(n);
  return rates;
}

double average_rate(const Caller& f, Rate rate, const Array& labels, const Array& predicted,
                    Average average) {
  expect_predicted(f, labels, predicted);
  if (average == Average::binary) {
    constexpr std::string_view advice = "; for more classes ask for another average";
    expect_binary(f, "label", labels, advice);
    expect_binary(f, "predicted class", predicted, advice);
  }
  auto counts = count_classes(f, labels, predicted);
  if (average == Average::binary) return rate(counts[1]);
  double sum = 0, weights = 0;
  for (const auto& [label, n] : counts) {
    const double weight = average == Average::weighted ? n.labels : 1;
    sum += weight * rate(n);
    weights += weight;
  }
  return ratio(sum, weights);
}

}  // namespace

Tensor accuracy(Operand labels, Operand scores) {
  const Caller f{"accuracy", labels.where()};
  const Tensor &truth = tensor_of(f, "labels", labels), &x = tensor_of(f, "scores", scores);
  const Scores kind = kind_of_scores(f, truth.shape(), x.dtype(), x.shape());
  const At here(labels);
  if (kind == Scores::probabilities) return share_of_equal(truth, x > 0.5);
  expect_classes(f, "labels", truth.dtype());
  return share_of_equal(truth, kind == Scores::predicted ? x : argmax(x, -1));
}

double accuracy(const Array& labels, const Array& scores, SourceLocation where) {
  const Caller f{"accuracy", where};
  const Scores kind = kind_of_scores(f, labels.shape(), scores.dtype(), scores.shape());
  if (kind == Scores::probabilities) return share_of_right_sides(f, labels, scores, 0.5);
  expect_classes(f, "labels", labels.dtype());
  if (kind == Scores::of_classes)
    return share_of_rows(f, labels, scores, [](auto row, std::int64_t label) {
      return std::ranges::max_element(row) - row.begin() == label;
    });
  expect_some(f, labels);
  return share_of_true(equal(labels.cast(int64), scores.cast(int64)));
}

Tensor binary_accuracy(Operand labels, Operand scores, double threshold) {
  const Caller f{"binary_accuracy", labels.where()};
  const Tensor &truth = tensor_of(f, "labels", labels), &x = tensor_of(f, "scores", scores);
  expect_probabilities(f, truth.shape(), x.dtype(), x.shape());
  const At here(labels);
  return share_of_equal(truth, x > threshold);
}

double binary_accuracy(const Array& labels, const Array& scores, double threshold,
                       SourceLocation where) {
  const Caller f{"binary_accuracy", where};
  expect_probabilities(f, labels.shape(), scores.dtype(), scores.shape());
  return share_of_right_sides(f, labels, scores, threshold);
}

Tensor top_k_accuracy(Operand labels, Operand scores, std::int64_t k) {
  const Caller f{"top_k_accuracy", labels.where()};
  const Tensor &truth = tensor_of(f, "labels", labels), &x = tensor_of(f, "scores", scores);
  expect_classes(f, "labels", truth.dtype());
  expect_top_k<GraphError>(f, truth.shape(), x.dtype(), x.shape(), k);
  const At here(labels);
  const Tensor is_label = one_hot_like(cast(truth, int64), x) > 0.5;
  const Tensor own_score = reduce_sum(where(is_label, x, 0), -1, true);
  const Tensor is_above = ~(x <= own_score);
  const Tensor count = reduce_sum(cast(is_above, int64), -1);
  return reduce_mean(cast(count < k, float32));
}

double top_k_accuracy(const Array& labels, const Array& scores, std::int64_t k,
                      SourceLocation where) {
  const Caller f{"top_k_accuracy", where};
  expect_classes(f, "labels", labels.dtype());
  expect_top_k<DataError>(f, labels.shape(), scores.dtype(), scores.shape(), k);
  return share_of_rows(f, labels, scores, [k](auto row, std::int64_t label) {
    const auto own_score = row[static_cast<std::size_t>(label)];
    return std::ranges::count_if(row, [&](auto score) { return score > own_score; }) < k;
  });
}

Array confusion_matrix(const Array& labels, const Array& predicted, std::int64_t classes,
                       SourceLocation where) {
  const Caller f{"confusion_matrix", where};
  expect_predicted(f, labels, predicted);
  expect_number_of_classes(f, classes);
  const Array rows = checked_classes(f, "label", labels, classes),
              columns = checked_classes(f, "predicted class", predicted, classes);
  Array counts = Array::zeros(Shape({classes, classes}, where), int64, where);
  const auto row = rows.values<std::int64_t>(), column = columns.values<std::int64_t>();
  const auto count = counts.mutable_values<std::int64_t>();
  for (std::size_t i = 0; i < row.size(); ++i)
    ++count[static_cast<std::size_t>(row[i] * classes + column[i])];
  return counts;
}

Array precision(const Array& labels, const Array& predicted, std::int64_t classes,
                SourceLocation where) {
  return rate_of_each({"precision", where}, precision_of, labels, predicted, classes);
}
Array recall(const Array& labels, const Array& predicted, std::int64_t classes,
             SourceLocation where) {
  return rate_of_each({"recall", where}, recall_of, labels, predicted, classes);
}
Array f1_score(const Array& labels, const Array& predicted, std::int64_t classes,
               SourceLocation where) {
  return rate_of_each({"f1_score", where}, f1_of, labels, predicted, classes);
}

double precision(const Array& labels, const Array& predicted, Average average,
                 SourceLocation where) {
  return average_rate({"precision", where}, precision_of, labels, predicted, average);
}
double recall(const Array& labels, const Array& predicted, Average average, SourceLocation where) {
  return average_rate({"recall", where}, recall_of, labels, predicted, average);
}
double f1_score(const Array& labels, const Array& predicted, Average average,
                SourceLocation where) {
  return average_rate({"f1_score", where}, f1_of, labels, predicted, average);
}

double roc_auc(const Array& labels, const Array& scores, SourceLocation where) {
  const Caller f{"roc_auc", where};
  expect_probabilities(f, labels.shape(), scores.dtype(), scores.shape());
  expect_some(f, labels);
  expect_binary(f, "label", labels);
  expect_no_nan(f, labels, scores);
  const Array all = scores.cast(float64).reshaped({any_size}), truth = labels.reshaped({any_size});
  const Array positives = all.rows(equal(truth, 1));
  Array negatives = all.rows(equal(truth, 0));
  if (positives.size() == 0 || negatives.size() == 0)
    f.refuse<DataError>("all labels are {}", negatives.size() == 0 ? 1 : 0);
  const auto sorted = negatives.mutable_values<double>();
  std::ranges::sort(sorted);
  double pairs = 0;  // in halves, exact to 2^52
  for (const double score : positives.values<double>()) {
    const auto first = std::ranges::lower_bound(sorted, score) - sorted.begin(),
               last = std::ranges::upper_bound(sorted, score) - sorted.begin();
    pairs += 0.5 * static_cast<double>(first + last);
  }
  return pairs / (static_cast<double>(positives.size()) * static_cast<double>(sorted.size()));
}

}  // namespace gradus
