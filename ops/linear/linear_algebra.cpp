#include <gradus/linear_algebra.h>

#include <algorithm>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include <gradus/at.h>
#include <gradus/comparison.h>
#include <gradus/error.h>
#include <gradus/matmul.h>
#include <gradus/op/op.h>
#include <gradus/reductions.h>
#include <gradus/shapes.h>

#include "graph/graph_state.h"

namespace gradus {
namespace {

void check_vector(std::string_view op, const Operand& x) {
  if (x.is_number() || !x.tensor() || x.tensor().rank() != 1)
    throw ShapeError(
        at_line(fmt::format("{}: operands must be vectors, got {}", op,
                            x.is_number() || !x.tensor() ? "[]" : to_text(x.tensor().shape())),
                x.where()));
}

bool has(const std::string& letters, char letter) {
  return letters.find(letter) != std::string::npos;
}
std::string filtered(const std::string& letters, auto&& is_wanted) {
  std::string kept;
  std::ranges::copy_if(letters, std::back_inserter(kept), is_wanted);
  return kept;
}

// A tensor whose axes have names.
struct Named {
  Tensor x;
  std::string letters;
};

struct Equation {
  std::vector<std::string> operands;
  std::string result;
};

class Einsum {
 public:
  Einsum(const std::string& text, const std::vector<Operand>& operands)
      : text_(text),
        where_(operands.empty() ? SourceLocation{} : operands[0].where()),
        equation_(parse()) {
    if (operands.empty()) throw GraphError("einsum: there are no operands");
    if (operands.size() != equation_.operands.size())
      refuse(fmt::format("{} operands, the equation has {}", operands.size(),
                         equation_.operands.size()));
    for (std::size_t i = 0; i < operands.size(); ++i) add(operands[i], equation_.operands[i]);
  }

  Tensor run() {
    Named product = diagonal(operands_[0]);
    for (std::size_t i = 0; i < operands_.size(); ++i) {
      std::string wanted = equation_.result;
      for (const auto& [letter, last] : last_operands_)
        if (last > i) wanted += letter;
      if (i == 0) {
        product = summed(product, wanted);
        continue;
      }
      const Named next = summed(diagonal(operands_[i]), wanted + product.letters);
      product = multiplied(summed(product, wanted + next.letters), next, wanted);
    }
    return ordered(product, equation_.result);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw GraphError(at_line(fmt::format("einsum: {}: {}", why, text_), where_));
  }
  [[noreturn]] void refuse_shape(const std::string& why) const {
    throw ShapeError(at_line(fmt::format("einsum: {}: {}", why, text_), where_));
  }

  Equation parse() const {
    const std::string text = filtered(text_, [](char c) { return c != ' '; });
    const std::size_t arrow = text.find("->");
    Equation equation{{""}, ""};
    for (char c : text.substr(0, arrow)) {
      if (c == ',')
        equation.operands.emplace_back();
      else
        equation.operands.back() += checked(c);
    }
    std::map<char, std::int64_t> uses;
    for (const std::string& letters : equation.operands)
      for (char c : letters) ++uses[c];
    if (arrow == std::string::npos) {
      for (const auto& [letter, count] : uses)
        if (count == 1) equation.result += letter;
      return equation;
    }
    for (char c : text.substr(arrow + 2)) {
      if (has(equation.result, checked(c)))
        refuse(fmt::format("'{}' stands twice in the result", c));
      if (!uses.contains(c)) refuse(fmt::format("'{}' of the result is in no operand", c));
      equation.result += c;
    }
    return equation;
  }
  char checked(char c) const {
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
      refuse(fmt::format("'{}' is no letter", c));
    return c;
  }

  void add(const Operand& x, const std::string& letters) {
    if (x.is_number() || !x.tensor()) refuse("operands must be tensors");
    const Shape& shape = x.tensor().shape();
    if (shape.rank() != std::ssize(letters))
      refuse_shape(
          fmt::format("\"{}\" names {} axes of {}", letters, letters.size(), to_text(shape)));
    for (std::int64_t i = 0; i < shape.rank(); ++i) {
      const char letter = letters[static_cast<std::size_t>(i)];
      std::int64_t& size = sizes_.try_emplace(letter, any_size).first->second;
      if (size != any_size && shape[i] != any_size && size != shape[i])
        refuse_shape(fmt::format("'{}' is {} and {}", letter, size, shape[i]));
      if (size == any_size) size = shape[i];
      last_operands_[letter] = operands_.size();
    }
    operands_.push_back({x.tensor(), letters});
  }

  // What stands off the diagonal of a doubled letter becomes 0, and its second axis is summed.
  Named diagonal(Named named) const {
    for (std::size_t i = 0; i < named.letters.size(); ++i)
      for (std::size_t j = i + 1; j < named.letters.size();) {
        if (named.letters[i] != named.letters[j]) {
          ++j;
          continue;
        }
        const std::int64_t n = sizes_.at(named.letters[i]);
        if (n == any_size)
          refuse_shape(fmt::format("the size of '{}' must be known", named.letters[i]));
        Array mask = Array::zeros({n, n}, boolean);
        for (std::int64_t k = 0; k < n; ++k)
          mask.mutable_values<bool>()[static_cast<std::size_t>(k * n + k)] = true;
        std::vector<std::int64_t> shape(named.letters.size(), 1);
        shape[i] = shape[j] = n;
        const Tensor on_diagonal = Graph(named.x.shared_state()).constant(mask.reshaped(shape));
        const Tensor alone = where(on_diagonal, named.x, 0);
        named.x = reduce_sum(alone, static_cast<std::int64_t>(j));
        named.letters.erase(j, 1);
      }
    return named;
  }

  // Summed over the letters that nobody wants any more.
  static Named summed(const Named& named, const std::string& wanted) {
    std::vector<std::int64_t> axes;
    for (std::size_t i = 0; i < named.letters.size(); ++i)
      if (!has(wanted, named.letters[i])) axes.push_back(static_cast<std::int64_t>(i));
    if (axes.empty()) return named;
    return {reduce_sum(named.x, axes),
            filtered(named.letters, [&](char c) { return has(wanted, c); })};
  }

  static Tensor ordered(const Named& named, const std::string& letters) {
    if (named.letters == letters) return named.x;
    std::vector<std::int64_t> order;
    for (char c : letters) order.push_back(static_cast<std::int64_t>(named.letters.find(c)));
    return transpose(named.x, order);
  }

  // -1 if one of the sizes is not known.
  std::int64_t size_of_group(const std::string& letters) const {
    std::int64_t size = 1;
    for (char c : letters) {
      if (sizes_.at(c) == any_size) return any_size;
      size *= sizes_.at(c);
    }
    return size;
  }

  // x with these groups of axes, each after the batch become one.
  Tensor grouped(const Named& named, const std::string& batch, const std::string& rows,
                 const std::string& columns) const {
    Tensor x = ordered(named, batch + rows + columns);
    if (rows.size() == 1 && columns.size() == 1) return x;
    std::vector<std::int64_t> shape;
    for (char c : batch) shape.push_back(sizes_.at(c));
    shape.push_back(size_of_group(rows));
    shape.push_back(size_of_group(columns));
    return reshaped(x, shape);
  }
  Tensor reshaped(const Tensor& x, const std::vector<std::int64_t>& shape) const {
    if (std::ranges::count(shape, any_size) > 1)
      refuse_shape("more than one of the sizes is unknown");
    return reshape({x, where_}, Shape(shape, where_));
  }

  // One matrix product for each element of the axes that both have and somebody still wants.
  Named multiplied(const Named& a, const Named& b, const std::string& wanted) const {
    const auto in_both = [&](char c) { return has(a.letters, c) && has(b.letters, c); };
    std::string batch = filtered(a.letters, [&](char c) { return in_both(c) && has(wanted, c); });
    std::string depth = filtered(a.letters, [&](char c) { return in_both(c) && !has(wanted, c); });
    // Axes of unknown sizes do not become one: all but one are summed after the products.
    if (size_of_group(depth) == any_size) {
      batch += depth.substr(1);
      depth.resize(1);
    }
    const std::string rows = filtered(a.letters, [&](char c) { return !in_both(c); });
    const std::string columns = filtered(b.letters, [&](char c) { return !in_both(c); });
    const Tensor left = grouped(a, batch, rows, depth);
    const Tensor right = grouped(b, batch, depth, columns);
    const Tensor product = matmul(left, right);
    const std::string letters = batch + rows + columns;
    if (rows.size() == 1 && columns.size() == 1) return summed({product, letters}, wanted);
    std::vector<std::int64_t> shape;
    for (char c : letters) shape.push_back(sizes_.at(c));
    return summed({reshaped(product, shape), letters}, wanted);
  }

  std::string text_;
  SourceLocation where_;
  Equation equation_;
  std::map<char, std::int64_t> sizes_;
  std::map<char, std::size_t> last_operands_;  // that have the letter
  std::vector<Named> operands_;
};

}  // namespace

extern constexpr Composite dot_composite{
    .name = "dot",
    .doc = "Product of two vectors: the sum over k of a[k] b[k].",
    .formula = "y = sum(a b)",
    .latex = R"(a \cdot b)",
    .examples = {{dot, {1, 2}, {3, 4}, "11"}},
};
extern constexpr Composite outer_composite{
    .name = "outer",
    .doc = "All products of the elements of two vectors: y[i, j] = a[i] b[j].",
    .formula = "y[i, j] = a[i] b[j]",
    .latex = R"(a b^\top)",
    .examples = {{outer, {1, 2}, {3, 4}, "[[3, 4], [6, 8]]"}},
};
extern constexpr Composite einsum_composite{
    .name = "einsum",
    .doc = "Einstein's summation: letters name axes; what the result does not name is summed over.",
    .formula = "y[i, k] = sum over j of a[i, j] b[j, k] for \"ij,jk->ik\"",
    .latex = R"(\sum_j a_{ij} b_{jk})",
    .examples = {{[](Graph& g) {
                    return einsum("ij,j->i", {g.constant({{1, 2}, {3, 4}}), g.constant({1, 10})});
                  },
                  "[21, 43]"},
                 {[](Operand x) { return einsum("ii", {x}); }, {{1, 2}, {3, 4}}, "5"}},
};

Tensor dot(Operand a, Operand b) {
  check_vector("dot", a);
  check_vector("dot", b);
  return matmul(a, b);
}

Tensor outer(Operand a, Operand b) {
  check_vector("outer", a);
  check_vector("outer", b);
  const At at(a);
  const Tensor column = reshape(a, {any_size, 1});
  const Tensor row = reshape(b, {1, any_size});
  return matmul(column, row);
}

Tensor einsum(const std::string& equation, const std::vector<Operand>& operands) {
  Einsum sum(equation, operands);
  const At at(operands[0]);
  return sum.run();
}

}  // namespace gradus
