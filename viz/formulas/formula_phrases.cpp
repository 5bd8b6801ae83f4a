#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <gradus/op/op.h>
#include <gradus/op/records.h>

#include "formula_call.h"
#include "ops/shape/slice_text.h"

namespace gradus {
namespace {

struct PhraseSite {
  const FormulaView& view;
  NodeId id;
  Notation notation;
  const FormulaOf& of;

  bool is_latex() const { return notation == Notation::latex; }
  Formula operand(std::size_t k) const { return of(view.operand(id, k)); }
  // The form with {a}, {b} and {c} for the operands.
  Formula write(const Form& form, std::initializer_list<Formula> operands) const {
    constexpr std::string_view names = "abc";
    return fill(form, notation, [&](std::string_view name) -> const Formula* {
      const std::size_t k = name.size() == 1 ? names.find(name[0]) : names.npos;
      return k < operands.size() ? operands.begin() + k : nullptr;
    });
  }
};

Formula transposed(const Formula& formula, Notation notation) {
  const Formula base = at_least(formula, Precedence::call, notation);
  return {base.code + (notation == Notation::latex ? "^\\top" : "^T"), Precedence::power,
          formula.is_tall};
}

std::optional<Formula> matmul_phrase(const PhraseSite& site) {
  std::vector<Formula> operands;
  for (const Factor& f : site.view.factors(site.id)) {
    const Formula of = site.of(f.node);
    operands.push_back(f.is_transposed ? transposed(of, site.notation) : of);
  }
  // "a / 2 b" could be a / (2 b); of products side by side none is in doubt.
  const bool is_in_doubt = operands[0].code.find_first_of("*/") != std::string::npos;
  if (!site.is_latex() && is_in_doubt)
    operands[0] = at_least(operands[0], Precedence::power, site.notation);
  return site.write({"{a} {b}", Precedence::product}, {operands[0], operands[1]});
}

std::optional<Formula> transpose_phrase(const PhraseSite& site) {
  const auto* order = attribute(site.view.graph(), site.id, attributes::permutation);
  if (order->size() == 2) return {};
  const std::string axes = fmt::format("[{}]", fmt::join(*order, ", "));
  return site.write(site.is_latex() ? "\\operatorname{transpose}_{" + axes + "}({a})"
                                    : "transpose({a}, " + axes + ")",
                    {site.operand(0)});
}

// The axes of a reduction, counted from 0; none for all of them.
std::vector<std::int64_t> axes_of(const PhraseSite& site) {
  const GraphState& graph = site.view.graph();
  const Shape x = graph.shape(graph.operands(site.id)[0]);
  if (reduces_all(graph, site.id, x)) return {};
  std::vector<std::int64_t> list = attribute(graph, site.id, attributes::axes)->list();
  for (std::int64_t& axis : list)
    if (axis < 0) axis += x.rank();
  return list;
}

struct Reduction {
  const Op* op;
  std::string_view text, latex;
  bool is_word = false;  // with brackets, as a function
};
constexpr Reduction reductions[] = {
    {&reduce_sum_op, "sum", "\\sum"},       {&reduce_mean_op, "mean", "\\operatorname{mean}", true},
    {&reduce_max_op, "max", "\\max", true}, {&reduce_min_op, "min", "\\min", true},
    {&reduce_prod_op, "prod", "\\prod"},    {&reduce_any_op, "any", "\\bigvee"},
    {&reduce_all_op, "all", "\\bigwedge"},  {&reduce_sum_square_op, "sum", "\\sum"},
};

// As NumPy has it: "sum(x, axis=0)", "max(x, axis=(0, 2), keepdims=True)". No axes are all.
Formula over(const PhraseSite& site, const Reduction& reduction,
             const std::vector<std::int64_t>& axes, bool keepdims, const Formula& x) {
  const std::string list = fmt::format("{}", fmt::join(axes, ", "));
  if (site.is_latex()) {
    std::string index;
    if (!axes.empty()) index = (axes.size() == 1 ? "axis " : "axes ") + list;
    if (keepdims) index += index.empty() ? "keepdims" : ", keepdims";
    std::string sign(reduction.latex);
    if (!index.empty()) sign += "_{\\text{" + index + "}}";
    if (!reduction.is_word) return site.write({sign + " {a}", Precedence::prefix}, {x});
    return site.write(sign + "({a})", {x});
  }
  std::string form = std::string(reduction.text) + "({a}";
  if (!axes.empty()) form += ", axis=" + axes_text(axes);
  if (keepdims) form += ", keepdims=True";
  return site.write(form + ")", {x});
}

Formula reduction_phrase(const PhraseSite& site, const Reduction& reduction) {
  const FormulaView& view = site.view;
  if (const auto e = view.squared_norm(site.id))
    return site.write(
        {site.is_latex() ? "\\left\\lVert {a} \\right\\rVert^{2}" : "||{a}||^2", Precedence::power},
        {site.of(*e)});
  if (const auto e = view.squared_row_norms(site.id))
    return site.write({site.is_latex() ? "\\left\\lVert {a} \\right\\rVert^{2}_{\\text{axis 1}}"
                                       : "norm({a}, axis=1)^2",
                       Precedence::power},
                      {site.of(*e)});
  if (const auto e = view.mean_of_squared_row_norms(site.id)) {
    const Formula inner = at_least(site.of(*e), Precedence::call, site.notation);
    if (!site.is_latex()) return site.write("mean(norm({a}, axis=1)^2)", {site.of(*e)});
    return site.write(
        {R"(\frac{1}{N} \sum_{n=1}^{N} \left\lVert {a}_{n} \right\rVert^{2})", Precedence::prefix},
        {inner});
  }
  const bool* keepdims = attribute(view.graph(), site.id, attributes::keepdims);
  Formula x = shaped_operand(view, site.id, 0, site.notation, site.of);
  if (reduction.op == &reduce_sum_square_op)
    x = site.write({site.is_latex() ? "{a}^{2}" : "{a}^2", Precedence::power}, {x});
  return over(site, reduction, axes_of(site), keepdims != nullptr && *keepdims, x);
}

// What was broadcast along the batch comes back as a sum over it.
std::optional<Formula> sum_like_phrase(const PhraseSite& site) {
  const GraphState& graph = site.view.graph();
  const Shape x = site.view.shape(graph.operands(site.id)[0]);
  const Shape model = site.view.shape(graph.operands(site.id)[1]);
  const std::int64_t added = x.rank() - model.rank();
  std::vector<std::int64_t> gone, kept;
  for (std::int64_t i = 0; i < x.rank(); ++i) {
    if (i < added)
      gone.push_back(i);
    else if (model[i - added] == 1 && x[i] != 1)
      kept.push_back(i);
  }
  const Reduction& sum = reductions[0];
  Formula result = shaped_operand(site.view, site.id, 0, site.notation, site.of);
  if (!kept.empty()) result = over(site, sum, kept, true, result);
  if (std::ssize(gone) == x.rank()) return over(site, sum, {}, false, result);
  if (!gone.empty()) result = over(site, sum, gone, false, result);
  return result;
}

std::optional<Formula> repeat_phrase(const PhraseSite& site) {
  return site.write(site.is_latex() ? "\\operatorname{repeat}({a})" : "repeat({a})",
                    {site.operand(0)});
}

// What a sum over axes took away comes back: dy[:, None] where broadcasts are invisible, and
// repeat(dy, axis=1).
std::optional<Formula> expand_phrase(const PhraseSite& site) {
  const GraphState& graph = site.view.graph();
  const Shape x = site.view.shape(graph.operands(site.id)[0]);
  const Shape model = site.view.shape(graph.operands(site.id)[1]);
  const Axes* axes = attribute(graph, site.id, attributes::axes);
  const bool* keepdims = attribute(graph, site.id, attributes::keepdims);
  if (x.rank() == 0 || axes->is_all()) return repeat_phrase(site);
  std::vector<std::int64_t> list = axes->list();
  for (std::int64_t& axis : list)
    if (axis < 0) axis += model.rank();
  std::ranges::sort(list);
  const std::string text = axes_text(list);
  if (site.is_latex())
    return site.write("\\operatorname{repeat}_{\\text{axis " + text + "}}({a})", {site.operand(0)});
  if (site.view.shows_broadcasts())
    return site.write("repeat({a}, axis=" + text + ")", {site.operand(0)});
  Formula result = at_least(site.operand(0), Precedence::call, site.notation);
  if (*keepdims) return result;
  // Axes that come first need no mark.
  std::vector<std::string> indices;
  for (std::int64_t axis = 0; axis <= list.back(); ++axis)
    indices.emplace_back(std::ranges::binary_search(list, axis) ? "None" : ":");
  if (std::ranges::find(indices, ":") != indices.end())
    result.code += fmt::format("[{}]", fmt::join(indices, ", "));
  return result;
}

// The part of dy that belongs to one operand of a concat: dy[2:4].
std::optional<Formula> concat_grad_phrase(const PhraseSite& site) {
  const GraphState& graph = site.view.graph();
  const auto operands = graph.operands(site.id);
  const Shape dy = site.view.shape(operands[0]);
  std::int64_t axis = *attribute(graph, site.id, attributes::axis);
  if (axis < 0) axis += dy.rank();
  const auto part = static_cast<std::size_t>(*attribute(graph, site.id, attributes::part));
  std::int64_t start = 0;
  Formula x = at_least(site.operand(0), Precedence::call, site.notation);
  for (std::size_t k = 1; k <= part + 1; ++k) {
    const std::int64_t size = site.view.shape(operands[k])[axis];
    if (size == any_size)
      return site.write(
          site.is_latex()
              ? fmt::format("\\operatorname{{split}}_{{\\text{{axis {}}}}}({{a}})_{{{}}}", axis,
                            part)
              : fmt::format("split({{a}}, axis={})[{}]", axis, part),
          {site.operand(0)});
    if (k <= part) start += size;
  }
  const std::int64_t stop = start + site.view.shape(operands[part + 1])[axis];
  x.code += "[";
  for (std::int64_t i = 0; i < axis; ++i) x.code += ":, ";
  x.code += fmt::format("{}:{}]", start, stop);
  return x;
}

// k / n for the numbers of elements: 1 / N where a batch of N rows is of unknown size.
std::optional<Formula> ratio_phrase(const PhraseSite& site) {
  const auto operands = site.view.graph().operands(site.id);
  std::int64_t counts[2] = {1, 1};
  int unknown[2] = {0, 0};
  for (std::size_t k = 0; k < 2; ++k)
    for (std::int64_t size : site.view.shape(operands[k])) {
      if (size == any_size)
        ++unknown[k];
      else
        counts[k] *= size;
    }
  const bool is_clear = unknown[1] <= 1 && unknown[0] <= unknown[1] && counts[0] != 0 &&
                        counts[1] != 0 && counts[1] % counts[0] == 0;
  const auto fraction = [&](const std::string& top, const std::string& bottom) {
    const auto form = site.is_latex() ? fmt::format("\\frac{{{}}}{{{}}}", top, bottom)
                                      : fmt::format("{} / {}", top, bottom);
    return Formula{form, site.is_latex() ? Precedence::power : Precedence::product,
                   site.is_latex()};
  };
  if (!is_clear) {
    if (!site.is_latex())
      return fraction("count" + to_text(site.view.shape(operands[0])),
                      "count" + to_text(site.view.shape(operands[1])));
    return fraction("\\text{count" + to_text(site.view.shape(operands[0])) + "}",
                    "\\text{count" + to_text(site.view.shape(operands[1])) + "}");
  }
  const std::int64_t quotient = counts[1] / counts[0];
  if (unknown[0] == unknown[1])
    return quotient == 1 ? Formula{"1"} : fraction("1", std::to_string(quotient));
  if (quotient == 1) return fraction("1", "N");
  return fraction(
      "1", site.is_latex() ? fmt::format("{} N", quotient) : fmt::format("({} N)", quotient));
}

// A factor that is a number, or a scalar, stands first and without a sign.
std::optional<Formula> multiply_phrase(const PhraseSite& site) {
  const FormulaView& view = site.view;
  if (const auto s = view.scaled(site.id)) {
    Formula ratio = site.of(s->ratio);
    const std::size_t one = ratio.code.find('1');
    ratio.code.replace(one, 1, site.of(s->number).code);
    return site.write({site.is_latex() ? "{a} {b}" : "{a} * {b}", Precedence::product},
                      {ratio, site.of(s->scaled)});
  }
  NodeId a = view.operand(site.id, 0), b = view.operand(site.id, 1);
  const auto is_scalar = [&](NodeId id) { return view.shape(id).rank() == 0; };
  const auto is_number = [&](NodeId id) { return view.graph().literal(id) != nullptr; };
  if (!is_scalar(a) && !is_scalar(b)) return {};
  if ((!is_scalar(a) && is_scalar(b)) || (!is_number(a) && is_number(b))) std::swap(a, b);
  const Formula left = site.of(a), right = site.of(b);
  // Two numbers side by side would be read as one.
  const bool is_bare = site.is_latex()
                           ? right.code[0] < '0' || right.code[0] > '9'
                           : is_number(a) && (right.code[0] < '0' || right.code[0] > '9');
  return site.write({is_bare           ? "{a} {b}"
                     : site.is_latex() ? "{a} \\cdot {b}"
                                       : "{a} * {b}",
                     Precedence::product},
                    {left, right});
}

std::optional<Formula> add_phrase(const PhraseSite& site) {
  const auto b = site.view.subtracted(site.id);
  if (!b) return {};
  return site.write({"{a} - {b}", Precedence::sum}, {site.operand(0), site.of(*b)});
}

std::optional<Formula> full_like_phrase(const PhraseSite& site) {
  const double* value = attribute(site.view.graph(), site.id, attributes::alpha);
  return array_formula(Array::full({}, *value, float64), site.notation);
}

std::optional<Formula> where_phrase(const PhraseSite& site) {
  if (!site.is_latex()) return {};
  Formula cases = site.write(
      {"\\begin{cases} {b} & {a} \\\\ {c} & \\text{otherwise} \\end{cases}", Precedence::sum},
      {site.operand(0), site.operand(1), site.operand(2)});
  cases.is_tall = true;
  return cases;
}

// "tanh'(x) * dy", whatever the op reads.
std::optional<Formula> slope_phrase(const PhraseSite& site) {
  const std::optional<NodeId> x = site.view.slope_input(site.id);
  std::string form(site.view.graph().node(site.id).op->name);
  form.resize(form.find('_'));
  const double* alpha = attribute(site.view.graph(), site.id, attributes::alpha);
  const bool shows_alpha = alpha != nullptr && *alpha != 1;
  if (!x) {
    // f' is written at the input of f alone, which nobody knows here.
    if (!site.is_latex()) return {};
    return site.write("\\operatorname{" + form + "grad}({a}, {b}" +
                          (shows_alpha ? fmt::format("; \\alpha = {:.7g})", *alpha) : ")"),
                      {site.operand(0), site.operand(1)});
  }
  if (site.is_latex())
    form = "\\operatorname{" + form + "}'({a}" +
           (shows_alpha ? fmt::format("; \\alpha = {:.7g})", *alpha) : ")");
  else
    form += "'({a}" + (shows_alpha ? fmt::format(", alpha={:.7g})", *alpha) : ")");
  const Formula slope = site.write(form, {site.of(*x)});
  const NodeId dy = site.view.operand(site.id, 0);
  if (site.view.is_ones(dy)) return slope;
  return site.write({site.is_latex() ? "{a} \\odot {b}" : "{a} * {b}", Precedence::product},
                    {slope, site.of(dy)});
}

// As NumPy has it: x[:, 3:4]; of the dropped axes, which have one element, the index alone.
Formula slice_formula(const PhraseSite& site, NodeId id, const std::vector<std::int64_t>& dropped) {
  std::vector<std::string> slices = slice_texts(site.view.graph(), id);
  for (std::int64_t axis : dropped) {
    std::string& slice = slices[static_cast<std::size_t>(axis)];
    slice.resize(slice.find(':'));
  }
  while (slices.size() > 1 && slices.back() == ":") slices.pop_back();
  Formula x = at_least(site.of(site.view.operand(id, 0)), Precedence::call, site.notation);
  x.code += fmt::format("[{}]", fmt::join(slices, ", "));
  return x;
}

std::optional<Formula> slice_phrase(const PhraseSite& site) {
  return slice_formula(site, site.id, {});
}
std::optional<Formula> squeeze_phrase(const PhraseSite& site) {
  const std::optional<NodeId> slice = site.view.indexed_slice(site.id);
  if (!slice) return {};
  const GraphState& graph = site.view.graph();
  std::vector<std::int64_t> dropped = attribute(graph, site.id, attributes::axes)->list();
  for (std::int64_t& axis : dropped)
    if (axis < 0) axis += graph.shape(*slice).rank();
  return slice_formula(site, *slice, dropped);
}

struct Phrase {
  const Op* op;
  std::optional<Formula> (*write)(const PhraseSite&);
};
constexpr Phrase phrases[] = {
    {&matmul_op, matmul_phrase},
    {&transpose_op, transpose_phrase},
    {&sum_like_op, sum_like_phrase},
    {&expand_like_op, expand_phrase},
    {&concat_grad_op, concat_grad_phrase},
    {&broadcast_like_op, repeat_phrase},
    {&count_ratio_op, ratio_phrase},
    {&multiply_op, multiply_phrase},
    {&add_op, add_phrase},
    {&full_like_op, full_like_phrase},
    {&where_op, where_phrase},
    {&relu_grad_op, slope_phrase},
    {&elu_grad_op, slope_phrase},
    {&sigmoid_grad_op, slope_phrase},
    {&tanh_grad_op, slope_phrase},
    {&slice_op, slice_phrase},
    {&squeeze_op, squeeze_phrase},
};

}  // namespace

std::optional<Formula> phrase(const FormulaView& view, NodeId id, Notation notation,
                              const FormulaOf& of) {
  const Op* op = view.graph().node(id).op;
  const PhraseSite site{view, id, notation, of};
  if (const std::optional<double> number = view.number(id))
    return array_formula(Array(*number, float64), notation);
  const auto reduction = std::ranges::find(reductions, op, &Reduction::op);
  if (reduction != std::end(reductions)) return reduction_phrase(site, *reduction);
  const auto found = std::ranges::find(phrases, op, &Phrase::op);
  return found == std::end(phrases) ? std::nullopt : found->write(site);
}

}  // namespace gradus
