// Formulas of tensors, as people write them: for the terminal and for LaTeX.
//
//   std::cout << to_text(loss);
//     let h1 = elu(x W^T + b1)
//     mean(norm(elu(h1 W + b2) - x, axis=1)^2)
//   std::cout << to_latex(gradient(loss, W));
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <gradus/tensor.h>

namespace gradus {

struct FormulaOptions {
  bool shapes = false;  // of every line, and of what was fed and initialized
  // Ops in one line; what is longer is named.
  std::int64_t longest = 20;
};

// The formula of a tensor in terms of placeholders and variables. What is read twice, what the user
// named and what would be too long is named once, by `let`. Names are the user's, or h for an
// activation, delta for a part of a gradient, s for a scalar, t for the others. Matrices stand side
// by side for their product, A * B is by element; broadcasts are invisible, N is the number of rows
// of a batch; sums and slices are written as in NumPy: sum(x, axis=0), x[:, 1]. Of the same graph
// the text is the same. GraphError for an empty Tensor, or tensors of two graphs.
std::string to_text(const Tensor& tensor, const FormulaOptions& options = {});
std::string to_text(const std::vector<Tensor>& tensors, const FormulaOptions& options = {});

// The same for display mode ($$ ... $$): one formula, or an `aligned` of several lines, of what
// both KaTeX and LaTeX with amsmath know.
std::string to_latex(const Tensor& tensor, const FormulaOptions& options = {});
std::string to_latex(const std::vector<Tensor>& tensors, const FormulaOptions& options = {});

}  // namespace gradus
