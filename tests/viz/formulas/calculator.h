// A reader of formulas, as to_text writes them: builds what they say, in NumPy's sense of names.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gradus/graph.h>
#include <gradus/op/op.h>
#include <gradus/tensor.h>

namespace gradus::test {

class Calculator {
 public:
  Calculator(const Graph& g, std::map<std::string, Tensor> names)
      : graph_(g), names_(std::move(names)) {}

  // Of "let h = ..." and a last line. std::runtime_error for what cannot be read.
  Tensor read(const std::string& text);

 private:
  using Words = std::map<std::string, std::string>;  // axis=0

  Operand either();
  Operand both();
  Operand relation();
  Operand sum();
  Operand product();
  Operand power();
  Operand postfix();
  Operand primary();
  Operand call(const std::string& name);
  Operand by_table(const std::string& name, const std::vector<Operand>& operands,
                   const Words& words);
  Tensor indexed(const Tensor& x);
  Tensor array();

  [[noreturn]] void fail(const std::string& what) const;
  void skip_spaces();
  bool sees(std::string_view token);
  bool take(std::string_view token);
  void need(std::string_view token);
  std::string word();
  std::string until_end_of_argument();
  Tensor tensor(const Operand& operand) const;
  Tensor pair(Tensor (*f)(Operand, Operand), const Operand& a, const Operand& b) const;

  Graph graph_;
  std::map<std::string, Tensor> names_;
  std::string_view rest_;
};

}  // namespace gradus::test
