// That each rule of simplify is used where it holds, keeps the value, and is not used elsewhere.
#include "compiler/passes/simplify_rules.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/custom_gradient.h>
#include <gradus/graph.h>
#include <gradus/op/records.h>
#include <gradus/op/table.h>
#include <gradus/ops.h>
#include <gradus/pass_trace.h>
#include <gradus/session.h>
#include <gradus/text.h>

namespace gradus {
namespace {

// What examples are written over: squares of what is fed, so that an operand of an operand is
// another value. All values are small whole numbers, and there are 8 of x: so nothing is rounded,
// and values are the same bits in whichever order they are computed.
struct Inputs {
  Graph g;
  std::vector<Feed> feeds;
  Tensor x = input({2, 4}), y = input({2, 4}), row = input({4}), column = input({2, 1});
  Tensor number = input({}), one = input({1, 1});
  Tensor left = input({1, 2, 4}), cube = input({2, 2, 4}), whole = input({2, 4}, int32);
  Tensor three = broadcast_to(g.constant(3), {2, 4});

  Tensor input(const Shape& shape, DType dtype = float32) {
    std::vector<double> values(static_cast<std::size_t>(shape.element_count()));
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = static_cast<double>((7 * i + 3 * feeds.size()) % 11) - 4.0;
    const Tensor fed = g.placeholder("in" + std::to_string(feeds.size()), shape, dtype);
    feeds.emplace_back(fed, Array(shape, values).cast(dtype));
    return square(fed);
  }
};
using Expression = Tensor (*)(const Inputs& in);

struct Example {
  const Op* op;  // of the node that is rewritten
  std::string_view rule;
  Expression make;
};
const Example examples[] = {
    {&identity_op, "a view in its own shape", [](const Inputs& in) { return identity(in.x); }},
    {&stop_gradient_op, "a view in its own shape",
     [](const Inputs& in) { return stop_gradient(in.x); }},
    {&custom_gradient_op, "a view in its own shape",
     [](const Inputs& in) {
       return custom_gradient(
           in.x,
           {{in.x, [](const Tensor& dy, const Tensor&, std::span<const Tensor>) { return dy; }}});
     }},
    {&reshape_op, "a view in its own shape",
     [](const Inputs& in) {
       return reshape(in.x, {2, 4});
     }},
    {&reshape_op, "a view of a view",
     [](const Inputs& in) { return reshape(expand_dims(in.x, 0), {8}); }},
    {&expand_dims_op, "a view of a view",
     [](const Inputs& in) { return expand_dims(squeeze(in.column), 0); }},
    {&squeeze_op, "a view of a view",
     [](const Inputs& in) {
       return squeeze(reshape(in.x, {1, 8}));
     }},
    {&reshape_op, "a view of a repeated number",
     [](const Inputs& in) {
       return reshape(broadcast_to(in.number, {2, 4}), {8});
     }},
    {&reshape_like_op, "reshape to a known shape",
     [](const Inputs& in) { return reshape_like(in.left, in.x); }},
    {&broadcast_like_op, "broadcast to a known shape",
     [](const Inputs& in) { return broadcast_like(in.row, in.x); }},
    {&broadcast_to_op, "a broadcast to its own shape",
     [](const Inputs& in) {
       return broadcast_to(in.x, {2, 4});
     }},
    {&broadcast_to_op, "a broadcast of a broadcast",
     [](const Inputs& in) {
       return broadcast_to(broadcast_to(in.row, {2, 4}), {3, 2, 4});
     }},
    {&expand_like_op, "expand to a known shape",
     [](const Inputs& in) { return expand_like(in.row, in.x, 0, false); }},
    {&full_like_op, "a number repeated to a known shape",
     [](const Inputs& in) { return full_like(in.x, 5); }},
    {&sum_like_op, "sum to a known shape",
     [](const Inputs& in) { return sum_like(in.cube, in.column); }},
    {&reduce_sum_op, "a sum along axes of size 1",
     [](const Inputs& in) { return reduce_sum(in.column, 1); }},
    {&reduce_sum_op, "a sum of sums",
     [](const Inputs& in) { return reduce_sum(reduce_sum(in.cube, 1), 0); }},
    {&reduce_sum_op, "sum(c x) = c sum(x)",
     [](const Inputs& in) { return reduce_sum(2 * in.x, 1, true); }},
    {&reduce_sum_op, "a sum of what was repeated",
     [](const Inputs& in) {
       return reduce_sum(broadcast_to(in.row, {2, 4}));
     }},
    {&reduce_sum_op, "a sum of what was repeated",
     [](const Inputs& in) {
       return reduce_sum(broadcast_to(in.column, {2, 4}), 1);
     }},
    {&reduce_sum_op, "a sum of what was repeated",
     [](const Inputs& in) {
       return reduce_sum(broadcast_to(in.cube, {3, 2, 2, 4}), {0, 2});
     }},
    {&reduce_mean_op, "mean(x) = sum(x) / n",
     [](const Inputs& in) { return reduce_mean(in.x, 1, true); }},
    {&multiply_op, "1 x = x", [](const Inputs& in) { return 1 * in.x; }},
    {&multiply_op, "1 x = x", [](const Inputs& in) { return in.x * 1; }},
    {&multiply_no_nan_op, "1 x = x", [](const Inputs& in) { return multiply_no_nan(in.x, 1); }},
    {&multiply_op, "a (b x) = (a b) x", [](const Inputs& in) { return 2 * (3 * in.x); }},
    {&multiply_op, "a (b x) = (a b) x", [](const Inputs& in) { return (in.x * 3) * 2; }},
    {&multiply_op, "a (b x) = (a b) x", [](const Inputs& in) { return 2 * -in.x; }},
    {&negative_op, "-(c x) = (-c) x", [](const Inputs& in) { return -(2 * in.x); }},
    {&add_op, "a + (-b) = a - b", [](const Inputs& in) { return in.x + -in.y; }},
    {&add_op, "a + (-b) = a - b", [](const Inputs& in) { return -in.x + in.y; }},
    {&add_op, "dy added where the slice is",
     [](const Inputs& in) {
       return in.y + slice_grad(in.column, in.x, {{}, {1, 2}});
     }},
    {&add_op, "dy added where the slice is",
     [](const Inputs& in) {
       return slice_grad(in.column, in.x, {{}, {1, 2}}) + in.y;
     }},
    {&subtract_op, "x - 0 = x", [](const Inputs& in) { return in.x - 0; }},
    {&subtract_op, "a - (-b) = a + b", [](const Inputs& in) { return in.x - -in.y; }},
    {&divide_op, "x / 1 = x", [](const Inputs& in) { return in.x / 1; }},
    {&where_op, "a choice of equals",
     [](const Inputs& in) { return where(in.x > in.y, in.y, in.y); }},
    {&cast_op, "a cast to its own dtype", [](const Inputs& in) { return cast(in.x, float32); }},
    {&transpose_op, "a transpose of a transpose",
     [](const Inputs& in) {
       return transpose(transpose(in.cube, {1, 2, 0}), {1, 2, 0});
     }},
    {&transpose_op, "a transpose that moves nothing",
     [](const Inputs& in) {
       return transpose(in.left, {1, 0, 2});
     }},
    {&transpose_op, "a transpose that moves nothing",
     [](const Inputs& in) { return transpose(in.one); }},
    {&transpose_op, "a transpose that moves nothing",
     [](const Inputs& in) { return transpose(in.row); }},
    {&matmul_op, "a transpose as a flag",
     [](const Inputs& in) { return matmul(transpose(in.x), in.y); }},
    {&matmul_op, "a transpose as a flag",
     [](const Inputs& in) {
       const Tensor a = transpose(in.x), b = transpose(in.y);
       return matmul(a, b, {.transpose_a = true});
     }},
    {&matmul_op, "a transpose as a flag",
     [](const Inputs& in) {
       return matmul(in.cube, transpose(in.cube, {0, 2, 1}));
     }},
    {&maximum_op, "a number beside an array",
     [](const Inputs& in) { return maximum(in.x, in.three); }},
    {&subtract_op, "a number beside an array", [](const Inputs& in) { return in.three - in.x; }},
    {&abs_op, "f(x repeated) = f(x), repeated",
     [](const Inputs& in) {
       return abs(broadcast_to(in.row, {2, 4}));
     }},
};

// Each rewriting of simplify: the op of the node that was rewritten, and the rule.
using Used = std::vector<std::pair<const Op*, std::string_view>>;
Used used(const Tensor& fetch, const std::vector<Feed>& feeds) {
  Used all;
  const std::vector<PassTrace> traces = trace_passes({fetch}, feeds);
  for (std::size_t i = 1; i < traces.size(); ++i)
    for (const PassTrace::Rewriting& r : traces[i].rewritings)
      if (traces[i].name == "simplify")
        all.emplace_back(traces[i - 1].graph.state().kind(r.node).op, r.rule);
  return all;
}

TEST(Passes, simplify_uses_each_rule_in_its_example) {
  for (const Example& example : examples) {
    SCOPED_TRACE(std::string(example.op->name) + ": " + std::string(example.rule));
    const Inputs in;
    const Tensor fetch = example.make(in);
    const Used all = used(fetch, in.feeds);
    EXPECT_EQ(std::ranges::count(all, std::pair(example.op, example.rule)), 1);
    const Array expected = Session(in.g, {.passes = {.simplify = false}}).run(fetch, in.feeds);
    EXPECT_EQ(to_text(Session(in.g).run(fetch, in.feeds)), to_text(expected));
  }
}

TEST(Passes, simplify_has_an_example_of_each_rule_and_of_each_op_that_has_some) {
  std::set<std::string_view> shown;
  for (const Example& example : examples) shown.insert(example.rule);
  const auto check = [&](std::span<const SimplifyRule> rules) {
    for (const SimplifyRule& rule : rules) EXPECT_TRUE(shown.contains(rule.name)) << rule.name;
  };
  check(simplify_rules_for_elementwise());
  for (const Op* op : all_ops()) {
    const std::span<const SimplifyRule> rules = simplify_rules_for(*op);
    check(rules);
    const bool is_shown = std::ranges::any_of(examples, [&](const Example& example) {
      return example.op == op &&
             std::ranges::find(rules, example.rule, &SimplifyRule::name) != rules.end();
    });
    EXPECT_EQ(is_shown, !rules.empty()) << op->name;
  }
}

TEST(Passes, simplify_leaves_what_its_rules_do_not_say) {
  const Expression as_it_is[] = {
      [](const Inputs& in) { return expand_dims(in.x, 0); },
      [](const Inputs& in) {
        return reshape(broadcast_to(in.row, {2, 4}), {8});
      },
      [](const Inputs& in) {
        return broadcast_to(in.row, {2, 4});
      },
      [](const Inputs& in) {
        return transpose(broadcast_to(in.row, {2, 4}));
      },
      // Sums.
      [](const Inputs& in) { return reduce_sum(in.x, 1); },
      [](const Inputs& in) { return reduce_sum(in.x * in.y); },
      [](const Inputs& in) { return reduce_sum(0 * in.x); },
      [](const Inputs& in) {
        return reduce_sum(broadcast_to(in.row, {2, 4}), 1);
      },
      [](const Inputs& in) {
        return reduce_sum(broadcast_to(in.column, {2, 4}), 0);
      },
      [](const Inputs& in) {
        return reduce_sum(broadcast_to(in.whole, {3, 2, 4}));
      },
      // Arithmetic.
      [](const Inputs& in) { return 2 * in.x; },
      [](const Inputs& in) { return 2 * (3 * in.whole); },
      [](const Inputs& in) { return 1 * in.whole; },
      [](const Inputs& in) { return 2 * (in.x * in.y); },
      [](const Inputs& in) { return multiply_no_nan(in.x, 2); },
      [](const Inputs& in) { return -(in.x * in.y); },
      [](const Inputs& in) { return -(2 * in.whole); },
      [](const Inputs& in) { return 0 - in.x; },
      [](const Inputs& in) { return in.x - 1; },
      [](const Inputs& in) { return -in.x - in.y; },
      [](const Inputs& in) { return 1 / in.x; },
      [](const Inputs& in) { return in.x / 2; },
      [](const Inputs& in) { return where(in.x > in.y, in.x, in.y); },
      [](const Inputs& in) { return where(in.x > in.y, 2, 2); },
      [](const Inputs& in) { return cast(in.x, float64); },
      [](const Inputs& in) {
        return in.whole + slice_grad(cast(in.column, int32), in.whole, {{}, {1, 2}});
      },
      // Numbers that are repeated.
      [](const Inputs& in) {
        return in.x + broadcast_to(in.number, {2, 4});
      },
      [](const Inputs& in) { return in.three + in.three; },
      // Transposes: also of one row, which may be the flag of a product.
      [](const Inputs& in) { return transpose(in.column); },
      [](const Inputs& in) {
        return transpose(in.cube, {1, 0, 2});
      },
      [](const Inputs& in) {
        return matmul(transpose(in.cube, {1, 0, 2}), in.cube, {.transpose_b = true});
      },
      [](const Inputs& in) { return matmul(in.x, in.y, {.transpose_b = true}); },
  };
  for (const Expression make : as_it_is) {
    const Inputs in;
    const Tensor fetch = make(in);
    std::string rules;
    for (const auto& [op, rule] : used(fetch, in.feeds))
      rules += std::string(op->name) + ": " + std::string(rule) + "\n";
    EXPECT_EQ(rules, "") << listing({fetch});
  }
}

// Each round finds one sum more to take beneath a number: none of the numbers become one.
TEST(Passes, simplify_ends_after_some_rounds_though_there_is_more_to_do) {
  Graph g;
  const Tensor x = g.placeholder("x", {2});
  const std::vector<Feed> feeds{{x, Array({1, 2})}};
  Tensor scaled = x;
  for (int i = 0; i < 20; ++i) scaled = 1e25 * scaled;
  const Tensor sum = reduce_sum(scaled);
  const std::vector<PassTrace> traces = trace_passes({sum}, feeds);
  EXPECT_EQ(std::ranges::count(traces, "simplify", &PassTrace::name), 8);
}

}  // namespace
}  // namespace gradus
