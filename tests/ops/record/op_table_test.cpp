#include <gradus/op/table.h>

#include <cmath>
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>

#include <gradus/op/records.h>

#include "ops/support.h"

namespace gradus {
namespace {

TEST(OpTable, has_each_name_once) {
  std::set<std::string_view> names;
  for (const Op* op : all_ops()) EXPECT_TRUE(names.insert(op->name).second) << op->name;
}

TEST(OpTable, has_well_formed_records_with_documents_and_formulas) {
  for (const Op* op : all_ops()) {
    EXPECT_TRUE(op->is_well_formed()) << op->name;
    EXPECT_TRUE(op->doc.ends_with('.')) << op->name;
    EXPECT_EQ(op->doc.find('\n'), op->doc.npos) << op->name;
    const bool is_source = std::holds_alternative<IsSource>(op->kernel);
    EXPECT_EQ(op->examples.empty(), is_source) << op->name;
  }
}

TEST(OpTable, pairs_each_gradient_rule_with_its_text) {
  for (const Op* op : all_ops()) {
    ASSERT_EQ(op->gradient.size(), op->gradient_text.size()) << op->name;
    for (std::size_t k = 0; k < op->gradient.size(); ++k) {
      const std::string_view text = op->gradient_text[k];
      EXPECT_EQ(bool(op->gradient[k]), !text.empty()) << op->name;
      if (text.empty()) continue;
      const std::string operand(op->operands.empty() ? "x" : op->operands[k]);
      EXPECT_TRUE(text.starts_with("d" + operand + " = ")) << op->name;
      // What is no equation stands after a semicolon.
      const std::string_view equation = text.substr(0, text.find("; "));
      const bool has_caveat = equation.find(", 0 ") != equation.npos ||
                              equation.find(", summed") != equation.npos ||
                              equation.find(", repeated") != equation.npos;
      EXPECT_TRUE(!has_caveat || equation.ends_with("elsewhere")) << op->name << ": " << text;
    }
  }
}

// Each {word} of a formula is an operand or an attribute.
TEST(OpTable, formulas_name_operands_and_attributes_alone) {
  for (const Op* op : all_ops()) {
    std::set<std::string_view> known(op->operands.begin(), op->operands.end());
    for (const AnyKey* key : op->attributes) known.insert(key->name);
    for (const std::string& formula : {text_of(*op), latex_of(*op)})
      for (std::size_t i = 0; i < formula.size(); ++i) {
        if (formula[i] != '{') continue;
        const std::size_t end = formula.find_first_of("{}", i + 1);
        ASSERT_NE(end, formula.npos) << op->name;
        const std::string word = formula.substr(i + 1, end - i - 1);
        if (formula[end] == '{' || word.find_first_of(" ^\\0123456789") != word.npos) continue;
        if (formula.substr(0, i).ends_with("operatorname")) continue;
        EXPECT_TRUE(known.contains(word)) << op->name << ": " << formula;
      }
  }
}

// What begins or ends with an operand is no call (x_i is one): brackets must know what it is.
TEST(OpTable, formulas_that_are_no_calls_say_how_tightly_they_hold) {
  for (const Op* op : all_ops())
    for (const Form& form : {op->text, op->latex})
      for (std::string_view operand : op->operands) {
        const std::string hole = "{" + std::string(operand) + "}";
        const bool begins = form.code.starts_with(hole) && !form.code.starts_with(hole + "_");
        const bool is_call = form.code == hole || !(begins || form.code.ends_with(" " + hole));
        EXPECT_TRUE(is_call || form.precedence != Precedence::call)
            << op->name << ": " << form.code;
      }
}

TEST(OpTable, records_without_texts_are_calls) {
  EXPECT_EQ(text_of(where_op), "where({condition}, {a}, {b})");
  EXPECT_EQ(latex_of(where_op), R"(\operatorname{where}({condition}, {a}, {b}))");
  EXPECT_EQ(latex_of(is_nan_op), R"(\operatorname{isnan}({x}))");
  EXPECT_EQ(text_of(group_op), "group");
}

// Equal texts, numbers in them within a relative 1e-6.
bool same_text(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (!a.empty() && !b.empty()) {
    if (!is_digit(a[0]) || !is_digit(b[0])) {
      if (a[0] != b[0]) return false;
      a.remove_prefix(1);
      b.remove_prefix(1);
      continue;
    }
    const std::string of_a(a), of_b(b);
    char *end_a = nullptr, *end_b = nullptr;
    const double x = std::strtod(of_a.c_str(), &end_a), y = std::strtod(of_b.c_str(), &end_b);
    if (std::abs(x - y) > 1e-6 * std::max(std::abs(x), std::abs(y))) return false;
    a.remove_prefix(static_cast<std::size_t>(end_a - of_a.c_str()));
    b.remove_prefix(static_cast<std::size_t>(end_b - of_b.c_str()));
  }
  return a.empty() && b.empty();
}

TEST(OpTable, examples_give_what_stands_beside_them) {
  for (const Op* op : all_ops())
    for (const Example& example : op->examples) {
      Graph g;
      const std::string result = to_text(value(example.call(g)));
      EXPECT_TRUE(same_text(result, example.result))
          << op->name << " gives " << result << ", its record says " << example.result;
    }
}

TEST(OpTable, examples_use_their_op) {
  for (const Op* op : all_ops())
    for (const Example& example : op->examples) {
      Graph g;
      EXPECT_EQ(example.call(g).op_name(), op->name);
    }
}

TEST(OpTable, comparison_of_example_texts_can_fail) {
  EXPECT_TRUE(same_text("[0.5, 1]", "[0.50000001, 1]"));
  EXPECT_FALSE(same_text("[0.5, 1]", "[0.5001, 1]"));
  EXPECT_FALSE(same_text("[0.5, 1]", "[0.5, 1, 2]"));
  EXPECT_FALSE(same_text("[inf]", "[nan]"));
}

}  // namespace
}  // namespace gradus
