#include "formula_template.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

#include "core/one_line.h"

namespace gradus {
namespace {

enum class Kind { open, close, comma, space, binary, minus_sign, power, index, atom, hole };

struct Token {
  Kind kind;
  std::string_view code;
  Binding binding = Binding::atom;  // of a binary operator
};

struct Operator {
  std::string_view code;
  Binding binding;
};

constexpr Operator text_operators[] = {
    {"<-", Binding::arrow},    {"or", Binding::either},   {"xor", Binding::either},
    {"and", Binding::both},    {"==", Binding::relation}, {"!=", Binding::relation},
    {"<=", Binding::relation}, {">=", Binding::relation}, {"<", Binding::relation},
    {">", Binding::relation},  {"=", Binding::relation},  {"+", Binding::sum},
    {"-", Binding::sum},       {"*", Binding::product},   {"/", Binding::product},
    {"@", Binding::product},
};
constexpr Operator latex_operators[] = {
    {"\\leftarrow", Binding::arrow},
    {"\\lor", Binding::either},
    {"\\veebar", Binding::either},
    {"\\oplus", Binding::either},
    {"\\land", Binding::both},
    {"=", Binding::relation},
    {"<", Binding::relation},
    {">", Binding::relation},
    {"\\ne", Binding::relation},
    {"\\neq", Binding::relation},
    {"\\le", Binding::relation},
    {"\\leq", Binding::relation},
    {"\\ge", Binding::relation},
    {"\\geq", Binding::relation},
    {"+", Binding::sum},
    {"-", Binding::sum},
    {"\\odot", Binding::product},
    {"\\cdot", Binding::product},
    {"\\times", Binding::product},
    {"\\ast", Binding::product},
    {"\\star", Binding::product},
    {"\\bmod", Binding::product},
    {"/", Binding::product},
};

constexpr Binding next(Binding binding) {
  return binding == Binding::atom ? binding : static_cast<Binding>(static_cast<int>(binding) + 1);
}

// "{name}" at the start, its length; 0 if there is none.
std::size_t hole_length(std::string_view rest, const FormulaLookup& lookup) {
  if (rest.empty() || rest[0] != '{') return 0;
  const std::size_t end = rest.find('}');
  if (end == rest.npos || lookup(rest.substr(1, end - 1)) == nullptr) return 0;
  return end + 1;
}

std::size_t command_length(std::string_view rest) {
  std::size_t length = 1;
  while (length < rest.size() && is_letter(rest[length])) ++length;
  return length == 1 ? std::min<std::size_t>(2, rest.size()) : length;
}

// The length of one delimiter behind \left or \right, blanks before it included.
std::size_t delimiter_length(std::string_view rest) {
  std::size_t blanks = 0;
  while (blanks < rest.size() && rest[blanks] == ' ') ++blanks;
  if (blanks == rest.size()) return blanks;
  return blanks + (rest[blanks] == '\\' ? command_length(rest.substr(blanks)) : 1);
}

const Operator* find(std::span<const Operator> operators, std::string_view code) {
  const auto found = std::ranges::find(operators, code, &Operator::code);
  return found == operators.end() ? nullptr : &*found;
}

// An operator of texts has a blank on both sides.
std::optional<Token> text_operator(std::string_view rest, bool after_space) {
  if (!after_space) return {};
  const std::size_t end = rest.find(' ');
  if (end == rest.npos) return {};
  const Operator* found = find(text_operators, rest.substr(0, end));
  if (found == nullptr) return {};
  return Token{Kind::binary, rest.substr(0, end), found->binding};
}

Token latex_token(std::string_view rest) {
  if (rest[0] == '\\') {
    const std::string_view command = rest.substr(0, command_length(rest));
    if (command == "\\left" || command == "\\right") {
      const std::size_t length = command.size() + delimiter_length(rest.substr(command.size()));
      return {command == "\\left" ? Kind::open : Kind::close, rest.substr(0, length)};
    }
    if (command == "\\begin" || command == "\\end")
      return {command == "\\begin" ? Kind::open : Kind::close,
              rest.substr(0, rest.find('}') == rest.npos ? rest.size() : rest.find('}') + 1)};
    if (command == "\\\\") return {Kind::comma, command};
    if (command == "\\," || command == "\\!" || command == "\\;") return {Kind::space, command};
    if (const Operator* found = find(latex_operators, command))
      return {Kind::binary, command, found->binding};
    return {Kind::atom, command};
  }
  const std::string_view one = rest.substr(0, 1);
  if (const Operator* found = find(latex_operators, one))
    return {Kind::binary, one, found->binding};
  if (one == "{") return {Kind::open, one};
  if (one == "}") return {Kind::close, one};
  return {Kind::atom, one};
}

bool ends_operand(const Token& token) {
  return token.kind == Kind::close || token.kind == Kind::atom || token.kind == Kind::hole;
}

std::vector<Token> tokens_of(std::string_view form, Notation notation,
                             const FormulaLookup& lookup) {
  std::vector<Token> tokens;
  while (!form.empty()) {
    Token token{Kind::atom, form.substr(0, 1)};
    const char c = form[0];
    const bool after_space = !tokens.empty() && tokens.back().kind == Kind::space;
    const auto before = std::ranges::find_if(tokens.rbegin(), tokens.rend(),
                                             [](const Token& t) { return t.kind != Kind::space; });
    const bool has_left = before != tokens.rend() && ends_operand(*before);
    const bool is_norm = notation == Notation::text && form.starts_with("||");
    if (const std::size_t length = hole_length(form, lookup); length != 0)
      token = {Kind::hole, form.substr(0, length)};
    else if (is_norm)
      token = {has_left ? Kind::close : Kind::open, form.substr(0, 2)};
    else if (c == ' ')
      token.kind = Kind::space;
    else if (c == '(' || c == '[')
      token.kind = Kind::open;
    else if (c == ')' || c == ']')
      token.kind = Kind::close;
    else if (c == ',' || c == '&' || c == ';')
      token.kind = Kind::comma;
    else if (c == '^')
      token.kind = Kind::power;
    else if (c == '_' && notation == Notation::latex)
      token.kind = Kind::index;
    else if (c == '-' && !has_left)
      token.kind = Kind::minus_sign;
    else if (notation == Notation::latex)
      token = latex_token(form);
    else if (const auto found = text_operator(form, after_space))
      token = *found;
    form.remove_prefix(token.code.size());
    tokens.push_back(token);
  }
  return tokens;
}

// Reads the structure of a template: what binds it, and what each hole asks for.
class Structure {
 public:
  explicit Structure(std::vector<Token> tokens) : tokens_(std::move(tokens)) {
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].kind == Kind::close) --depth;
      if (depth == 0) binding_ = std::min(binding_, binding_at(i));
      if (tokens_[i].kind == Kind::open) ++depth;
    }
  }

  Binding binding() const { return binding_; }
  const std::vector<Token>& tokens() const { return tokens_; }

  Binding asked(std::size_t hole) const {
    return std::max(asked_by_left(hole), asked_by_right(hole));
  }

 private:
  const Token* before(std::size_t i, bool& spaced) const {
    spaced = false;
    while (i-- > 0) {
      if (tokens_[i].kind != Kind::space) return &tokens_[i];
      spaced = true;
    }
    return nullptr;
  }
  const Token* behind(std::size_t i, bool& spaced) const {
    spaced = false;
    while (++i < tokens_.size()) {
      if (tokens_[i].kind != Kind::space) return &tokens_[i];
      spaced = true;
    }
    return nullptr;
  }

  // Two operands with a blank between them: a product, or a function and its operand.
  Binding binding_at(std::size_t i) const {
    const Token& token = tokens_[i];
    if (token.kind == Kind::binary) return token.binding;
    if (token.kind == Kind::minus_sign) return Binding::sum;
    if (token.kind == Kind::power || token.code == "\\frac") return Binding::power;
    const bool begins = token.kind == Kind::hole || token.kind == Kind::atom ||
                        (token.kind == Kind::open && token.code != "{");
    bool spaced = false;
    const Token* left = before(i, spaced);
    if (!begins || left == nullptr || !spaced || !ends_operand(*left)) return Binding::atom;
    return left->kind == Kind::hole ? Binding::product : Binding::prefix;
  }

  Binding asked_by_left(std::size_t hole) const {
    bool spaced = false;
    const Token* left = before(hole, spaced);
    if (left == nullptr) return Binding::arrow;
    switch (left->kind) {
      case Kind::binary:
        return next(left->binding);
      case Kind::minus_sign:
        return Binding::prefix;
      case Kind::power:
      case Kind::index:
        return Binding::atom;
      case Kind::hole:
        return Binding::power;
      case Kind::atom:
      case Kind::close:
        return spaced ? Binding::product : Binding::atom;
      default:
        return Binding::arrow;
    }
  }

  Binding asked_by_right(std::size_t hole) const {
    bool spaced = false;
    const Token* right = behind(hole, spaced);
    if (right == nullptr) return Binding::arrow;
    switch (right->kind) {
      case Kind::binary:
        return right->binding;
      case Kind::power:
      case Kind::index:
        return Binding::atom;
      case Kind::hole:
      case Kind::atom:
      case Kind::open:
        return spaced ? Binding::product : Binding::atom;
      default:
        return Binding::arrow;
    }
  }

  std::vector<Token> tokens_;
  Binding binding_ = Binding::atom;
};

bool is_tall(const Token& token) {
  return token.code == "\\frac" || token.code == "\\sum" || token.code == "\\prod";
}

}  // namespace

Formula in_brackets(const Formula& formula, Notation notation) {
  const bool grows = notation == Notation::latex && formula.is_tall;
  return {(grows ? "\\left(" : "(") + formula.code + (grows ? "\\right)" : ")"), Binding::atom,
          formula.is_tall};
}

Formula at_least(const Formula& formula, Binding binding, Notation notation) {
  return formula.binding < binding ? in_brackets(formula, notation) : formula;
}

Formula fill(std::string_view form, Notation notation, const FormulaLookup& lookup) {
  const Structure structure(tokens_of(form, notation, lookup));
  Formula result{"", structure.binding(), false};
  const std::vector<Token>& tokens = structure.tokens();
  const auto operand = [&](const Token& hole) {
    return lookup(hole.code.substr(1, hole.code.size() - 2));
  };
  for (const Token& token : tokens)
    if (is_tall(token) || (token.kind == Kind::hole && operand(token)->is_tall))
      result.is_tall = notation == Notation::latex;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind == Kind::hole) {
      const std::string code = at_least(*operand(token), structure.asked(i), notation).code;
      const bool has_index = i + 1 < tokens.size() && tokens[i + 1].kind == Kind::index;
      // LaTeX allows one index for each group.
      result.code += has_index && code.find('_') != code.npos ? "{" + code + "}" : code;
    } else if (result.is_tall && (token.code == "(" || token.code == ")"))
      result.code += (token.code == "(" ? "\\left" : "\\right") + std::string(token.code);
    else
      result.code += token.code;
  }
  // A template of one hole is its operand.
  if (tokens.size() == 1 && tokens[0].kind == Kind::hole)
    result.binding = operand(tokens[0])->binding;
  return result;
}

}  // namespace gradus
