#include <limits>

#include <gtest/gtest.h>

#include "ops/support.h"

namespace gradus {
namespace {

struct Reduction {
  const char* name;
  Tensor (*call)(Operand, Axes, bool);
  long double start;
  long double (*combine)(long double, long double);
  bool is_mean = false;
};

const Reduction reductions[] = {
    {"sum", reduce_sum, 0, [](long double a, long double b) { return a + b; }},
    {"mean", reduce_mean, 0, [](long double a, long double b) { return a + b; }, true},
    {"max", reduce_max, -std::numeric_limits<long double>::infinity(),
     [](long double a, long double b) { return std::max(a, b); }},
};

struct Expected {
  Shape shape;
  Oracle elements;
};

// Each element of x goes to the result's element at the same place, reduced axes counted as 1.
Expected reduced(const Reduction& op, const Array& x, const std::vector<bool>& gone,
                 bool keepdims) {
  std::vector<std::int64_t> kept, shape;
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    const bool is_gone = gone[static_cast<std::size_t>(i)];
    kept.push_back(is_gone ? 1 : x.shape()[i]);
    if (!is_gone || keepdims) shape.push_back(kept.back());
  }
  const Shape wide(kept);
  Expected y{shape, Oracle(static_cast<std::size_t>(wide.element_count()), op.start)};
  const Oracle of_x = elements(x);
  for (std::size_t n = 0; n < of_x.size(); ++n) {
    long double& e = y.elements[place(static_cast<std::int64_t>(n), x.shape(), wide)];
    e = op.combine(e, of_x[n]);
  }
  if (op.is_mean)
    for (long double& e : y.elements)
      e /= static_cast<long double>(x.size()) / static_cast<long double>(y.elements.size());
  return y;
}

// An eighth of whole numbers: their sums are exact in every dtype.
Array eighths(const Shape& shape, DType dtype) {
  Array x = sample(shape, int32).cast(dtype);
  if (is_float(dtype))
    visit(dtype, [&]<class T>(T) {
      for (T& e : x.mutable_values<T>()) e = static_cast<T>(e / 8);
    });
  return x;
}

TEST(Reductions, over_every_set_of_axes_agree_with_plain_loops) {
  const Shape shapes[] = {{2, 3, 4, 5}, {1, 4, 1, 3}, {2, 0, 3, 1}};
  for (const Reduction& op : reductions)
    for (DType dtype : {float32, float64, int32, int64})
      for (const Shape& shape : shapes)
        for (unsigned set = 0; set < 16; ++set)
          for (bool keepdims : {false, true}) {
            if (op.is_mean && is_integer(dtype)) continue;
            std::vector<bool> gone;
            std::vector<std::int64_t> axes;
            bool is_empty = false;
            for (std::int64_t i = 0; i < 4; ++i) {
              gone.push_back((set >> i & 1) != 0);
              if (!gone.back()) continue;
              axes.push_back(i % 2 == 0 ? i : i - 4);  // every second one from the end
              is_empty = is_empty || shape[i] == 0;
            }
            if (is_empty && std::string(op.name) == "max") continue;
            Graph g;
            const Array x = eighths(shape, dtype);
            const Array y = value(op.call(g.constant(x), axes, keepdims));
            const Expected expected = reduced(op, x, gone, keepdims);
            EXPECT_EQ(y.shape(), expected.shape);
            expect_close(y, expected.elements, 1,
                         op.name + std::string(" ") + std::string(to_text(dtype)) + to_text(shape) +
                             to_text(Axes(axes)));
          }
}

TEST(Reductions, over_all_axes_give_a_scalar) {
  Graph g;
  const Tensor x = g.constant({{1, 2}, {3, 6}});
  EXPECT_EQ(value(reduce_sum(x)), Array(12));
  EXPECT_EQ(value(reduce_mean(x)), Array(3));
  EXPECT_EQ(value(reduce_max(x)), Array(6));
  EXPECT_EQ(value(reduce_sum(x, Axes(), true)), Array({{12}}));
  EXPECT_EQ(value(reduce_sum(g.constant(5))), Array(5));
}

TEST(Reductions, over_no_axis_change_nothing) {
  Graph g;
  const Axes none = std::vector<std::int64_t>{};
  EXPECT_EQ(value(reduce_sum(g.constant({{1, 2}, {3, 4}}), none)), Array({{1, 2}, {3, 4}}));
}

TEST(Reductions, of_nothing_are_0_and_nan) {
  Graph g;
  const Tensor x = g.constant(Array::zeros({0, 3}));
  EXPECT_EQ(value(reduce_sum(x, 0)), Array({0, 0, 0}));
  EXPECT_TRUE(std::isnan(value(reduce_mean(x)).item()));
  EXPECT_EQ(value(reduce_mean(x, 1)), Array::zeros({0}));
}

TEST(Reductions, of_many_floats_lose_little) {
  for (std::int64_t n : {1025, 100003, 1000000}) {
    Graph g;
    const Array x = sample({n}, float32);
    long double sum = 0, absolute = 0;
    for (long double e : elements(x)) {
      sum += e;
      absolute += std::abs(e);
    }
    const Array y = value(reduce_sum(g.constant(x)));
    EXPECT_LE(std::abs(y.item<double>() - static_cast<double>(sum)),
              32 * std::numeric_limits<float>::epsilon() * static_cast<double>(absolute))
        << n;
  }
}

TEST(Reductions, have_the_same_bits_for_any_number_of_threads) {
  Graph g;
  const Tensor x = g.constant(sample({300, 1000}, float32));
  const std::vector<Tensor> fetches{reduce_sum(x), reduce_sum(x, 0), reduce_mean(x, 1)};
  Session one(g, {.threads = 1}), three(g, {.threads = 3});
  EXPECT_EQ(one.run(fetches), three.run(fetches));
}

TEST(ReduceMax, is_nan_if_any_element_is) {
  Graph g;
  EXPECT_TRUE(std::isnan(value(reduce_max(g.constant({1.0, std::nan(""), 3.0}))).item()));
  Array long_row = sample({1025}, float64);
  long_row.mutable_values<double>()[1024] = std::nan("");
  EXPECT_TRUE(std::isnan(value(reduce_max(g.constant(long_row))).item()));
}

TEST(ReduceMax, of_infinities_is_among_them) {
  const double inf = std::numeric_limits<double>::infinity();
  Graph g;
  EXPECT_EQ(value(reduce_max(g.constant({-inf, -inf}))), Array(-inf));
  EXPECT_EQ(value(reduce_max(g.constant({-inf, 1.0, inf}))), Array(inf));
}

TEST(Argmax, is_the_first_of_the_largest) {
  Graph g;
  EXPECT_EQ(value(argmax(g.constant({3, 7, 7, 1}))), Array(1, int64));
  EXPECT_EQ(value(argmax(g.constant({{0, 0}, {0, 0}}), 1)), Array({0, 0}, int64));
  EXPECT_EQ(value(argmax(g.constant({{1, 9}, {8, 9}}, int32), -2)), Array({1, 0}, int64));
}

TEST(Argmax, takes_the_first_nan_for_the_largest) {
  const double inf = std::numeric_limits<double>::infinity();
  Graph g;
  const Tensor x = g.constant({1.0, std::nan(""), inf, std::nan("")});
  EXPECT_EQ(value(argmax(x)), Array(1, int64));
  EXPECT_EQ(value(argmax(g.constant({std::nan(""), 1.0}))), Array(0, int64));
}

TEST(Argmax, agrees_with_plain_loops_along_every_axis) {
  for (DType dtype : {float32, float64, int32, int64})
    for (std::int64_t axis = -3; axis < 3; ++axis) {
      Graph g;
      const Shape shape{3, 40, 5};
      const Array x = sample(shape, dtype), y = value(argmax(g.constant(x), axis));
      const Oracle of_x = elements(x);
      std::vector<std::int64_t> kept = shape.to_vector();
      kept[static_cast<std::size_t>((axis + 3) % 3)] = 1;
      Oracle largest(static_cast<std::size_t>(y.size()), -1e9L), first(largest.size());
      std::vector<std::int64_t> seen(largest.size());
      for (std::size_t n = 0; n < of_x.size(); ++n) {
        const std::size_t at = place(static_cast<std::int64_t>(n), shape, Shape(kept));
        if (of_x[n] > largest[at]) {
          largest[at] = of_x[n];
          first[at] = static_cast<long double>(seen[at]);
        }
        ++seen[at];
      }
      expect_close(y, first, 0, std::to_string(axis));
    }
}

}  // namespace
}  // namespace gradus
