// What the sources of ops say about them in C++: how they are declared, and the calls of examples.
#pragma once

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gradus {

class OpSources {
 public:
  explicit OpSources(const std::filesystem::path& root)
      : headers_(text_of(root / "ops" / "include" / "gradus", ".h")),
        graph_(text_of(root / "graph" / "include" / "gradus", "graph.h")),
        sources_(text_of(root / "ops", ".cpp")) {}

  // "Tensor add(Operand a, Operand b);", every overload, after the options that it takes.
  std::vector<std::string> declarations(std::string_view function) const {
    std::vector<std::string> found;
    const std::string call = " " + std::string(function) + "(";
    for (const bool is_member : {false, true}) {
      const std::string& headers = is_member ? graph_ : headers_;
      for (std::size_t at = headers.find(call); at != headers.npos;
           at = headers.find(call, at + 1)) {
        const std::size_t line = headers.rfind('\n', at) + 1;
        const std::size_t end = headers.find_first_of(";{", headers.find(')', at));
        std::string text = in_one_line(headers.substr(line, end - line)) + ";";
        // Not where a comment speaks of it.
        const bool is_declaration = std::ranges::any_of(results, [&](auto type) {
          return text.starts_with(fmt::format("{}{}(", type, function));
        });
        if (!is_declaration) continue;
        if (is_member) text.insert(text.find(call) + 1, "Graph::");
        for (const std::string& options : options_of(text))
          if (std::ranges::find(found, options) == found.end()) found.push_back(options);
        found.push_back(without_line(text));
      }
    }
    return found;
  }

  // The calls of the record's examples, "square(g.constant({-3, 2}))", or lines: what stands in
  // lambdas, with constants for their operands, or {square, {-3, 2}, "[9, 4]"} written out.
  std::vector<std::string> examples(std::string_view op) const {
    std::vector<std::string> found;
    std::size_t record = sources_.npos;
    for (const char* kind : {" Op {}_op", " Composite {}_composite"})
      record = std::min(record, sources_.find(fmt::format(fmt::runtime(kind), op)));
    if (record == sources_.npos) return found;
    const std::size_t end =
        std::min(sources_.find("\nextern", record), sources_.find("\nTensor", record));
    const std::string short_form = fmt::format("{{{},", op);
    for (std::size_t at = record; at < end; ++at) {
      const std::string_view rest = std::string_view(sources_).substr(at);
      if (rest.starts_with(short_form)) {
        const std::vector<std::string> arrays = arrays_from(at + short_form.size());
        found.push_back(fmt::format("{}({})", op, fmt::join(arrays, ", ")));
      } else if (rest.starts_with("[](Graph& g) {") || rest.starts_with("[](Operand ")) {
        const std::size_t open = sources_.find('{', at);
        const std::size_t close = end_of_braces(open);
        std::string call = body(sources_.substr(open + 1, close - open - 2));
        const std::vector<std::string> arrays = arrays_from(close + 1);
        const std::vector<std::string> names = operands_in(sources_.substr(at, open - at));
        for (std::size_t k = 0; k < names.size(); ++k) replace_word(call, names[k], arrays.at(k));
        found.push_back(call);
      }
    }
    return found;
  }

 private:
  static constexpr std::string_view results[] = {"Tensor ", "Variable ", "std::vector<Tensor> ",
                                                 "BatchNormResult ", "TopK "};

  // "struct PadOptions { .. };" for each type that it names, after those that these name.
  std::vector<std::string> options_of(const std::string& declaration) const {
    std::vector<std::string> found;
    std::string text = declaration;
    for (std::string type = type_in(text, found); !type.empty(); type = type_in(text, found)) {
      found.insert(found.begin(), type);
      text += type;
    }
    return found;
  }
  // The first definition of a word of the text that is not among those found.
  std::string type_in(const std::string& text, const std::vector<std::string>& found) const {
    const auto is_in_word = [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    };
    for (auto at = text.begin(); at != text.end();) {
      const auto start = std::find_if(at, text.end(), is_in_word);
      at = std::find_if_not(start, text.end(), is_in_word);
      const std::string word(start, at);
      for (const auto& [kind, end] : {std::pair{"struct {} {{\n", std::string_view("\n};")},
                                      std::pair{"enum class {} :", std::string_view("};")}}) {
        const std::size_t place = headers_.find(fmt::format(fmt::runtime(kind), word));
        if (word.empty() || word == "BatchNormResult" || place == headers_.npos) continue;
        const std::size_t last = headers_.find(end, place) + end.size();
        const std::string type = headers_.substr(place, last - place);
        if (std::ranges::find(found, type) == found.end()) return type;
      }
    }
    return {};
  }

  std::size_t end_of_braces(std::size_t open) const {
    std::size_t close = open + 1;
    for (int depth = 1; depth > 0; ++close)
      depth += sources_[close] == '{' ? 1 : sources_[close] == '}' ? -1 : 0;
    return close;
  }
  // "g.constant({1, 2})" for each array from this place to the text of the result.
  std::vector<std::string> arrays_from(std::size_t at) const {
    std::vector<std::string> found;
    for (std::size_t end = 0; sources_[at] != '"'; at = end) {
      const char c = sources_[at];
      end = c == '{' ? end_of_braces(at) : at + 1;
      if (c == ' ' || c == ',' || c == '\n') continue;
      if (c != '{') end = sources_.find(',', at);
      found.push_back(fmt::format("g.constant({})", in_one_line(sources_.substr(at, end - at))));
    }
    return found;
  }
  // a and b of "[](Operand a, Operand b) "
  static std::vector<std::string> operands_in(const std::string& parameters) {
    std::vector<std::string> found;
    constexpr std::string_view type = "Operand ";
    for (std::size_t at = parameters.find(type); at != parameters.npos;
         at = parameters.find(type, at)) {
      at += type.size();
      found.push_back(parameters.substr(at, parameters.find_first_of(",)", at) - at));
    }
    return found;
  }
  static void replace_word(std::string& text, const std::string& word, const std::string& by) {
    const auto is_in_word = [&](std::size_t i) {
      return i < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_');
    };
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at)) {
      if (is_in_word(at - 1) || is_in_word(at + word.size())) {
        at += word.size();
      } else {
        text.replace(at, word.size(), by);
        at += by.size();
      }
    }
  }

  static std::string text_of(const std::filesystem::path& folder, std::string_view extension) {
    std::set<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.path().string().ends_with(extension)) files.insert(entry.path());
    std::stringstream text;
    for (const std::filesystem::path& file : files) text << std::ifstream(file).rdbuf();
    return text.str();
  }
  static std::string in_one_line(const std::string& text) {
    std::istringstream words(text);
    std::string line, word;
    while (words >> word) line += (line.empty() || line.ends_with('(') ? "" : " ") + word;
    return line;
  }
  // Every function that makes a tensor of nothing ends so.
  static std::string without_line(const std::string& text) {
    const std::size_t at = text.find(", SourceLocation where");
    return at == text.npos ? text : text.substr(0, at) + ");";
  }
  static std::string body(const std::string& text) {
    std::string lines, statement;
    int depth = 0;
    for (char c : text) {
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (c != ';' || depth > 0) {
        statement += c;
        continue;
      }
      statement = in_one_line(statement);
      lines += statement.starts_with("return ") ? statement.substr(7) : statement + ";\n";
      statement.clear();
    }
    return lines;
  }

  std::string headers_, graph_, sources_;
};

}  // namespace gradus
