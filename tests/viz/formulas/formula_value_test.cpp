// A formula that is typed back gives the value: of every op of the table, of its gradients, and of
// the gradients of these.
#include <cmath>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <gradus/error.h>
#include <gradus/formula.h>
#include <gradus/gradients.h>
#include <gradus/op/records.h>
#include <gradus/op/table.h>
#include <gradus/ops.h>
#include <gradus/session.h>

#include "calculator.h"
#include "graph/graph_state.h"

namespace gradus::test {
namespace {

Array upstream(const Shape& shape, DType dtype) {
  std::vector<double> elements;
  for (std::int64_t i = 0; i < shape.element_count(); ++i)
    elements.push_back(0.5 + 0.375 * static_cast<double>(i % 5));
  return Array(shape, elements).cast(dtype);
}

// Broadcasts are invisible: what is read may have fewer elements.
void expect_value(const Array& right, const Array& read, const std::string& text) {
  const std::vector<double> a = right.cast(float64).to_vector<double>(),
                            b = read.cast(float64).to_vector<double>();
  ASSERT_EQ(a.size(), b.size()) << text;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    if (a[i] == b[i]) continue;
    if (a[i] == 0 && !std::isfinite(b[i])) continue;  // a rule is safe where a formula is not
    ASSERT_NEAR(a[i], b[i], 1e-4 * (1 + std::abs(a[i]))) << text;
  }
}

class FormulaValue : public testing::Test {
 protected:
  // Names the arrays among the constants.
  void name_arrays(const Graph& g) {
    for (std::int32_t i = 0; i < g.node_count(); ++i) {
      const NodeId id{i};
      if (g.state().node(id).op != &constant_op || g.state().shape(id).rank() == 0) continue;
      name(g.state().tensor(id), fmt::format("{}", static_cast<char>('a' + names_.size())));
    }
  }
  void name(const Tensor& t, const std::string& symbol) {
    t.shared_state()->give_name(t.id(), symbol, "named", {});
    names_[symbol] = t;
  }

  // What cannot be read is remembered.
  void check(const Graph& g, const Tensor& y, std::string_view op, const char* order) {
    const std::string text = to_text(y);
    try {
      const Tensor read = Calculator(g, names_).read(text);
      const Tensor broadcast = broadcast_like(cast(read, y.dtype()), y);
      Session session(g);
      const std::vector<Array> values = session.run({y, broadcast});
      expect_value(values[0], values[1], fmt::format("{}, {}: {}", op, order, text));
      ++read_;
    } catch (const std::exception&) {
      unread_.insert(std::string(op));
    }
  }

  std::vector<Tensor> gradients_of(const Graph& g, const Tensor& y, const std::string& dy) {
    if (y.dtype() != float32 || !y.shape().is_known()) return {};
    const Tensor incoming = g.constant(upstream(y.shape(), y.dtype()));
    if (y.rank() != 0) name(incoming, dy);
    std::vector<Tensor> result;
    std::vector<Tensor> xs;
    for (const auto& [symbol, x] : names_)
      if (x.dtype() == float32 && symbol != dy) xs.push_back(x);
    for (const Tensor& x : xs) {
      try {
        result.push_back(gradient(y, x, {.grad_ys = {incoming}}));
      } catch (const GraphError&) {  // no path, or no rule
      }
    }
    return result;
  }

  std::map<std::string, Tensor> names_;
  std::set<std::string> unread_;
  int read_ = 0;
};

TEST_F(FormulaValue, of_every_op_and_its_gradients_is_what_is_typed_back) {
  for (const Op* op : all_ops())
    for (const Example& example : op->examples) {
      Graph g;
      names_.clear();
      const Tensor y = example.call(g);
      name_arrays(g);
      check(g, y, op->name, "y");
      int number = 0;
      for (const Tensor& first : gradients_of(g, y, "dy")) {
        check(g, first, op->name, "1st");
        const auto names = names_;
        const std::string ddx = fmt::format("ddx{}", ++number);
        for (const Tensor& second : gradients_of(g, first, ddx)) check(g, second, op->name, "2nd");
        names_ = names;
      }
    }
  EXPECT_EQ(unread_,
            (std::set<std::string>{
                // Random numbers are drawn anew, and an assignment is no value.
                "random_uniform", "random_normal", "random_bernoulli", "assign",
                // A name for what is a formula of its own, or a depth that is not said.
                "softmax_cross_entropy_with_logits", "sparse_softmax_cross_entropy_with_logits",
                "sigmoid_cross_entropy_with_logits", "one_hot_like",
                // The shape of the image or of the filter is not said.
                "conv2d", "conv2d_transpose", "conv2d_input_grad", "conv2d_filter_grad",
                "average_pool2d", "average_pool2d_grad"}));
  EXPECT_GT(read_, 500);
}

}  // namespace
}  // namespace gradus::test
