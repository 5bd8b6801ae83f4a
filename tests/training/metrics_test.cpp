#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/gradus.h>

#include "core/refusal.h"

namespace gradus {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();
constexpr float inf = std::numeric_limits<float>::infinity();

// The value of a metric in a graph whose operands are fed, their numbers of rows unknown before.
template <class F>
float in_graph(const Array& labels, const Array& scores, F metric) {
  Graph g;
  const auto fed = [&](const std::string& name, const Array& value) {
    std::vector<std::int64_t> sizes = value.shape().to_vector();
    if (!sizes.empty()) sizes[0] = any_size;
    return g.placeholder(name, sizes, value.dtype());
  };
  const Tensor truth = fed("labels", labels), x = fed("scores", scores);
  const Tensor result = metric(truth, x);
  EXPECT_EQ(result.shape(), Shape{});
  EXPECT_EQ(result.dtype(), float32);
  Session session(g);
  return session.run(result, {{truth, labels}, {x, scores}}).item();
}
constexpr auto accuracy_node = [](const Tensor& labels, const Tensor& scores) {
  return accuracy(labels, scores);
};

// Both forms; they agree, but that a mean in float32 may be off by its last bit.
double accuracy_of(const Array& labels, const Array& scores) {
  const double share = accuracy(labels, scores);
  EXPECT_FLOAT_EQ(in_graph(labels, scores, accuracy_node), static_cast<float>(share));
  return share;
}
double binary_accuracy_of(const Array& labels, const Array& scores, double threshold) {
  const double share = binary_accuracy(labels, scores, threshold);
  EXPECT_FLOAT_EQ(in_graph(labels, scores,
                           [&](const Tensor& truth, const Tensor& x) {
                             return binary_accuracy(truth, x, threshold);
                           }),
                  static_cast<float>(share));
  return share;
}
float top_k_node(const Array& labels, const Array& scores, std::int64_t k) {
  return in_graph(labels, scores, [&](const Tensor& truth, const Tensor& x) {
    return top_k_accuracy(truth, x, k);
  });
}
double top_k_accuracy_of(const Array& labels, const Array& scores, std::int64_t k) {
  const double share = top_k_accuracy(labels, scores, k);
  EXPECT_FLOAT_EQ(top_k_node(labels, scores, k), static_cast<float>(share));
  return share;
}

// Twelve rows of four classes, and twenty of two. What is expected of them are NumPy's numbers: the
// confusion matrix m by np.add.at, precision diag(m) / m.sum(0), recall diag(m) / m.sum(1), f1
// their harmonic mean 2 p r / (p + r), averages by np.mean and np.average(weights=m.sum(1)), top k
// by (scores > own[:, None]).sum(1) < k, the area by np.trapz over all thresholds.
const Array scores({{-0.6, 1.3, -0.6, 0.8},
                    {0.0, 0.2, 1.1, 0.0},
                    {-0.4, 0.0, -0.8, 0.5},
                    {-0.1, -0.7, 0.8, 0.1},
                    {0.4, -0.4, 0.3, 0.2},
                    {0.2, 0.1, -0.4, -0.5},
                    {-0.3, -0.7, -0.1, 0.9},
                    {0.9, -0.6, -1.0, 0.0},
                    {1.0, 0.6, -1.0, 0.2},
                    {-1.0, 0.0, 0.3, 1.6},
                    {0.1, 0.6, 0.7, 0.8},
                    {-0.4, -0.1, 1.0, -0.2}});
const Array labels({1, 2, 1, 3, 0, 1, 2, 3, 0, 3, 0, 0}, int64);
const Array predicted({1, 2, 3, 2, 0, 0, 3, 0, 0, 3, 3, 2}, int64);
const Array signs({0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1}, int64);
const Array rates({0.8, 0.6, 0.4, 0.5, 0.5, 0.8, 0.1, 0.7, 0.9, 0.2,
                   1.3, 0.4, 0.6, 0.5, 0.6, 0.9, 0.9, 0.6, 0.8, 0.8});

void expect_near(const Array& ours, const std::vector<double>& theirs) {
  ASSERT_EQ(ours.shape(), (Shape{std::ssize(theirs)}));
  for (std::size_t i = 0; i < theirs.size(); ++i)
    EXPECT_NEAR(ours.values<double>()[i], theirs[i], 1e-15) << i;
}

TEST(Metrics, accuracy_is_numpys) {
  for (const DType labels_dtype : {int32, int64})
    for (const DType scores_dtype : {float32, float64})
      EXPECT_EQ(accuracy_of(labels.cast(labels_dtype), scores.cast(scores_dtype)), 5. / 12);
  EXPECT_EQ(accuracy_of(labels, predicted), 5. / 12);
  EXPECT_EQ(accuracy_of(labels, predicted.cast(int32)), 5. / 12);
}
TEST(Metrics, accuracy_of_probabilities_is_numpys) {
  for (const DType dtype : all_dtypes) EXPECT_EQ(accuracy_of(signs.cast(dtype), rates), 0.6);
  EXPECT_EQ(accuracy_of(signs, rates.cast(float64)), 0.6);
  EXPECT_EQ(accuracy_of(signs, rates.reshaped({20, 1})), 0.6);
  EXPECT_EQ(accuracy_of(signs.reshaped({20, 1}), rates.reshaped({20, 1})), 0.6);
  EXPECT_EQ(binary_accuracy_of(signs, rates, 0.5), 0.6);
  EXPECT_EQ(binary_accuracy_of(signs, rates.reshaped({20, 1}), 0.7), 0.55);
  EXPECT_EQ(binary_accuracy(signs, rates), 0.6);
}
TEST(Metrics, top_k_accuracy_is_numpys) {
  const double expected[] = {5. / 12, 10. / 12, 10. / 12, 1};
  for (std::int64_t k = 1; k <= 4; ++k) {
    EXPECT_EQ(top_k_accuracy_of(labels, scores, k), expected[k - 1]);
    EXPECT_EQ(top_k_accuracy_of(labels.cast(int32), scores.cast(float64), k), expected[k - 1]);
  }
}

TEST(Metrics, in_graphs_are_those_of_arrays) {
  Random random(3, "metrics");
  for (int i = 0; i < 20; ++i) {
    const std::int64_t n = 1 + random.below(40), classes = 2 + random.below(6);
    std::vector<std::int64_t> truth;
    std::vector<double> numbers;  // few, so that many are equal
    for (std::int64_t row = 0; row < n; ++row) truth.push_back(random.below(classes));
    for (std::int64_t j = 0; j < n * classes; ++j)
      numbers.push_back(static_cast<double>(random.below(7) - 3) / 4);
    const Array of_rows({n}, truth), x = Array({n, classes}, numbers);
    accuracy_of(of_rows, x.cast(float32));
    for (std::int64_t k = 1; k <= classes; ++k) top_k_accuracy_of(of_rows, x, k);
    binary_accuracy_of(equal(of_rows, 1), x.reshaped({any_size}).rows(0, n), 0.25);
  }
}

TEST(Metrics, rows_may_lie_along_several_axes_or_none) {
  const Array labels_2d = labels.reshaped({3, 4}), scores_3d = scores.reshaped({3, 4, 4});
  EXPECT_EQ(accuracy_of(labels_2d, scores_3d), 5. / 12);
  EXPECT_EQ(top_k_accuracy_of(labels_2d, scores_3d, 2), 10. / 12);
  EXPECT_EQ(confusion_matrix(labels_2d, predicted.reshaped({3, 4}), 4),
            confusion_matrix(labels, predicted, 4));
  EXPECT_EQ(accuracy(Array(1, int64), Array({0, 2, 1})), 1);
  EXPECT_EQ(top_k_accuracy(Array(2, int64), Array({0, 2, 1}), 2), 1);
}

TEST(Metrics, of_bool_labels_are_those_of_0_and_1) {
  const Array yes_no({1, 0, 1}, boolean), x({{1, 2}, {1, 2}, {2, 1}});
  EXPECT_EQ(accuracy_of(yes_no, x), 1. / 3);
  EXPECT_EQ(accuracy_of(yes_no, Array({1, 1, 1}, boolean)), 2. / 3);
  EXPECT_EQ(top_k_accuracy_of(yes_no, x, 1), 1. / 3);
  EXPECT_EQ(confusion_matrix(yes_no, Array({1, 1, 1}, boolean), 2), Array({{0, 1}, {0, 2}}, int64));
}

TEST(Metrics, of_equal_scores_accuracy_takes_the_first_and_top_k_all) {
  const Array x({{2, 2, 1}, {2, 2, 1}, {2, 2, 1}});
  const Array each({0, 1, 2}, int64);
  EXPECT_EQ(accuracy_of(each, x), 1. / 3);
  EXPECT_EQ(top_k_accuracy_of(each, x, 1), 2. / 3);
  EXPECT_EQ(top_k_accuracy_of(each, x, 2), 2. / 3);
  EXPECT_EQ(top_k_accuracy_of(each, x, 3), 1);
  EXPECT_EQ(top_k_accuracy_of(Array({0, 1}, int64), Array({{0.0, -0.0}, {0.0, -0.0}}), 1), 1);
}

TEST(Metrics, a_score_at_the_threshold_is_not_above_it) {
  EXPECT_EQ(accuracy_of(Array({0, 1}, int64), Array({0.5, 0.75})), 1);
  // 0.1 as a float is above 0.1 as a double.
  EXPECT_EQ(binary_accuracy_of(Array({0}, int64), Array({0.1}), 0.1), 1);
  EXPECT_EQ(binary_accuracy_of(Array({0, 1}, int64), Array({-inf, inf}), 0), 1);
}

TEST(Metrics, in_graphs_tell_what_they_make_of_what_arrays_refuse) {
  const Array two({0, 1}, int64);
  // NaN is the largest score, ...
  EXPECT_EQ(in_graph(two, Array({{nan, 1}, {nan, 1}}), accuracy_node), 0.5F);
  EXPECT_EQ(in_graph(two, Array({nan, nan}), accuracy_node), 0.5F);
  // ... and nothing with it is among the top.
  EXPECT_EQ(top_k_node(two, Array({{nan, 1}, {nan, 1}}), 1), 0);
  EXPECT_EQ(top_k_node(two, Array({{nan, 1}, {nan, 1}}), 2), 0.5F);
  EXPECT_EQ(top_k_node(two, Array({{-inf, 1}, {inf, -inf}}), 2), 1);
  const Array wrong({-1, 2}, int64);
  EXPECT_EQ(in_graph(wrong, Array({{0, 1}, {0, 1}}), accuracy_node), 0);
  EXPECT_EQ(in_graph(wrong, Array({0, 1}), accuracy_node), 0);
  EXPECT_TRUE(std::isnan(in_graph(Array::zeros({0}, int64), Array::zeros({0, 3}), accuracy_node)));
  EXPECT_TRUE(std::isnan(top_k_node(Array::zeros({0}, int64), Array::zeros({0, 3}), 2)));
}

TEST(Metrics, confusion_matrix_is_numpys) {
  const Array expected({{2, 0, 1, 1}, {1, 1, 0, 1}, {0, 0, 1, 1}, {1, 0, 1, 1}}, int64);
  EXPECT_EQ(confusion_matrix(labels, predicted, 4), expected);
  EXPECT_EQ(confusion_matrix(labels.cast(int32), predicted, 4), expected);
  EXPECT_EQ(confusion_matrix(Array::zeros({0}, int64), Array::zeros({0}, int32), 2),
            Array({{0, 0}, {0, 0}}, int64));
  EXPECT_EQ(confusion_matrix(Array({0, 0}, int64), Array({0, 0}, int64), 1), Array({{2}}, int64));
}

TEST(Metrics, precision_recall_and_f1_of_each_class_are_numpys) {
  // The fifth class occurs nowhere.
  expect_near(precision(labels, predicted, 5), {0.5, 1, 1. / 3, 0.25, 0});
  expect_near(recall(labels, predicted, 5), {0.5, 1. / 3, 0.5, 1. / 3, 0});
  expect_near(f1_score(labels, predicted, 5), {0.5, 0.5, 0.4, 0.2857142857142857, 0});
}
TEST(Metrics, averages_of_precision_recall_and_f1_are_numpys) {
  EXPECT_NEAR(precision(labels, predicted, Average::macro), 0.5208333333333333, 1e-15);
  EXPECT_NEAR(recall(labels, predicted, Average::macro), 0.41666666666666663, 1e-15);
  EXPECT_NEAR(f1_score(labels, predicted, Average::macro), 0.42142857142857143, 1e-15);
  EXPECT_NEAR(precision(labels, predicted, Average::weighted), 0.5347222222222222, 1e-15);
  EXPECT_NEAR(recall(labels, predicted, Average::weighted), 0.4166666666666667, 1e-15);
  EXPECT_NEAR(f1_score(labels, predicted, Average::weighted), 0.42976190476190473, 1e-15);
  const Array is_above = rates.mask<float>([](float rate) { return rate > 0.5F; });
  EXPECT_NEAR(precision(signs, is_above), 0.46153846153846156, 1e-15);
  EXPECT_NEAR(recall(signs, is_above), 0.8571428571428571, 1e-15);
  EXPECT_NEAR(f1_score(signs, is_above), 0.6, 1e-15);
}
TEST(Metrics, macro_averages_know_any_classes) {
  const Array truth({-5, 1'000'000'000'000, 7}, int64), guess({-5, 8, 7}, int64);
  EXPECT_EQ(precision(truth, guess, Average::macro), 0.5);
  EXPECT_EQ(recall(truth, guess, Average::macro), 0.5);
  EXPECT_EQ(recall(truth, guess, Average::weighted), 2. / 3);
}
TEST(Metrics, that_are_0_over_0_are_0) {
  const Array no({0, 0}, int64), yes({1, 1}, int64), none = Array::zeros({0}, int64);
  EXPECT_EQ(precision(yes, no), 0);
  EXPECT_EQ(recall(no, yes), 0);
  EXPECT_EQ(f1_score(no, no), 0);
  for (const Average average : {Average::binary, Average::macro, Average::weighted})
    EXPECT_EQ(f1_score(none, none, average), 0);
  EXPECT_EQ(precision(none, none, 2), Array({0, 0}, float64));
}

TEST(Metrics, roc_auc_is_numpys) {
  for (const DType dtype : all_dtypes)
    EXPECT_NEAR(roc_auc(signs.cast(dtype), rates), 0.6758241758241759, 1e-15);
  EXPECT_NEAR(roc_auc(signs, rates.cast(float64)), 0.6758241758241759, 1e-15);
  EXPECT_NEAR(roc_auc(signs, rates.reshaped({20, 1})), 0.6758241758241759, 1e-15);
}
TEST(Metrics, roc_auc_counts_pairs) {
  const Array truth({0, 0, 1, 1}, int64);
  EXPECT_EQ(roc_auc(truth, Array({1, 2, 3, 4})), 1);
  EXPECT_EQ(roc_auc(truth, Array({4, 3, 2, 1})), 0);
  EXPECT_EQ(roc_auc(truth, Array({1, 1, 1, 1})), 0.5);
  EXPECT_EQ(roc_auc(truth, Array({1, 3, 2, 4})), 0.75);
  EXPECT_EQ(roc_auc(truth, Array({1, 2, 2, 4})), 0.875);
  EXPECT_EQ(roc_auc(truth, Array({-inf, 0.0, -0.0, inf})), 0.875);
}

const Array ints({0, 1}, int64), floats({0.5, 0.25}), columns({{0.5, 0.25}, {0.5, 0.25}});

TEST(Metrics, refuse_shapes_that_do_not_fit) {
  const Array three({0, 1, 1}, int64);
  EXPECT_EQ(refusal<ShapeError>([&] { accuracy(three, columns); }),
            "accuracy: labels [3] do not fit float32 [2, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { accuracy(ints, columns.cast(int64)); }),
            "accuracy: labels [2] do not fit int64 [2, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] {
              accuracy(ints.reshaped({2, 1}), columns);
            }),
            "accuracy: labels [2, 1] do not fit float32 [2, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { accuracy(ints, Array(1)); }),
            "accuracy: labels [2] do not fit float32 []\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { binary_accuracy(ints, columns); }),
            "binary_accuracy: labels [2] need scores of their shape, got [2, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { top_k_accuracy(ints, floats, 1); }),
            "top_k_accuracy: labels [2] need scores with one more axis, of classes, got [2]\n"
            "  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { top_k_accuracy(three, columns, 1); }),
            "top_k_accuracy: labels [3] do not fit float32 [2, 2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { confusion_matrix(ints, three, 2); }),
            "confusion_matrix: labels [2] and predicted [3] differ in shape\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { recall(ints, three, 2); }),
            "recall: labels [2] and predicted [3] differ in shape\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { f1_score(ints, three); }),
            "f1_score: labels [2] and predicted [3] differ in shape\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { roc_auc(three, floats); }),
            "roc_auc: labels [3] do not fit float32 [2]\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { roc_auc(ints, columns); }),
            "roc_auc: labels [2] need scores of their shape, got [2, 2]\n  at  here");
}

TEST(Metrics, refuse_dtypes_that_do_not_fit) {
  EXPECT_EQ(refusal<DTypeError>([] { accuracy(floats, columns); }),
            "accuracy: labels must be int32, int64 or bool, got float32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { accuracy(floats, ints); }),
            "accuracy: labels must be int32, int64 or bool, got float32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { binary_accuracy(ints, ints); }),
            "binary_accuracy: scores must be float32 or float64, got int64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { top_k_accuracy(floats, columns, 1); }),
            "top_k_accuracy: labels must be int32, int64 or bool, got float32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { top_k_accuracy(ints, ints, 1); }),
            "top_k_accuracy: scores must be float32 or float64, got int64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { confusion_matrix(ints, floats, 2); }),
            "confusion_matrix: predicted must be int32, int64 or bool, got float32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { precision(floats, ints); }),
            "precision: labels must be int32, int64 or bool, got float32\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([] { roc_auc(ints, ints); }),
            "roc_auc: scores must be float32 or float64, got int64\n  at  here");
}

TEST(Metrics, refuse_labels_that_are_no_class) {
  const Array two({1, 2}, int64), below({0, -1}, int32);
  EXPECT_EQ(refusal<DataError>([&] { accuracy(two, columns); }),
            "accuracy: label 2 of row 1 is none of 2 classes\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { accuracy(two, floats); }),
            "accuracy: label 2 of row 1 is neither 0 nor 1\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] {
              binary_accuracy(Array({0.5, 1}), floats);
            }),
            "binary_accuracy: label 0.5 of row 0 is neither 0 nor 1\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { top_k_accuracy(below, columns, 1); }),
            "top_k_accuracy: label -1 of row 1 is none of 2 classes\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { confusion_matrix(two, ints, 2); }),
            "confusion_matrix: label 2 of row 1 is none of 2 classes\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { confusion_matrix(ints, below, 2); }),
            "confusion_matrix: predicted class -1 of row 1 is none of 2 classes\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { precision(two, ints, 2); }),
            "precision: label 2 of row 1 is none of 2 classes\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { recall(ints, below, 2); }),
            "recall: predicted class -1 of row 1 is none of 2 classes\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { precision(two, ints); }),
            "precision: label 2 of row 1 is neither 0 nor 1; for more classes ask for another "
            "average\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { f1_score(ints, below); }),
            "f1_score: predicted class -1 of row 1 is neither 0 nor 1; for more classes ask for "
            "another average\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { roc_auc(two, floats); }),
            "roc_auc: label 2 of row 1 is neither 0 nor 1\n  at  here");
}

TEST(Metrics, refuse_nan_and_what_would_be_a_share_of_nothing) {
  EXPECT_EQ(refusal<DataError>([] {
              accuracy(ints, Array({{1, 2}, {nan, 2}}));
            }),
            "accuracy: a score of row 1 is NaN\n  at  here");
  EXPECT_EQ(refusal<DataError>([] {
              binary_accuracy(ints, Array({{1}, {nan}}));
            }),
            "binary_accuracy: a score of row 1 is NaN\n  at  here");
  EXPECT_EQ(refusal<DataError>([] {
              top_k_accuracy(ints, Array({{1, nan}, {1, 2}}, float64), 1);
            }),
            "top_k_accuracy: a score of row 0 is NaN\n  at  here");
  EXPECT_EQ(refusal<DataError>([] {
              roc_auc(ints, Array({nan, 1}));
            }),
            "roc_auc: a score of row 0 is NaN\n  at  here");
  const Array none = Array::zeros({0}, int64);
  EXPECT_EQ(refusal<DataError>([&] {
              accuracy(none, Array::zeros({0, 3}));
            }),
            "accuracy: there are no labels\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { accuracy(none, none); }),
            "accuracy: there are no labels\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { binary_accuracy(none, Array::zeros({0})); }),
            "binary_accuracy: there are no labels\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] {
              top_k_accuracy(none, Array::zeros({0, 3}), 2);
            }),
            "top_k_accuracy: there are no labels\n  at  here");
  EXPECT_EQ(refusal<DataError>([&] { roc_auc(none, Array::zeros({0})); }),
            "roc_auc: there are no labels\n  at  here");
  EXPECT_EQ(refusal<DataError>([] {
              roc_auc(Array({1, 1}, int64), floats);
            }),
            "roc_auc: all labels are 1\n  at  here");
  EXPECT_EQ(refusal<DataError>([] {
              roc_auc(Array({0, 0}, int64), floats);
            }),
            "roc_auc: all labels are 0\n  at  here");
  EXPECT_EQ(refusal<DataError>([] {
              accuracy(ints, Array::zeros({2, 0}));
            }),
            "accuracy: label 0 of row 0 is none of 0 classes\n  at  here");
}

TEST(Metrics, refuse_numbers_of_classes_that_cannot_be) {
  EXPECT_EQ(refusal<DataError>([] { top_k_accuracy(ints, columns, 0); }),
            "top_k_accuracy: k must be 1 or more, got 0\n  at  here");
  EXPECT_EQ(refusal<DataError>([] { top_k_accuracy(ints, columns, 3); }),
            "top_k_accuracy: k must be at most the 2 classes, got 3\n  at  here");
  EXPECT_EQ(refusal<DataError>([] { confusion_matrix(ints, ints, 0); }),
            "confusion_matrix: there must be 1 class or more, got 0\n  at  here");
  EXPECT_EQ(refusal<DataError>([] { recall(ints, ints, -1); }),
            "recall: there must be 1 class or more, got -1\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([] { confusion_matrix(ints, ints, max_element_count); }),
            "shape: [1152921504606846976, 1152921504606846976] has more than 2^60 elements\n"
            "  at  here");
}

TEST(Metrics, in_graphs_refuse_what_does_not_fit_at_the_users_line) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 3}), p = g.placeholder("p", {any_size}),
               digits = g.placeholder("digits", {any_size}, int64),
               four = g.placeholder("four", {4}, int64), five = g.placeholder("five", {5, 3});
  EXPECT_EQ(refusal<ShapeError>([&] { accuracy(four, five); }),
            "accuracy: labels [4] do not fit float32 [5, 3]\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { accuracy(p, x); }),
            "accuracy: labels must be int32, int64 or bool, got float32\n  at  here");
  EXPECT_EQ(refusal<ShapeError>([&] { binary_accuracy(digits, x); }),
            "binary_accuracy: labels [?] need scores of their shape, got [?, 3]\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { binary_accuracy(digits, four); }),
            "binary_accuracy: scores must be float32 or float64, got int64\n  at  here");
  EXPECT_EQ(refusal<DTypeError>([&] { top_k_accuracy(p, x, 1); }),
            "top_k_accuracy: labels must be int32, int64 or bool, got float32\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { top_k_accuracy(digits, x, 0); }),
            "top_k_accuracy: k must be 1 or more, got 0\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { top_k_accuracy(digits, x, 4); }),
            "top_k_accuracy: k must be at most the 3 classes, got 4\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { accuracy(1, x); }),
            "accuracy: labels are no tensor\n  at  here");
  EXPECT_EQ(refusal<GraphError>([&] { top_k_accuracy(digits, Tensor(), 1); }),
            "top_k_accuracy: scores are no tensor\n  at  here");
}

TEST(Metrics, in_graphs_refuse_in_the_run_what_shows_there) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2}),
               digits = g.placeholder("digits", {any_size}, int64);
  const Tensor right = accuracy(digits, x);
  const Tensor among = top_k_accuracy(digits, x, 1);
  Session session(g);
  // Not even one label is repeated.
  for (const Tensor& metric : {right, among})
    EXPECT_THROW(session.run(metric, {{digits, Array({1}, int64)}, {x, columns}}), ShapeError);
  EXPECT_THROW(session.run(among, {{digits, Array({0, 2}, int64)}, {x, columns}}), DataError);
}

}  // namespace
}  // namespace gradus
