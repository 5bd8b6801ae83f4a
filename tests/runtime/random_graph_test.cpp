// Random graphs, run by a session and by a small interpreter that shares no code with it. What the
// memory plan overwrites too early shows up as a wrong number.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gradus/graph.h>
#include <gradus/ops.h>
#include <gradus/session.h>
#include <gradus/text.h>

#include "support.h"

namespace gradus {
namespace {

// A matrix of the interpreter.
struct Matrix {
  std::int64_t rows, columns;
  std::vector<double> values;

  Matrix(std::int64_t m, std::int64_t n)
      : rows(m), columns(n), values(static_cast<std::size_t>(m * n)) {}
  // An index beyond a single row or column repeats it.
  double at(std::int64_t i, std::int64_t j) const {
    const std::int64_t row = rows == 1 ? 0 : i, column = columns == 1 ? 0 : j;
    return values[static_cast<std::size_t>(row * columns + column)];
  }
  static Matrix from(std::int64_t m, std::int64_t n,
                     const std::function<double(std::int64_t, std::int64_t)>& f) {
    Matrix made(m, n);
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        made.values[static_cast<std::size_t>(i * n + j)] = f(i, j);
    return made;
  }
};

struct Pair {
  Tensor tensor;
  Matrix matrix;
};

class RandomGraph {
 public:
  explicit RandomGraph(std::uint64_t seed) : random_(seed, "random graph") {
    for (int i = 0; i < 4; ++i) add_source(i);
    const std::int64_t count = 5 + random_.below(40);
    for (std::int64_t i = 0; i < count; ++i) add_node();
  }

  Graph& graph() { return graph_; }
  const std::vector<Feed>& feeds() const { return feeds_; }
  const Pair& any_node() { return nodes_[pick(nodes_.size())]; }

  // Each variable takes a value of its shape, if there is one.
  std::vector<std::pair<Variable, Pair>> assignments() {
    std::vector<std::pair<Variable, Pair>> chosen;
    for (const Variable& v : graph_.variables()) {
      std::vector<Pair> fitting;
      for (const Pair& p : nodes_)
        if (p.tensor.shape() == v.shape()) fitting.push_back(p);
      if (!fitting.empty()) chosen.emplace_back(v, fitting[pick(fitting.size())]);
    }
    return chosen;
  }

 private:
  using Formula = double (*)(double);
  using Formula2 = double (*)(double, double);

  std::size_t pick(std::size_t n) {
    return static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(n)));
  }
  std::int64_t size() {
    const std::int64_t sizes[] = {1, 2, 3, 8, 33};
    return sizes[pick(5)];
  }

  void add_source(int number) {
    const std::int64_t m = size(), n = size();
    const Matrix matrix =
        Matrix::from(m, n, [&](std::int64_t, std::int64_t) { return random_.uniform(-1, 1); });
    const Array value({m, n}, matrix.values);
    const std::string name = fmt::format("source_{}", number);
    if (number == 0) {
      nodes_.push_back({graph_.placeholder(name, {m, n}, float64), matrix});
      feeds_.emplace_back(nodes_.back().tensor, value);
    } else if (number == 1) {
      nodes_.push_back({graph_.constant(value), matrix});
    } else {
      nodes_.push_back({graph_.variable(name, value), matrix});
    }
  }

  void add_node() {
    const Pair x = any_node();
    switch (random_.below(8)) {
      case 0:
      case 1:
        return add_unary(x);
      case 2:
      case 3:
        return add_binary(x);
      case 4:
        return add_view(x);
      case 5:
        return add_reduction(x);
      case 6:
        return add_matmul(x);
      default:
        return add_select(x);
    }
  }

  void add_unary(const Pair& x) {
    struct Unary {
      Tensor (*call)(Operand);
      Formula formula;
    };
    static const Unary all[] = {
        {tanh, [](double v) { return std::tanh(v); }},
        {negative, [](double v) { return -v; }},
        {abs, [](double v) { return std::abs(v); }},
        {relu, [](double v) { return v > 0 ? v : 0; }},
        {sigmoid, [](double v) { return 1 / (1 + std::exp(-v)); }},
        {[](Operand t) { return elu(t); }, [](double v) { return v > 0 ? v : std::expm1(v); }},
        {[](Operand t) { return 0.5 * t; }, [](double v) { return 0.5 * v; }},
    };
    const Unary& unary = all[pick(std::size(all))];
    keep(unary.call(x.tensor), Matrix::from(x.matrix.rows, x.matrix.columns, [&](auto i, auto j) {
           return unary.formula(x.matrix.at(i, j));
         }));
  }

  static bool fit(std::int64_t m, std::int64_t n) { return m == n || m == 1 || n == 1; }
  static bool fit(const Matrix& a, const Matrix& b) {
    return fit(a.rows, b.rows) && fit(a.columns, b.columns);
  }

  void add_binary(const Pair& x) {
    struct Binary {
      Tensor (*call)(Operand, Operand);
      Formula2 formula;
    };
    static const Binary all[] = {
        {add, [](double a, double b) { return a + b; }},
        {subtract, [](double a, double b) { return a - b; }},
        {multiply, [](double a, double b) { return a * b; }},
        {maximum, [](double a, double b) { return std::max(a, b); }},
    };
    const Pair other = any_node();
    if (!fit(x.matrix, other.matrix)) return;
    const Binary& binary = all[pick(std::size(all))];
    keep(binary.call(x.tensor, other.tensor),
         Matrix::from(std::max(x.matrix.rows, other.matrix.rows),
                      std::max(x.matrix.columns, other.matrix.columns), [&](auto i, auto j) {
                        return binary.formula(x.matrix.at(i, j), other.matrix.at(i, j));
                      }));
  }

  void add_view(const Pair& x) {
    Matrix flat(x.matrix.columns, x.matrix.rows);
    flat.values = x.matrix.values;
    switch (random_.below(3)) {
      case 0:
        return keep(identity(x.tensor), x.matrix);
      case 1:
        return keep(reshape(x.tensor, {x.matrix.columns, -1}), flat);
      default:
        return keep(transpose(x.tensor),
                    Matrix::from(x.matrix.columns, x.matrix.rows, [&](auto i, auto j) {
                      return x.matrix.values[static_cast<std::size_t>(j * x.matrix.columns + i)];
                    }));
    }
  }

  void add_reduction(const Pair& x) {
    const bool over_rows = random_.below(2) == 0, is_sum = random_.below(2) == 0;
    const std::int64_t m = over_rows ? 1 : x.matrix.rows, n = over_rows ? x.matrix.columns : 1;
    const std::int64_t count = over_rows ? x.matrix.rows : x.matrix.columns;
    const Axes axes = over_rows ? 0 : 1;
    keep(is_sum ? reduce_sum(x.tensor, axes, true) : reduce_max(x.tensor, axes, true),
         Matrix::from(m, n, [&](auto i, auto j) {
           double y = is_sum ? 0 : -std::numeric_limits<double>::infinity();
           for (std::int64_t k = 0; k < count; ++k) {
             const double v = over_rows ? x.matrix.at(k, j) : x.matrix.at(i, k);
             y = is_sum ? y + v : std::max(y, v);
           }
           return y;
         }));
  }

  void add_matmul(const Pair& x) {
    const Pair other = any_node();
    const std::int64_t depth = x.matrix.columns;
    if (depth != other.matrix.rows) return;
    keep(matmul(x.tensor, other.tensor),
         Matrix::from(x.matrix.rows, other.matrix.columns, [&](auto i, auto j) {
           double y = 0;
           for (std::int64_t k = 0; k < depth; ++k) y += x.matrix.at(i, k) * other.matrix.at(k, j);
           return y;
         }));
  }

  void add_select(const Pair& x) {
    const Pair a = any_node();
    if (!fit(x.matrix, a.matrix)) return;
    keep(select(x.tensor > 0, a.tensor, 2),
         Matrix::from(
             std::max(x.matrix.rows, a.matrix.rows), std::max(x.matrix.columns, a.matrix.columns),
             [&](auto i, auto j) { return x.matrix.at(i, j) > 0 ? a.matrix.at(i, j) : 2; }));
  }

  // Numbers that grow beyond bounds would only compare rounding.
  void keep(const Tensor& tensor, const Matrix& matrix) {
    const bool is_small =
        std::ranges::all_of(matrix.values, [](double v) { return std::abs(v) < 1e3; });
    if (is_small) nodes_.push_back({tensor, matrix});
  }

  Random random_;
  Graph graph_;
  std::vector<Pair> nodes_;
  std::vector<Feed> feeds_;
};

// The worst element, relative to what sums of such terms may lose.
double worst_error(const Array& value, const Matrix& expected) {
  double worst = 0;
  const auto values = value.values<double>();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double error = std::abs(values[i] - expected.values[i]) / 1e3;
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

TEST(RandomGraphs, a_run_computes_what_an_interpreter_computes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    RandomGraph random(seed);
    Session session(random.graph(), {.threads = 1 + static_cast<int>(seed % 2)});
    for (int run = 0; run < 3; ++run) {
      std::vector<Tensor> fetches;
      std::vector<Matrix> expected;
      for (int i = 0; i < 1 + run; ++i) {
        const Pair& p = random.any_node();
        fetches.push_back(p.tensor);
        expected.push_back(p.matrix);
      }
      const std::vector<Array> values = session.run(fetches, random.feeds());
      for (std::size_t i = 0; i < values.size(); ++i)
        ASSERT_LE(worst_error(values[i], expected[i]), 1e-12)
            << "seed " << seed << ", " << fetches[i].name() << " of\n"
            << to_text(random.graph());
    }
  }
}

TEST(RandomGraphs, all_assignments_of_a_run_take_what_an_interpreter_computes) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    RandomGraph random(seed);
    Session session(random.graph(), {.threads = 1});
    const auto assignments = random.assignments();
    std::vector<Tensor> steps{random.any_node().tensor};
    for (const auto& [variable, value] : assignments)
      steps.push_back(assign(variable, value.tensor));
    session.run(steps, random.feeds());
    for (const auto& [variable, value] : assignments)
      ASSERT_LE(worst_error(session.value(variable), value.matrix), 1e-12)
          << "seed " << seed << ", " << variable.name() << " <- " << value.tensor.name() << " in\n"
          << to_text(random.graph());
  }
}

}  // namespace
}  // namespace gradus
