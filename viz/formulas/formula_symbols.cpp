#include "formula_symbols.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include <fmt/format.h>

#include <gradus/op/op.h>
#include <gradus/op/table.h>

#include "core/one_line.h"

namespace gradus {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Letters, digits, underscores, and dots between what were scopes; bytes of other alphabets, too.
bool is_identifier(std::string_view text) {
  if (text.empty() || is_digit(text[0]) || text[0] == '.') return false;
  return std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
  });
}

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
}

std::string as_text(std::string_view text) {
  std::string out = "\\text{";
  for (char c : text) {
    if (c == '\\')
      out += "\\textbackslash{}";
    else if (c == '~')
      out += "\\textasciitilde{}";
    else if (c == '^')
      out += "\\textasciicircum{}";
    else if (std::string_view("{}$%&#_").find(c) != std::string_view::npos)
      out += std::string{'\\', c};
    else
      out += c;
  }
  return out + "}";
}

bool is_greek(std::string_view word) {
  constexpr std::string_view letters[] = {
      "alpha",   "beta",   "gamma", "delta", "epsilon", "zeta",  "eta",   "theta", "iota",
      "kappa",   "lambda", "mu",    "nu",    "xi",      "pi",    "rho",   "sigma", "tau",
      "upsilon", "phi",    "chi",   "psi",   "omega",   "Gamma", "Delta", "Theta", "Lambda",
      "Xi",      "Pi",     "Sigma", "Phi",   "Psi",     "Omega"};
  return std::ranges::find(letters, word) != std::end(letters);
}

std::string word(std::string_view text) {
  if (text.size() == 1 || std::ranges::all_of(text, is_digit)) return std::string(text);
  if (is_greek(text)) return fmt::format("\\{}", text);
  if (!is_ascii(text)) return as_text(text);
  return fmt::format("\\mathrm{{{}}}", text);
}

std::string_view accent(std::string_view part) {
  constexpr std::string_view accents[] = {"tilde", "hat", "bar", "dot", "vec"};
  return std::ranges::find(accents, part) == std::end(accents) ? std::string_view() : part;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t end = 0; end != text.npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) break;
  }
  return parts;
}

// "W1_enc": W with the index 1, enc.
std::string identifier(std::string_view symbol) {
  const std::vector<std::string_view> parts = split(symbol, '_');
  if (std::ranges::any_of(parts, &std::string_view::empty)) return as_text(symbol);
  std::string_view base = parts[0];
  const auto digits = static_cast<std::size_t>(
      std::ranges::find_if_not(base.rbegin(), base.rend(), is_digit) - base.rbegin());
  std::vector<std::string> indices;
  if (digits != 0 && digits != base.size()) indices.emplace_back(base.substr(base.size() - digits));
  if (digits != base.size()) base.remove_suffix(digits);
  std::string code = word(base);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (const std::string_view mark = accent(parts[i]); !mark.empty())
      code = fmt::format("\\{}{{{}}}", mark, code);
    else
      indices.push_back(word(parts[i]));
  }
  if (indices.empty()) return code;
  return fmt::format("{}_{{{}}}", code, fmt::join(indices, ","));
}

// The last parts of a path, joined by dots.
std::string last_parts(std::string_view path, std::size_t count) {
  std::size_t start = path.size();
  for (std::size_t i = 0; i < count && start != 0; ++i) {
    const std::size_t slash = start == 0 ? path.npos : path.rfind('/', start - 1);
    start = slash == path.npos ? 0 : slash;
  }
  std::string symbol(path.substr(start == 0 ? 0 : start + 1));
  std::ranges::replace(symbol, '/', '.');
  return symbol;
}

bool is_activation(const Op& op) {
  static const std::unordered_set<const Op*> activations = [] {
    std::unordered_set<const Op*> all;
    for (const OpSubject& subject : op_subjects())
      if (subject.title == "Activations") all.insert(subject.ops.begin(), subject.ops.end());
    return all;
  }();
  return activations.contains(&op);
}

std::string letter(const GraphState& graph, NodeId id) {
  const Node& node = graph.node(id);
  if (node.op == &constant_op) return "c";
  if (node.role == Role::gradient) return "delta";
  if (is_activation(*node.op)) return "h";
  return graph.shape(id).rank() == 0 ? "s" : "t";
}

}  // namespace

std::string text_symbol(std::string_view symbol) {
  if (is_identifier(symbol)) return std::string(symbol);
  std::string quoted = "\"";
  for (char c : one_line(symbol)) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string latex_symbol(std::string_view symbol) {
  if (!is_identifier(symbol)) return as_text(one_line(symbol));
  const std::size_t dot = symbol.rfind('.');
  if (dot == symbol.npos) return identifier(symbol);
  if (dot + 1 == symbol.size()) return as_text(one_line(symbol));
  return as_text(symbol.substr(0, dot + 1)) + identifier(symbol.substr(dot + 1));
}

Formula symbol_formula(std::string_view symbol, Notation notation) {
  return {notation == Notation::latex ? latex_symbol(symbol) : text_symbol(symbol)};
}

Symbols::Symbols(const GraphState& graph, std::span<const NodeId> nodes) {
  // Each given name as short as it can be told from the others.
  std::map<std::string, std::vector<std::pair<NodeId, std::string>>> by_last;
  for (NodeId id : nodes)
    if (graph.names().is_given(id)) {
      const std::string name = graph.name(id);
      by_last[last_parts(name, 1)].emplace_back(id, name);
    }
  for (const auto& [last, holders] : by_last) {
    for (const auto& [id, name] : holders) {
      std::string symbol = holders.size() == 1 ? last : last_parts(name, 2);
      if (taken_.contains(symbol)) symbol = last_parts(name, std::string::npos);
      taken_.insert(symbol);
      symbols_[id] = symbol;
    }
  }
  for (NodeId id : nodes) {
    if (symbols_.contains(id)) continue;
    symbols_[id] = numbered(letter(graph, id));
  }
}

std::string Symbols::numbered(const std::string& letter) {
  std::string symbol;
  do symbol = fmt::format("{}{}", letter, ++last_[letter]);
  while (!taken_.insert(symbol).second);
  return symbol;
}

void Symbols::prefer(NodeId id, const std::string& symbol) {
  const bool is_new = taken_.insert(symbol).second;
  symbols_[id] = is_new ? symbol : numbered(symbol);
}

}  // namespace gradus
