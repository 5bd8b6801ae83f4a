#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <gradus/auto_encoder.h>
#include <gradus/basic_ae.h>
#include <gradus/error.h>
#include <gradus/formula.h>
#include <gradus/gradients.h>
#include <gradus/losses.h>
#include <gradus/op/op.h>
#include <gradus/ops.h>

#include "support/error_text.h"

namespace gradus {
namespace {

struct Letters {
  Graph g;
  Tensor a = g.placeholder("a", {any_size, 3}), b = g.placeholder("b", {any_size, 3}),
         c = g.placeholder("c", {any_size, 3});
  Tensor x = g.placeholder("x", {3, 3}), y = g.placeholder("y", {3, 3});
};

TEST(FormulaText, precedence_decides_about_brackets) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_text((a + b) * c), "(a + b) * c");
  EXPECT_EQ(to_text(a + b * c), "a + b * c");
  EXPECT_EQ(to_text(a - (b - c)), "a - (b - c)");
  EXPECT_EQ(to_text(a - b - c), "a - b - c");
  EXPECT_EQ(to_text(a / (b * c)), "a / (b * c)");
  EXPECT_EQ(to_text(-square(a)), "-a^2");
  EXPECT_EQ(to_text(square(-a)), "(-a)^2");
  EXPECT_EQ(to_text(a * -b), "a * (-b)");
  EXPECT_EQ(to_text(square(square(a))), "(a^2)^2");
  EXPECT_EQ(to_text(exp(a + b)), "exp(a + b)");
  EXPECT_EQ(to_text(matmul(x + y, x)), "(x + y) x");
  EXPECT_EQ(to_text(matmul(x, matmul(x, y))), "x (x y)");
}

TEST(FormulaLatex, precedence_decides_about_brackets) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_latex((a + b) * c), "(a + b) \\odot c");
  EXPECT_EQ(to_latex(a / (b * c)), "\\frac{a}{b \\odot c}");
  EXPECT_EQ(to_latex(square(a / b)), "\\left(\\frac{a}{b}\\right)^{2}");
  EXPECT_EQ(to_latex(-square(a)), "-a^{2}");
  EXPECT_EQ(to_latex(matmul(x, y, {.transpose_b = true})), "x y^\\top");
  EXPECT_EQ(to_latex(sqrt(a + b)), "\\sqrt{a + b}");
}

// An op of the user's, which says that its formula is a power.
constexpr Op cube_op{
    .name = "cube",
    .doc = "y = x^3.",
    .operands = {"x"},
    .text = {"{x}^3", Precedence::power},
    .latex = {"{x}^{3}", Precedence::power},
    .kernel = elementwise<1>([](auto x) { return x * x * x; }),
};
constexpr Op fourth_power_op{
    .name = "fourth_power",
    .doc = "y = x^4.",
    .operands = {"x"},
    .kernel = elementwise<1>([](auto x) { return x * x * x * x; }),
};

TEST(Formula, brackets_stand_around_ops_of_the_user_by_their_precedence) {
  Graph g;
  const Tensor x = g.placeholder("x", {2}), y = g.placeholder("y", {2});
  const auto made = [](const Op& op, const Operand& operand) { return add_node(op, {&operand}); };
  EXPECT_EQ(to_text(made(cube_op, x + y)), "(x + y)^3");
  EXPECT_EQ(to_text(square(made(cube_op, x))), "(x^3)^2");
  EXPECT_EQ(to_text(-made(cube_op, x) * y), "(-x^3) * y");
  EXPECT_EQ(to_latex(made(cube_op, x / y)), R"(\left(\frac{x}{y}\right)^{3})");
  EXPECT_EQ(to_text(square(made(fourth_power_op, x + y))), "fourth_power(x + y)^2");
  EXPECT_EQ(to_latex(made(fourth_power_op, x / y)),
            R"(\operatorname{fourthpower}\left(\frac{x}{y}\right))");
}

TEST(FormulaText, transposes_are_marks_in_products) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_text(matmul(x, y, {.transpose_b = true})), "x y^T");
  EXPECT_EQ(to_text(matmul(transpose(x), y, {.transpose_a = true})), "x y");
  EXPECT_EQ(to_text(transpose(transpose(x))), "x");
  EXPECT_EQ(to_text(transpose(x + y)), "(x + y)^T");
}

TEST(FormulaText, numbers_stand_first_and_a_factor_of_1_is_not_written) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_text(2 * a), "2 a");
  EXPECT_EQ(to_text(a * 2), "2 a");
  EXPECT_EQ(to_text(1 * a), "a");
  EXPECT_EQ(to_text(1e-5 * (a + b)), "1e-05 (a + b)");
  EXPECT_EQ(to_latex(1e-5 * (a + b)), "10^{-5} (a + b)");
  EXPECT_EQ(to_text(-(-a)), "a");
}

TEST(FormulaText, shared_parts_are_named_once) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  const Tensor h = elu(a + b);
  EXPECT_EQ(to_text(h * exp(h)), "let h1 = elu(a + b)\nh1 * exp(h1)");
  EXPECT_EQ(to_latex(h * exp(h)),
            "\\begin{aligned}\nh_{1} &= \\operatorname{elu}(a + b) \\\\\n&h_{1} \\odot "
            "e^{h_{1}}\n\\end{aligned}");
}

TEST(FormulaText, names_of_the_user_are_kept) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  const Tensor sum = named(a + b, "sum_1");
  EXPECT_EQ(to_text(exp(sum)), "let sum_1 = a + b\nexp(sum_1)");
  EXPECT_EQ(to_text(named(exp(sum), "e")), "let sum_1 = a + b\ne = exp(sum_1)");
}

TEST(FormulaText, shapes_are_written_on_request) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_text(matmul(a, x), {.shapes = true}), "a  [?, 3]\nx  [3, 3]\na x  [?, 3]");
  EXPECT_EQ(to_latex(matmul(a, x), {.shapes = true}),
            "\\begin{aligned}\na &\\in \\mathbb{R}^{N \\times 3} \\\\\nx &\\in \\mathbb{R}^{3 "
            "\\times 3} \\\\\n&a x \\in \\mathbb{R}^{N \\times 3}\n\\end{aligned}");
}

struct Model {
  Graph g;
  Tensor x = g.placeholder("x", {any_size, 3});
  models::BasicAE ae{g, {3, 2}};
  Tensor loss = reconstruction_error(ae(x), x);
};

TEST(FormulaText, loss_of_the_basic_auto_encoder_reads_as_in_a_textbook) {
  Model m;
  EXPECT_EQ(to_text(m.loss), "mean(norm(elu(elu(x W^T + b1) W + b2) - x, axis=1)^2)");
  EXPECT_EQ(
      to_latex(m.loss),
      "\\frac{1}{N} \\sum_{n=1}^{N} \\left\\lVert {(\\operatorname{elu}(\\operatorname{elu}(x "
      "W^\\top + b_{1}) W + b_{2}) - x)}_{n} \\right\\rVert^{2}");
}

TEST(FormulaText, gradient_of_a_tied_matrix_is_the_sum_of_two_contributions) {
  Model m;
  EXPECT_EQ(to_text(gradient(m.loss, m.ae.W())),
            "let t1 = x W^T + b1\n"
            "let h1 = elu(t1)\n"
            "let t2 = h1 W + b2\n"
            "let delta1 = elu'(t2) * (2 / N * (elu(t2) - x))\n"
            "h1^T delta1 + (elu'(t1) * (delta1 W^T))^T x");
  EXPECT_EQ(to_latex(gradient(m.loss, m.ae.W())), R"(\begin{aligned}
t_{1} &= x W^\top + b_{1} \\
h_{1} &= \operatorname{elu}(t_{1}) \\
t_{2} &= h_{1} W + b_{2} \\
\delta_{1} &= \operatorname{elu}'(t_{2}) \odot \left(\frac{2}{N} (\operatorname{elu}(t_{2}) - x)\right) \\
&h_{1}^\top \delta_{1} + (\operatorname{elu}'(t_{1}) \odot (\delta_{1} W^\top))^\top x
\end{aligned})");
}

TEST(FormulaText, gradient_of_a_bias_is_a_sum_over_the_rows) {
  Model m;
  EXPECT_EQ(to_text(gradient(m.loss, m.ae.b2())),
            "let t1 = elu(x W^T + b1) W + b2\n"
            "sum(elu'(t1) * (2 / N * (elu(t1) - x)), axis=0)");
}

// What the rules need in order to be safe at 0, and what follows from numbers, is not shown.
TEST(FormulaText, derivatives_read_as_in_a_textbook) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  const auto slope = [](Tensor f, Tensor of) { return to_text(gradient(reduce_sum(f), of)); };
  EXPECT_EQ(slope(power(a, 3), a), "3 a^2");
  EXPECT_EQ(slope(exp(a), a), "exp(a)");
  EXPECT_EQ(slope(log(a), a), "1 / a");
  EXPECT_EQ(slope(sqrt(a), a), "1 / (2 sqrt(a))");
  EXPECT_EQ(slope(a / b, b), "-a / b / b");
  EXPECT_EQ(slope(square(matmul(x, y)), x), "2 (x y) y^T");
  EXPECT_EQ(slope(tanh(a), a), "tanh'(a)");
  EXPECT_EQ(slope(relu(a) * b, a), "relu'(a) * b");
  EXPECT_EQ(slope(elu(a, 0.5), a), "elu'(a, alpha=0.5)");
  EXPECT_EQ(to_latex(gradient(reduce_sum(elu(a, 0.5)), a)),
            "\\operatorname{elu}'(a; \\alpha = 0.5)");
  EXPECT_EQ(to_latex(gradient(reduce_sum(sigmoid(a) * b), a)),
            "\\operatorname{sigmoid}'(a) \\odot b");
  // Of a y that no activation made.
  EXPECT_EQ(to_text(tanh_grad(a, b)), "tanh_grad(a, b)");
  EXPECT_EQ(to_latex(tanh_grad(a, b)), "\\operatorname{tanhgrad}(a, b)");
  // What a user wrote stays.
  const Tensor ones = g.constant({1, 1, 1});
  EXPECT_EQ(to_text(a * ones), "a * [1, 1, 1]");
}

TEST(FormulaText, a_quotient_before_a_matrix_stands_in_brackets) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_text(matmul(x / 2, y)), "(x / 2) y");
  EXPECT_EQ(to_text(matmul(matmul(x, y) / 2, y)), "(x y / 2) y");
  EXPECT_EQ(to_text(matmul(x * y, y)), "(x * y) y");
  EXPECT_EQ(to_text(matmul(matmul(x, y), y)), "x y y");
  EXPECT_EQ(to_latex(matmul(x / 2, y)), "\\frac{x}{2} y");
}

TEST(FormulaText, slices_are_written_as_numpy_has_them) {
  Letters l;
  const auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_text(slice(x, {{}, {1, 2}})), "x[:, 1:2]");
  EXPECT_EQ(to_text(slice(x, {{.start = -2}, {.step = -1}})), "x[-2:, ::-1]");
  EXPECT_EQ(to_text(slice(x + y, {{0, 2}})), "(x + y)[0:2]");
  EXPECT_EQ(to_latex(slice(x, {{}, {1, 2}})), "x[:, 1:2]");
  EXPECT_EQ(to_text(unstack(x)[1]), "x[1]");
  EXPECT_EQ(to_text(unstack(x + y, 1)[2]), "(x + y)[:, 2]");
  EXPECT_EQ(to_text(split(x, 3, 1)[2]), "x[:, 2:3]");
  EXPECT_EQ(to_latex(unstack(x)[1]), "x[1]");
  // A name of the user's stays.
  EXPECT_EQ(to_text(squeeze(named(slice(x, {{1, 2}}), "row"), 0)),
            "let row = x[1:2]\nsqueeze(row, axis=0)");
}

// A chain of sums of numbers, each of which could be folded.
TEST(FormulaText, folding_numbers_does_not_recurse) {
  Graph g;
  Tensor sum = g.constant(1);
  for (int i = 0; i < 200'000; ++i) sum = sum + 1;
  EXPECT_GT(to_text(sum).size(), 0U);
}

TEST(FormulaText, several_tensors_share_their_parts) {
  Model m;
  const Tensor loss = named(m.loss + 1e-4 * l2({m.ae.W()}), "loss");
  EXPECT_EQ(to_text(std::vector<Tensor>{loss, square(loss)}),
            "let loss = mean(norm(elu(elu(x W^T + b1) W + b2) - x, axis=1)^2) + 0.0001 ||W||^2\n"
            "loss^2");
}

TEST(FormulaText, attributes_are_shown_where_they_matter) {
  Letters l;
  auto& [g, a, b, c, x, y] = l;
  EXPECT_EQ(to_text(elu(a)), "elu(a)");
  EXPECT_EQ(to_text(elu(a, 0.5)), "elu(a, alpha=0.5)");
  EXPECT_EQ(to_latex(elu(a, 0.5)), "\\operatorname{elu}(a; \\alpha = 0.5)");
  EXPECT_EQ(to_text(elu(a, double{0.2F})), "elu(a, alpha=0.2)");
  EXPECT_EQ(to_text(reduce_sum(a)), "sum(a)");
  EXPECT_EQ(to_text(reduce_sum(a, 0)), "sum(a, axis=0)");
  EXPECT_EQ(to_text(reduce_max(a, -1, true)), "max(a, axis=1, keepdims=True)");
  EXPECT_EQ(to_latex(reduce_mean(a, 0)), "\\operatorname{mean}_{\\text{axis 0}}(a)");
  const Tensor cube = g.placeholder("cube", {2, 3, 4});
  EXPECT_EQ(to_text(reduce_sum(cube, {0, -1})), "sum(cube, axis=(0, 2))");
  EXPECT_EQ(to_text(transpose(cube, {1, 0, 2})), "transpose(cube, [1, 0, 2])");
}

TEST(FormulaText, what_a_gradient_repeats_or_cuts_is_indexed_as_in_numpy) {
  Graph g;
  const Tensor x = g.placeholder("x", {2, 3}), y = g.placeholder("y", {1, 3}),
               w = g.placeholder("w", {2});
  EXPECT_EQ(to_text(gradient(reduce_sum(w * reduce_sum(square(x), 1)), x)), "w[:, None] * (2 x)");
  EXPECT_EQ(to_latex(gradient(reduce_sum(w * reduce_sum(square(x), 1)), x)),
            R"(\operatorname{repeat}_{\text{axis 1}}(w) \odot (2 x))");
  const Tensor all = concat({x, y});
  EXPECT_EQ(to_text(gradient(reduce_sum(square(all)), y)), "(2 concat(x, y, axis=0))[2:3]");
  EXPECT_EQ(to_text(reduce_sum(square(x), 1)), "norm(x, axis=1)^2");
  EXPECT_EQ(to_text(reverse(x, {0, 1})), "reverse(x, axis=(0, 1))");
  EXPECT_EQ(to_text(reshape(x, {3, -1})), "reshape(x, shape=[3, -1])");
  EXPECT_EQ(to_text(cumsum(x, 0, {.reverse = true})), "cumsum(x, axis=0, reverse=True)");
}

TEST(FormulaText, hostile_names_are_quoted) {
  Graph g;
  const Tensor x = g.placeholder("a \"b\" \\ {c}_$%", {2});
  EXPECT_EQ(to_text(exp(x)), "exp(\"a \\\"b\\\" \\\\ {c}_$%\")");
  EXPECT_EQ(to_latex(exp(x)), "e^{\\text{a \"b\" \\textbackslash{} \\{c\\}\\_\\$\\%}}");
}

TEST(FormulaLatex, underscores_and_digits_are_indices) {
  Graph g;
  const auto symbol = [&](const std::string& name) { return to_latex(g.placeholder(name, {2})); };
  EXPECT_EQ(symbol("W1"), "W_{1}");
  EXPECT_EQ(symbol("W_enc"), "W_{\\mathrm{enc}}");
  EXPECT_EQ(symbol("x_tilde"), "\\tilde{x}");
  EXPECT_EQ(symbol("sigma"), "\\sigma");
  EXPECT_EQ(symbol("labels"), "\\mathrm{labels}");
  EXPECT_EQ(symbol("h2_1"), "h_{2,1}");
}

TEST(FormulaLatex, index_of_an_index_is_a_group_of_its_own) {
  Graph g;
  const Tensor x = g.placeholder("x1", {any_size, 3});
  EXPECT_EQ(to_latex(reconstruction_error(x, 0)),
            "\\frac{1}{N} \\sum_{n=1}^{N} \\left\\lVert {(x_{1} - 0)}_{n} \\right\\rVert^{2}");
  EXPECT_EQ(to_latex(reduce_mean(reduce_sum(square(x), 1))),
            "\\frac{1}{N} \\sum_{n=1}^{N} \\left\\lVert {x_{1}}_{n} \\right\\rVert^{2}");
}

TEST(FormulaText, variables_of_two_scopes_can_be_told_apart) {
  Graph g;
  models::BasicAE one(g, {3, 2}), two(g, {3, 2});
  EXPECT_EQ(to_text(Tensor(one.W()) + two.W()), "basic_ae.W + basic_ae_1.W");
  EXPECT_EQ(to_latex(Tensor(one.W()) + two.W()), "\\text{basic\\_ae.}W + \\text{basic\\_ae\\_1.}W");
}

TEST(FormulaText, wrong_arguments_are_refused) {
  Graph g, other;
  const Tensor x = g.placeholder("x", {2}), y = other.placeholder("y", {2});
  EXPECT_EQ(error_text<GraphError>([] { to_text(std::vector<Tensor>{}); }),
            "formula: there is nothing to write");
  EXPECT_EQ(error_text<GraphError>([] { to_text(Tensor()); }),
            "formula: an empty Tensor has no formula");
  EXPECT_EQ(error_text<GraphError>([&] {
              to_text(std::vector<Tensor>{x, y});
            }),
            "formula: \"x\" and \"y\" are of two graphs");
  EXPECT_EQ(error_text<GraphError>([&] { to_text(x, {.longest = 0}); }),
            "formula: longest is 0, at least 1 is needed");
}

TEST(FormulaText, deep_chain_is_cut_into_named_parts) {
  Graph g;
  Tensor x = g.placeholder("x", {2});
  for (int i = 0; i < 100000; ++i) x = exp(x);
  const std::string text = to_text(x);
  EXPECT_TRUE(text.starts_with("let t1 = exp(exp("));
  EXPECT_EQ(std::ranges::count(text, '\n'), 100000 / 21);
}

TEST(Formula, random_numbers_tell_their_distribution) {
  Graph g;
  const Tensor x = g.placeholder("x", {any_size, 2});
  EXPECT_EQ(to_text(random_normal_like(x, 0, 0.5)), "normal(0, 0.5)");
  EXPECT_EQ(to_text(random_uniform(g, {3}, -1, 1)), "uniform(-1, 1, shape=[3], dtype=float32)");
  EXPECT_EQ(to_text(dropout(x, 0.25)), "where(bernoulli(0.75), x / 0.75, 0)");
  EXPECT_EQ(to_latex(random_uniform_like(x)), R"(\operatorname{uniform}(0, 1))");
}

}  // namespace
}  // namespace gradus
