#include "proof/cases.h"

#include <gradus/op/records.h>

namespace gradus::proof {
namespace {

// The sum over k < depth of the product of two terms, for each index of the result.
Value sums(const Indices& shape, std::int64_t depth,
           const std::function<Real(const Indices&, std::int64_t)>& term) {
  Value y{shape, {}};
  for (std::int64_t n = 0; n < count(shape); ++n) {
    Real sum = 0, sizes = 0;
    for (std::int64_t k = 0; k < depth; ++k) {
      const Real t = term(y.index(n), k);
      sum += t;
      sizes += std::abs(t);
    }
    y.at.push_back(sum);
    y.scale.push_back(static_cast<Real>(depth) * sizes);
  }
  return y;
}

// A vector is one row of a, or one column of b.
Value product(Value a, Value b, MatmulOptions flags) {
  const bool is_row = a.rank() == 1, is_column = b.rank() == 1;
  if (is_row) a.shape = {1, a.shape[0]};
  if (is_column) b.shape = {b.shape[0], 1};
  const auto at = [](const Value& x, const Indices& index, std::int64_t row, std::int64_t column,
                     bool is_transposed) {
    Indices batch(index.begin(), index.end() - 2);
    Indices own = under(batch, {x.shape.begin(), x.shape.end() - 2});
    own.push_back(is_transposed ? column : row);
    own.push_back(is_transposed ? row : column);
    return x[own];
  };
  const auto last = [](const Value& x, std::size_t i) { return x.shape[x.shape.size() - i]; };
  Indices shape =
      broadcast({a.shape.begin(), a.shape.end() - 2}, {b.shape.begin(), b.shape.end() - 2});
  shape.push_back(last(a, flags.transpose_a ? 1 : 2));
  shape.push_back(last(b, flags.transpose_b ? 2 : 1));
  Value y = sums(shape, last(a, flags.transpose_a ? 2 : 1), [&](const Indices& i, std::int64_t k) {
    return at(a, i, i[i.size() - 2], k, flags.transpose_a) *
           at(b, i, k, i[i.size() - 1], flags.transpose_b);
  });
  if (is_column) y.shape.pop_back();
  if (is_row) y.shape.erase(y.shape.end() - (is_column ? 1 : 2));
  return y;
}

void add_matmul(std::vector<Proof>& proofs, MatmulOptions flags) {
  const auto case_of = [flags](std::vector<std::int64_t> a, std::vector<std::int64_t> b) {
    if (flags.transpose_a) std::swap(a[a.size() - 1], a[a.size() - 2]);
    if (flags.transpose_b) std::swap(b[b.size() - 1], b[b.size() - 2]);
    return std::vector<Shape>{a, b};
  };
  std::vector<std::vector<Shape>> shapes{
      case_of({2, 3}, {3, 2}),          case_of({1, 5}, {5, 1}),
      case_of({2, 2, 3}, {2, 3, 1}),    case_of({2, 1, 2}, {1, 2, 2}),
      case_of({3, 1, 2}, {2, 2}),       case_of({2, 2}, {3, 2, 1}),
      case_of({2, 1, 1, 3}, {2, 3, 2}), case_of({0, 3}, {3, 2}),
      case_of({2, 0}, {0, 3}),          case_of({0, 2, 2}, {0, 2, 3}),
      case_of({33, 65}, {65, 17}),      case_of({5, 13, 20}, {5, 20, 40}),
      case_of({7, 13, 20}, {20, 40})};
  if (!flags.transpose_a && !flags.transpose_b)
    shapes.insert(shapes.end(),
                  {{{3}, {3}}, {{3}, {3, 2}}, {{2, 3}, {3}}, {{2, 2, 3}, {3}}, {{2}, {3, 2, 1}}});
  proofs.push_back({.op = &matmul_op,
                    .name = std::string("matmul") + (flags.transpose_a ? "_transpose_a" : "") +
                            (flags.transpose_b ? "_transpose_b" : ""),
                    .call = [=](const Tensors& x) { return matmul(x[0], x[1], flags); },
                    .oracle = [=](const Values& x) { return product(x[0], x[1], flags); },
                    .operands = {{}, {}},
                    .shapes = shapes,
                    .dtypes = numbers,
                    .units = 2});
}

// Plain loops over all letters at once.
Value einsum_of(const std::vector<std::string>& terms, const std::string& result, const Values& x) {
  std::string letters = result;
  for (const std::string& term : terms)
    for (char c : term)
      if (letters.find(c) == std::string::npos) letters += c;
  Indices sizes(letters.size());
  for (std::size_t t = 0; t < terms.size(); ++t)
    for (std::size_t i = 0; i < terms[t].size(); ++i)
      sizes[letters.find(terms[t][i])] = x[t].shape[i];
  const Indices kept(sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(result.size()));
  const Value inner{{sizes.begin() + static_cast<std::ptrdiff_t>(result.size()), sizes.end()}, {}};
  return sums(kept, count(inner.shape), [&](Indices index, std::int64_t k) {
    const Indices rest = inner.index(k);
    index.insert(index.end(), rest.begin(), rest.end());
    Real term = 1;
    for (std::size_t t = 0; t < terms.size(); ++t) {
      Indices own;
      for (char c : terms[t]) own.push_back(index[letters.find(c)]);
      term *= x[t][own];
    }
    return term;
  });
}

void add_einsum(std::vector<Proof>& proofs, const std::string& name, const std::string& equation,
                const std::vector<std::string>& terms, const std::string& result,
                const std::vector<std::vector<Shape>>& shapes) {
  proofs.push_back({.composite = &einsum_composite,
                    .name = "einsum_" + name,
                    .call =
                        [=](const Tensors& x) {
                          return einsum(equation, std::vector<Operand>(x.begin(), x.end()));
                        },
                    .oracle = [=](const Values& x) { return einsum_of(terms, result, x); },
                    .operands = std::vector<Domain>(terms.size()),
                    .shapes = shapes,
                    .dtypes = numbers,
                    .units = 3});
}

}  // namespace

std::vector<Proof> linear_algebra_proofs() {
  std::vector<Proof> proofs;
  for (const bool transpose_a : {false, true})
    for (const bool transpose_b : {false, true}) add_matmul(proofs, {transpose_a, transpose_b});
  proofs.push_back({.composite = &dot_composite,
                    .call = of(dot),
                    .oracle =
                        [](const Values& x) {
                          return einsum_of({"i", "i"}, "", x);
                        },
                    .operands = {{}, {}},
                    .shapes = {{{3}, {3}}, {{0}, {0}}, {{1025}, {1025}}},
                    .dtypes = numbers,
                    .units = 2});
  proofs.push_back({.composite = &outer_composite,
                    .call = of(outer),
                    .oracle =
                        [](const Values& x) {
                          return einsum_of({"i", "j"}, "ij", x);
                        },
                    .operands = {{}, {}},
                    .shapes = {{{3}, {2}}, {{0}, {2}}, {{70}, {1}}},
                    .dtypes = numbers,
                    .units = 2});
  add_einsum(proofs, "of_a_product", "ij,jk->ki", {"ij", "jk"}, "ki",
             {{{2, 3}, {3, 2}}, {{2, 0}, {0, 3}}, {{9, 40}, {40, 33}}});
  add_einsum(proofs, "of_a_batch", "bij, bjk", {"bij", "bjk"}, "ik",
             {{{2, 1, 3}, {2, 3, 2}}, {{1, 2, 2}, {1, 2, 1}}});
  add_einsum(proofs, "trace", "ii", {"ii"}, "", {{{3, 3}}, {{1, 1}}, {{0, 0}}});
  proofs.back().has_gradient = false;  // it needs known sizes: tests/ops/linear/linear_algebra_test.cpp
  return proofs;
}

}  // namespace gradus::proof
