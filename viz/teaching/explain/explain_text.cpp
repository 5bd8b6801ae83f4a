#include <gradus/explain.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

namespace gradus {
namespace {

constexpr std::int64_t max_elements_in_text = 24;
constexpr int digits = 4;

// "float32 [10, 784], -0.31 to 0.98"
std::string range_of(const Array& array) {
  std::string text = fmt::format("{} {}", to_text(array.dtype()), to_text(array.shape()));
  if (array.dtype() == boolean) return text;
  double low = std::numeric_limits<double>::infinity(), high = -low;
  std::int64_t nans = 0;
  for (double v : array.cast(float64).to_vector<double>()) {
    if (std::isnan(v)) ++nans;
    low = std::min(low, v);
    high = std::max(high, v);
  }
  if (low <= high) text += fmt::format(", {:.{}g} to {:.{}g}", low, digits, high, digits);
  if (nans != 0) text += fmt::format(", {} NaN", nans);
  return text;
}

// Rows of a matrix stand below each other.
std::string value_text(const Array& array, std::size_t indent) {
  if (array.size() > max_elements_in_text) return range_of(array);
  std::string text;
  for (char c : to_text(array, digits)) {
    if (c == '[' && text.ends_with(", ")) {
      text.pop_back();
      text += "\n" + std::string(indent + 1, ' ');
    }
    text += c;
  }
  return text;
}

std::string row(std::string_view what, const std::string& text) {
  return fmt::format("       {:<9} {}\n", what, text);
}
std::string value_row(std::string_view what, const Array& array) {
  const std::size_t indent = row(what, "").size() - 1;
  return row(what, value_text(array, indent));
}

std::string forward_text(const ForwardStep& step, std::size_t number) {
  return fmt::format("{:>5}. {}\n", number, step.text) + row("shapes", step.shapes) +
         value_row("value", step.value);
}

std::string contribution_text(const ExplainedContribution& c) {
  std::string text = fmt::format("       {}  (contribution {} of {})\n", c.text, c.number, c.count);
  text += row("  shapes", c.shapes) + value_row("  value", c.value);
  if (c.count > 1) text += value_row("  sum", c.sum);
  return text;
}

// What each step hands down, that of a whole with what its parts do.
using HandedDown = std::unordered_map<NodeId, std::vector<const ExplainedContribution*>>;

HandedDown handed_down(const Explanation& e) {
  HandedDown by_whole;
  for (const BackwardStep& step : e.backward) {
    const NodeId whole = e.find(step.id)->whole;
    for (const ExplainedContribution& c : step.contributions)
      if (e.find(c.target)->whole != whole) by_whole[whole].push_back(&c);
  }
  return by_whole;
}

std::string backward_text(const BackwardStep& step, std::size_t number, const Explanation& e,
                          const HandedDown& handed_down) {
  std::string text = fmt::format("{:>5}. d{}: received {} of {}\n", number, step.symbol,
                                 step.received, step.received);
  text += row("op", fmt::format("{}: {}", step.op, e.find(step.id)->text));
  text += value_row("value", step.gradient);
  for (const ExplainedContribution* c : handed_down.at(step.id)) text += contribution_text(*c);
  return text;
}

// The scopes that a node is in: "basic_ae/encoder" of "basic_ae/encoder/elu".
std::string_view part_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == name.npos ? std::string_view() : name.substr(0, slash);
}

// "  3.-8. basic_ae/encoder: 6 steps" in place of the steps of one part.
class Folded {
 public:
  void add(std::string_view part, std::size_t number, std::string& text) {
    if (count_ != 0 && part != part_) write_to(text);
    if (count_++ == 0) first_ = number;
    part_ = part;
  }
  void write_to(std::string& text) {
    if (count_ == 0) return;
    const std::string last = count_ == 1 ? "" : fmt::format("-{}.", first_ + count_ - 1);
    text += fmt::format("{:>5}.{} {}{}{} step{}\n", first_, last, part_, part_.empty() ? "" : ": ",
                        count_, count_ == 1 ? "" : "s");
    count_ = 0;
  }

 private:
  std::string_view part_;
  std::size_t first_ = 0, count_ = 0;
};

// Whether it is one of the variables that were asked for.
bool is_variable(NodeId id, const Explanation& e) {
  return std::ranges::find(e.variables, id, &ExplainedVariable::id) != e.variables.end();
}

// Forward and backward, of which only the steps that hand a gradient to a variable are shown.
std::string text_of_variables(const Explanation& e) {
  std::string text = "forward\n";
  Folded folded;
  std::size_t number = 0;
  for (const ForwardStep& step : e.forward)
    if (!step.is_number && step.whole == step.id) folded.add(part_of(step.name), ++number, text);
  folded.write_to(text);
  text += "\nbackward\n";
  HandedDown by_whole = handed_down(e);
  for (auto& [whole, contributions] : by_whole)
    std::erase_if(contributions,
                  [&](const ExplainedContribution* c) { return !is_variable(c->target, e); });
  for (const BackwardStep& step : e.backward) {
    if (e.find(step.id)->whole != step.id) continue;
    ++number;
    if (by_whole.at(step.id).empty()) {
      folded.add(part_of(step.name), number, text);
    } else {
      folded.write_to(text);
      text += backward_text(step, number, e, by_whole);
    }
  }
  folded.write_to(text);
  return text;
}

std::string text_of_all(const Explanation& e) {
  std::string text = "forward\n";
  std::size_t number = 0;
  for (const ForwardStep& step : e.forward)
    if (!step.is_number && step.whole == step.id) text += forward_text(step, ++number);
  text += "\nbackward\n";
  const HandedDown by_whole = handed_down(e);
  for (const BackwardStep& step : e.backward)
    if (e.find(step.id)->whole == step.id) text += backward_text(step, ++number, e, by_whole);
  return text;
}

std::string check_text(const GradientReport& check) {
  const std::string what =
      fmt::format("{} element{}", check.checked, check.checked == 1 ? "" : "s");
  if (check.ok())
    return fmt::format("{} agree with differences within {:g}{}", what, check.tolerance,
                       check.kinks.empty() ? "" : ", but for kinks");
  if (check.worst.error <= check.tolerance)
    return fmt::format("{} could not be measured, {} at kinks", what, check.kinks.size());
  return fmt::format("{} {} from differences, worst error {:.2g}", what,
                     check.checked == 1 ? "differs" : "differ", check.worst.error);
}

std::string variable_text(const ExplainedVariable& v, const Explanation& e) {
  std::string text = fmt::format("  d{}\n", v.symbol);
  if (v.contributions.size() > 1)
    for (const ContributionPlace& p : v.contributions)
      text += value_row(p.label, e.backward[p.step].contributions[p.contribution].value);
  text += value_row(v.contributions.size() > 1 ? "sum" : "value", v.gradient);
  if (v.check.checked != 0) text += row("check", check_text(v.check));
  return text;
}

}  // namespace

std::string to_text(const Explanation& e) {
  std::string text = (e.variables_only ? text_of_variables(e) : text_of_all(e)) + "\ngradients\n";
  for (const ExplainedVariable& v : e.variables) text += variable_text(v, e);
  return text;
}

}  // namespace gradus
