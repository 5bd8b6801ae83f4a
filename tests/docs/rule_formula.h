// The plain text of a gradient rule, with its mathematics between dollars:
//
//   "dx = dy / sqrt(y), 0 where dy = 0"  ->  "$dx = dy / \sqrt{y}$, $0$ where $dy = 0$"
#pragma once

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace gradus {

class RuleFormula {
 public:
  RuleFormula(std::string_view text, const std::set<std::string_view>& operands)
      : rest_(text), operands_(operands) {}

  std::string made() {
    // Names of ops stay code.
    if (rest_.find("conv2d") != rest_.npos) return fmt::format("`{}`", rest_);
    while (!rest_.empty()) take_one();
    leave_formula();
    return made_;
  }

 private:
  void take_one() {
    const char c = rest_[0];
    if (c == ' ') {
      ++spaces_;
      rest_.remove_prefix(1);
    } else if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      take_word();
    } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      take_number();
    } else if (closers_.empty() && (c == ',' || c == ';')) {
      leave_formula();
      made_ += c;
      rest_.remove_prefix(1);
    } else {
      take_sign();
    }
  }

  void take_word() {
    const auto is_in_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    const std::string_view word(rest_.begin(), std::ranges::find_if_not(rest_, is_in_word));
    rest_.remove_prefix(word.size());
    const bool is_called = rest_.starts_with('(');
    if (word == "sqrt" && is_called) {
      rest_.remove_prefix(1);
      closers_ += '}';
      return write(R"(\sqrt{)", Kind::opening);
    }
    if (is_called) return write(function(word), Kind::function);
    if (is_symbol(word)) return write(symbol(word), Kind::word);
    if (!closers_.empty()) return write(fmt::format(R"(\text{{ {} }})", word), Kind::sign);
    leave_formula();
    made_ += std::string(spaces_, ' ') + std::string(word);
    spaces_ = 0;
  }
  void take_number() {
    const auto is_in_number = [](char c) {
      return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
    };
    const std::string_view number(rest_.begin(), std::ranges::find_if_not(rest_, is_in_number));
    rest_.remove_prefix(number.size());
    write(std::string(number), Kind::number);
  }
  void take_sign() {
    struct Spelling {
      std::string_view plain, latex;
      char closer = 0;
    };
    static constexpr Spelling spellings[] = {
        {"...", R"(\dots)"}, {"<=", R"(\leq)"}, {">=", R"(\geq)"}, {"^T", R"(^\top)"},
        {"^(", "^{", '}'},   {"[", "_{", '}'},  {"(", "(", ')'}};
    for (const Spelling& s : spellings)
      if (rest_.starts_with(s.plain)) {
        rest_.remove_prefix(s.plain.size());
        if (s.closer != 0) closers_ += s.closer;
        return write(std::string(s.latex), Kind::opening);
      }
    std::string sign(1, rest_[0]);
    rest_.remove_prefix(1);
    if ((sign == ")" || sign == "]") && !closers_.empty()) {
      sign = closers_.back();
      closers_.pop_back();
      return write(sign, Kind::closing);
    }
    write(sign, Kind::sign);
  }

  enum class Kind { none, word, number, function, opening, closing, sign };

  // Between factors that are words LaTeX would leave no space.
  void write(const std::string& latex, Kind kind) {
    const bool is_first = last_ == Kind::none;
    if (is_first) made_ += std::string(spaces_, ' ') + "$";
    const bool ends_factor = last_ == Kind::word || last_ == Kind::closing;
    const bool is_beside = spaces_ > 0 && ends_factor && kind == Kind::word;
    if (!is_first && spaces_ > 0) made_ += is_beside ? R"( \thinspace )" : " ";
    spaces_ = 0;
    made_ += latex;
    last_ = kind;
  }
  void leave_formula() {
    if (last_ != Kind::none) made_ += '$';
    last_ = Kind::none;
  }

  bool is_symbol(std::string_view word) const {
    const bool is_named = word == "alpha" || word == "pi" || word == "low" || word == "high";
    while (word.size() > 1 && word[0] == 'd' && !operands_.contains(word)) word.remove_prefix(1);
    return is_named || word.size() == 1 || operands_.contains(word);
  }
  std::string symbol(std::string_view word) const {
    if (word == "alpha" || word == "pi") return fmt::format(R"(\{})", word);
    std::string ds;
    while (word.size() > 1 && word[0] == 'd' && !operands_.contains(word)) {
      ds += 'd';
      word.remove_prefix(1);
    }
    return word.size() == 1 || word == "dy" ? ds + std::string(word)
                                            : fmt::format(R"({}\mathrm{{{}}})", ds, word);
  }
  static std::string function(std::string_view word) {
    for (std::string_view known : {"log", "sin", "cos", "sinh", "cosh", "tanh"})
      if (word == known) return fmt::format(R"(\{} )", word);
    if (word == "log_softmax") return R"(\log \operatorname{softmax})";
    if (word == "Phi") return R"(\Phi)";
    std::string name(word);
    std::erase(name, '_');
    return fmt::format(R"(\operatorname{{{}}})", name);
  }

  std::string_view rest_;
  const std::set<std::string_view>& operands_;
  std::string made_, closers_;
  std::size_t spaces_ = 0;
  Kind last_ = Kind::none;
};

}  // namespace gradus
