#include "calculator.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <gradus/gradients.h>
#include <gradus/op/table.h>
#include <gradus/ops.h>

namespace gradus::test {
namespace {

bool is_word_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::vector<std::int64_t> integers(std::string_view text) {
  std::vector<std::int64_t> result;
  for (std::size_t at = 0; (at = text.find_first_of("-0123456789", at)) != text.npos;) {
    std::int64_t value = 0;
    const auto end = std::from_chars(text.data() + at, text.data() + text.size(), value);
    result.push_back(value);
    at = static_cast<std::size_t>(end.ptr - text.data());
  }
  return result;
}

// What is not written is not set, or 1.
AttributeValue attribute_value(const AnyKey& key, const std::string* text) {
  const auto is = [&](std::size_t type) { return key.type == type; };
  if (is(attribute_type<bool>)) return text != nullptr && (*text == "true" || *text == "True");
  if (is(attribute_type<double>)) return text == nullptr ? 1.0 : std::stod(*text);
  if (key.name == "stream") return std::int64_t{0};
  if (is(attribute_type<Axes>)) return text == nullptr ? Axes() : Axes(integers(*text));
  if (text == nullptr && key.name == "pads") return std::vector<std::int64_t>{};
  if (text == nullptr && (key.name == "strides" || key.name == "dilations"))
    return std::vector<std::int64_t>{1, 1};
  if (text == nullptr) throw std::runtime_error("no " + std::string(key.name));
  if (is(attribute_type<std::int64_t>)) return std::int64_t{std::stoll(*text)};
  if (is(attribute_type<std::vector<std::int64_t>>)) return integers(*text);
  if (is(attribute_type<Shape>)) return Shape(integers(*text));
  if (is(attribute_type<std::string>)) return text->substr(1, text->size() - 2);
  for (DType dtype : {boolean, int32, int64, float32, float64})
    if (*text == to_text(dtype)) return dtype;
  throw std::runtime_error("attribute " + *text);
}

// The words of a form in their order: "one_hot({indices}, {depth})".
std::vector<std::string> holes(std::string_view form) {
  std::vector<std::string> result;
  for (std::size_t at = 0; (at = form.find('{', at)) != form.npos; ++at)
    result.emplace_back(form.substr(at + 1, form.find('}', at) - at - 1));
  return result;
}

}  // namespace

void Calculator::fail(const std::string& what) const {
  throw std::runtime_error(what + " before \"" + std::string(rest_) + "\"");
}
void Calculator::skip_spaces() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
}
bool Calculator::sees(std::string_view token) {
  skip_spaces();
  return rest_.starts_with(token);
}
bool Calculator::take(std::string_view token) {
  if (!sees(token)) return false;
  rest_.remove_prefix(token.size());
  return true;
}
void Calculator::need(std::string_view token) {
  if (!take(token)) fail("no " + std::string(token));
}
std::string Calculator::word() {
  skip_spaces();
  std::size_t end = 0;
  while (end < rest_.size() && is_word_letter(rest_[end])) ++end;
  std::string result(rest_.substr(0, end));
  rest_.remove_prefix(end);
  return result;
}
std::string Calculator::until_end_of_argument() {
  skip_spaces();
  std::size_t end = 0;
  for (int depth = 0; end < rest_.size(); ++end) {
    const char c = rest_[end];
    if (depth == 0 && (c == ',' || c == ')')) break;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
  }
  std::string result(rest_.substr(0, end));
  rest_.remove_prefix(end);
  return result;
}
Tensor Calculator::tensor(const Operand& operand) const {
  if (!operand.is_number()) return operand.tensor();
  return graph_.constant(Array(operand.number().real()));
}

Tensor Calculator::pair(Tensor (*f)(Operand, Operand), const Operand& a, const Operand& b) const {
  return f(a.is_number() && b.is_number() ? Operand(tensor(a)) : a, b);
}

Tensor Calculator::read(const std::string& text) {
  std::istringstream lines(text);
  Tensor last;
  for (std::string line; std::getline(lines, line);) {
    rest_ = line;
    take("let ");
    std::string name;
    const std::string_view whole = rest_;
    if (std::string left = word(); !left.empty() && take("= "))
      name = left;
    else
      rest_ = whole;
    last = tensor(either());
    skip_spaces();
    if (!rest_.empty()) fail("no end");
    if (!name.empty()) names_[name] = last;
  }
  return last;
}

Operand Calculator::either() {
  Operand left = both();
  for (;;) {
    if (take("or "))
      left = tensor(left) | both();
    else if (take("xor "))
      left = tensor(left) ^ both();
    else
      return left;
  }
}
Operand Calculator::both() {
  Operand left = relation();
  while (take("and ")) left = tensor(left) & relation();
  return left;
}
Operand Calculator::relation() {
  Operand left = sum();
  if (take("<=")) return tensor(left) <= sum();
  if (take(">=")) return tensor(left) >= sum();
  if (take("==")) return equal(tensor(left), sum());
  if (take("!=")) return not_equal(tensor(left), sum());
  if (sees("<-")) fail("an assignment");
  if (take("<")) return tensor(left) < sum();
  if (take(">")) return tensor(left) > sum();
  return left;
}
Operand Calculator::sum() {
  const bool is_negative = take("-");
  Operand left = product();
  if (is_negative)
    left = left.is_number() ? Operand(-left.number().real()) : Operand(-left.tensor());
  for (;;) {
    if (take("+"))
      left = pair(add, left, product());
    else if (take("-"))
      left = pair(subtract, left, product());
    else
      return left;
  }
}
Operand Calculator::product() {
  Operand left = power();
  for (;;) {
    skip_spaces();
    if (take("* ")) {
      left = pair(multiply, left, power());
    } else if (take("/ ")) {
      const Operand right = power();
      left = left.is_number() && right.is_number()
                 ? Operand(left.number().real() / right.number().real())
                 : Operand(divide(left, right));
    } else if (!rest_.empty() && !sees("||") &&
               (is_word_letter(rest_[0]) || rest_[0] == '(' || rest_[0] == '[') &&
               !rest_.starts_with("xor ") && !rest_.starts_with("or ") &&
               !rest_.starts_with("and ")) {
      // Side by side: a matrix product, or a number before what it scales.
      const Operand right = power();
      const bool is_scaled = left.is_number() || left.tensor().rank() == 0;
      left = is_scaled ? pair(multiply, left, right) : matmul(left, right);
    } else {
      return left;
    }
  }
}
Operand Calculator::power() {
  Operand base = postfix();
  if (!take("^")) return base;
  if (rest_.starts_with("T") && (rest_.size() == 1 || !is_word_letter(rest_[1]))) {
    take("T");
    const Tensor x = tensor(base);
    std::vector<std::int64_t> order;
    for (std::int64_t axis = x.rank(); axis-- > 0;) order.push_back(axis);
    return transpose(x, order);
  }
  return pair(gradus::power, base, postfix());
}
Operand Calculator::postfix() {
  Operand x = primary();
  while (!rest_.empty() && rest_[0] == '[') x = indexed(tensor(x));
  return x;
}
Tensor Calculator::indexed(const Tensor& x) {
  need("[");
  std::vector<Slice> slices;
  std::vector<std::int64_t> dropped, added;
  do {
    std::optional<std::int64_t> bounds[3];
    int place = 0;
    skip_spaces();
    while (!rest_.empty() && rest_[0] != ',' && rest_[0] != ']' && rest_[0] != 'N') {
      if (take(":")) {
        ++place;
        continue;
      }
      std::int64_t value = 0;
      const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
      if (end.ptr == rest_.data()) fail("no index");
      rest_.remove_prefix(static_cast<std::size_t>(end.ptr - rest_.data()));
      bounds[place] = value;
    }
    if (take("None")) {
      added.push_back(std::ssize(slices) + std::ssize(added));
      continue;
    }
    if (place == 0) {
      dropped.push_back(std::ssize(slices));
      slices.push_back({*bounds[0], *bounds[0] + 1, 1});
    } else {
      slices.push_back({bounds[0], bounds[1], bounds[2].value_or(1)});
    }
  } while (take(","));
  need("]");
  Tensor part = slice(x, slices);
  for (std::int64_t axis : added) part = expand_dims(part, axis);
  return dropped.empty() ? part : squeeze(part, dropped);
}
Tensor Calculator::array() {
  int depth = 0;
  std::size_t end = 0;
  do {
    if (end == rest_.size()) fail("no array");
    depth += rest_[end] == '[' ? 1 : rest_[end] == ']' ? -1 : 0;
  } while (++end, depth != 0);
  const std::string text(rest_.substr(0, end));
  rest_.remove_prefix(end);
  std::vector<std::int64_t> sizes;
  std::vector<float> elements;
  for (std::size_t at = 0; text[at] == '['; ++at) sizes.push_back(0);
  std::string numbers = text;
  std::ranges::replace_if(
      numbers, [](char c) { return c == '[' || c == ']' || c == ','; }, ' ');
  std::istringstream in(numbers);
  for (std::string one; in >> one;) elements.push_back(std::stof(one));
  // Sizes from the last axis on, by counting how often it ends.
  auto left = static_cast<std::int64_t>(elements.size());
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    const std::string opener(axis + 1, '[');
    std::int64_t count = 0;
    for (std::size_t at = 0; (at = text.find(opener, at)) != text.npos; ++at) ++count;
    // "[[" counts each list of lists.
    sizes[sizes.size() - 1 - axis] = left / count;
    left = count;
  }
  return graph_.constant(Array(Shape(sizes), elements));
}
Operand Calculator::primary() {
  skip_spaces();
  if (take("||")) {
    const Tensor inner = tensor(either());
    need("||");
    return sqrt(reduce_sum(square(inner)));
  }
  if (take("(")) {
    Operand inner = either();
    need(")");
    return inner;
  }
  if (take("not ")) return ~tensor(primary());
  if (take("-")) return -tensor(primary());
  if (rest_.empty()) fail("nothing");
  if (rest_[0] == '[') return array();
  if (std::isdigit(static_cast<unsigned char>(rest_[0])) != 0) {
    double value = 0;
    const auto end = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    rest_.remove_prefix(static_cast<std::size_t>(end.ptr - rest_.data()));
    return value;
  }
  const std::string name = word();
  if (name.empty()) fail("no word");
  if (!rest_.empty() && (rest_[0] == '(' || rest_.starts_with("'("))) return call(name);
  if (name == "true" || name == "false") return graph_.constant(Array(name == "true"));
  const auto found = names_.find(name);
  if (found == names_.end()) fail("unknown " + name);
  return found->second;
}

Operand Calculator::call(const std::string& name) {
  const bool is_slope = take("'");
  need("(");
  std::vector<Operand> operands;
  Words words;
  if (!take(")")) {
    do {
      const std::string_view before = rest_;
      const std::string key = word();
      if (!key.empty() && rest_.starts_with("=") && !rest_.starts_with("==")) {
        take("=");
        words[key] = until_end_of_argument();
      } else {
        rest_ = before;
        if (name == "broadcast_to" && !operands.empty())
          words["shape"] = until_end_of_argument();
        else
          operands.push_back(either());
      }
    } while (take(","));
    need(")");
  }
  const auto axes = [&] { return words.contains("axis") ? Axes(integers(words["axis"])) : Axes(); };
  const bool keepdims = words["keepdims"] == "True";
  using Reduction = Tensor (*)(Operand, Axes, bool);
  static const std::map<std::string, Reduction> reductions{
      {"sum", reduce_sum},   {"mean", reduce_mean}, {"max", reduce_max}, {"min", reduce_min},
      {"prod", reduce_prod}, {"any", reduce_any},   {"all", reduce_all}};
  if (const auto found = reductions.find(name); found != reductions.end())
    return found->second(operands.at(0), axes(), keepdims);
  if (name == "broadcast_to")
    return broadcast_like(operands.at(0),
                          graph_.constant(Array::zeros(Shape(integers(words["shape"])))));
  if (name == "norm") return sqrt(reduce_sum(square(operands.at(0)), axes()));
  Operand result = by_table(name, operands, words);
  if (!is_slope) return result;
  return gradient(reduce_sum(result), operands.at(0).tensor());
}

Operand Calculator::by_table(const std::string& name, const std::vector<Operand>& operands,
                             const Words& words) {
  const auto op = std::ranges::find(all_ops(), name, &Op::name);
  if (op == all_ops().end()) throw std::runtime_error("unknown function " + name);
  Words all = words;
  std::vector<Operand> read;
  const std::vector<std::string> order = holes((*op)->text.code);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const bool is_attribute =
        k < order.size() && std::ranges::any_of((*op)->attributes, [&](const AnyKey* a) {
          return a->name == order[k];
        });
    if (is_attribute)
      all[order[k]] = std::to_string(operands[k].number().real());
    else
      read.push_back(operands[k]);
  }
  std::vector<Attribute> attributes;
  for (const AnyKey* key : (*op)->attributes) {
    const auto found = all.find(key->name == "axes" ? "axis" : std::string(key->name));
    attributes.push_back(
        {key, attribute_value(*key, found == all.end() ? nullptr : &found->second)});
  }
  if (std::ranges::all_of(read, &Operand::is_number))
    for (Operand& one : read) one = tensor(one);
  // As functions that are not the library's broadcast their operands.
  if (std::holds_alternative<ElementwiseKernel>((*op)->kernel)) {
    Tensor model;
    for (const Operand& one : read)
      if (!one.is_number() && (!model || one.tensor().rank() > model.rank())) model = one.tensor();
    for (Operand& one : read)
      if (!one.is_number() && one.tensor().rank() != model.rank())
        one = broadcast_like(one.tensor(), model);
  }
  std::vector<const Operand*> pointers;
  for (const Operand& one : read) pointers.push_back(&one);
  return add_node(**op, pointers, attributes);
}

}  // namespace gradus::test
